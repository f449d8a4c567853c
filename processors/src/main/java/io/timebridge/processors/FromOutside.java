package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.aws.UnownedShards;
import io.timebridge.worker.Lag;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * How far behind a stream is whose workers are all dead, from outside. What could not be seen is
 * not zero: then it is as far behind as was known last, or further, and nothing is sure. Used by
 * one thread.
 */
final class FromOutside implements Supplier<LagWatch.Sight> {
  private static final Logger LOG = LoggerFactory.getLogger(FromOutside.class);

  /** Looks at shards that nobody has. */
  @FunctionalInterface
  interface Unowned {
    UnownedShards.Seen look() throws StoreTrouble, InterruptedException;
  }

  private final String stream;
  private final Unowned unowned;
  private Optional<Lag> known = Optional.empty();

  FromOutside(String stream, Unowned unowned) {
    this.stream = stream;
    this.unowned = unowned;
  }

  @Override
  public LagWatch.Sight get() {
    try {
      UnownedShards.Seen seen = unowned.look();
      Optional<Lag> worst = seen.worst().map(its -> new Lag(its.shard(), its.behind(), false));
      if (seen.isAll()) {
        known = worst;
        return new LagWatch.Sight(known, true);
      }
      LOG.warn("watch: of {} could not be seen: {}", stream, seen.unseen());
      known = worst.filter(its -> isWorse(its)).or(() -> known);
    } catch (StoreTrouble | SdkException later) {
      LOG.warn("watch: not known whether {} is consumed: {}", stream, later.getMessage());
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
    return new LagWatch.Sight(known, false);
  }

  private boolean isWorse(Lag than) {
    return known.map(k -> than.behind().compareTo(k.behind()) > 0).orElse(true);
  }
}
