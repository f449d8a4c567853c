package io.timebridge.lag.aws;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.Backlog;
import io.timebridge.lag.Lease;
import io.timebridge.lag.Lineage;
import io.timebridge.lag.Lineage.Stage;
import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.Sample;
import io.timebridge.lag.StreamShard;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Up to when everything that arrived on a stream is finished, for sure: by the word of the workers
 * that live, and where that is not far enough, by KCL's checkpoints and the first record after
 * each. A shard that could not be seen is said, and never taken for finished. Used by one thread.
 */
public final class FinishedUpTo {
  static final int LOOKS = 10;
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** What workers may make good between looks, by their word or their checkpoints: two minutes. */
  static final Duration NEAR = Duration.ofMinutes(2);

  /** A worker that says that a shard has caught up heard of it within this time: a minute. */
  static final Duration HEARD_WITHIN = Duration.ofMinutes(1);

  private final String stream;
  private final String application;
  private final Streams lists;
  private final LeaseTables leaseTables;
  private final ShardReader reader;
  private final StatusRows statuses;
  private final InstantSource clock;
  private final ShardReader.Sleeper sleeper;

  /**
   * What was seen.
   *
   * @param upTo what arrived before is finished; empty = that could not be seen
   * @param unseen what could not be seen, and why; for people
   */
  public record Seen(Optional<Instant> upTo, String unseen) {
    /** Whether another look may show more that is wanted. */
    boolean mayGrow(Instant wanted) {
      return upTo.map(its -> its.isBefore(wanted) && its.isAfter(wanted.minus(NEAR))).orElse(true);
    }
  }

  /**
   * @param once makes each call once; it and the other clients stay the caller's to close
   */
  public FinishedUpTo(
      Settings settings,
      StreamName stream,
      KinesisClient kinesis,
      KinesisClient once,
      DynamoDbClient dynamoDb,
      InstantSource clock) {
    this(settings, stream, kinesis, once, dynamoDb, clock, System::nanoTime, Thread::sleep);
  }

  FinishedUpTo(
      Settings settings,
      StreamName stream,
      KinesisClient kinesis,
      KinesisClient once,
      DynamoDbClient dynamoDb,
      InstantSource clock,
      LongSupplier nanos,
      ShardReader.Sleeper sleeper) {
    this.stream = settings.names().stream(stream);
    this.application = settings.names().application(stream);
    this.lists = new Streams(kinesis);
    this.leaseTables = new LeaseTables(dynamoDb);
    this.reader = new ShardReader(once, clock, nanos, sleeper);
    this.statuses = new StatusRows(dynamoDb, settings.names());
    this.clock = clock;
    this.sleeper = sleeper;
  }

  /**
   * Looks; and again each second, {@value #LOOKS} times in all, while only little is missing or
   * something could not be seen. A look reads each shard once of which what is wanted is not known.
   *
   * @param wanted further than that need not be known
   */
  public Seen look(Instant wanted) throws InterruptedException {
    Map<String, Instant> known = new HashMap<>();
    for (int look = 1; ; look++) {
      Seen seen = once(wanted, known);
      if (look == LOOKS || !seen.mayGrow(wanted)) {
        return seen;
      }
      sleeper.sleep(BETWEEN_LOOKS);
    }
  }

  private Seen once(Instant wanted, Map<String, Instant> known) throws InterruptedException {
    try {
      return shards(wanted, known);
    } catch (AbortedException aborted) {
      InterruptedException interrupted = new InterruptedException("interrupted during a look");
      interrupted.initCause(aborted);
      throw interrupted;
    } catch (StoreTrouble | SdkException trouble) {
      return new Seen(Optional.empty(), String.valueOf(trouble.getMessage()));
    }
  }

  /**
   * @param known how far each shard was seen to be; what is finished stays so, whoever has the
   *     shard
   */
  private Seen shards(Instant wanted, Map<String, Instant> known)
      throws StoreTrouble, InterruptedException {
    Instant upTo = clock.instant(); // shards that are made from now on are listed by no look
    List<StreamShard> listed = lists.shards(stream);
    List<Lease> leases = leaseTables.read(application);
    Map<String, Lease> byShard = leases.stream().collect(Collectors.toMap(Lease::shard, l -> l));
    List<ProcessStatus> processes = statuses.read();
    Map<String, Stage> stages = new Lineage(listed, leases).stages();
    String unseen = "";
    for (StreamShard shard : listed) {
      String name = shard.shard();
      if (stages.getOrDefault(name, Stage.DONE) == Stage.DONE) {
        continue;
      }
      Optional<Lease> lease = Optional.ofNullable(byShard.get(name));
      lease
          .flatMap(its -> told(its, processes))
          .ifPresent(told -> known.merge(name, told, FinishedUpTo::later));
      String trouble = "";
      if (isBefore(known.get(name), wanted)) {
        Backlog backlog = reader.first(stream, name, lease.map(Lease::checkpoint));
        trouble = backlog.trouble();
        backlog
            .waits()
            .ifPresent(waits -> known.merge(name, backlog.at().minus(waits), FinishedUpTo::later));
      }
      Instant its = known.get(name);
      if (its == null) {
        unseen = "%s, %s".formatted(name, trouble);
      } else if (its.isBefore(upTo)) {
        upTo = its;
      }
    }
    return new Seen(unseen.isEmpty() ? Optional.of(upTo) : Optional.empty(), unseen);
  }

  /** What the shard's owner says. */
  private Optional<Instant> told(Lease lease, List<ProcessStatus> processes) {
    return processes.stream()
        .filter(process -> lease.owner().equals(Optional.of(process.worker())))
        .flatMap(process -> process.applications().getOrDefault(application, List.of()).stream())
        .filter(its -> its.shard().equals(lease.shard()) && !its.window().isEmpty())
        .map(its -> finished(its.window().getLast()))
        .findFirst();
  }

  private static Instant finished(Sample sample) {
    return sample.at().minus(sample.behind().isZero() ? HEARD_WITHIN : sample.behind());
  }

  private static boolean isBefore(@Nullable Instant known, Instant wanted) {
    return known == null || known.isBefore(wanted);
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
