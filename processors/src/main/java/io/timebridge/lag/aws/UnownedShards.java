package io.timebridge.lag.aws;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.Backlog;
import io.timebridge.lag.Lease;
import io.timebridge.lag.LeaseSights;
import io.timebridge.lag.Lineage;
import io.timebridge.lag.Lineage.Stage;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Looks for shards of a stream that no living worker has, from outside: for streams whose workers
 * are all dead, and can tell nobody. A stream that was never consumed has none: not every
 * deployment consumes all. A look reads the leases, and of at most {@value #MOST} such shards the
 * first record that waits. Who lives is known by the second look at the earliest. Used by one
 * thread.
 */
public final class UnownedShards {
  private static final int MOST = 20;

  private final String stream;
  private final String application;
  private final Streams lists;
  private final LeaseTables leaseTables;
  private final ShardReader reader;
  private final LeaseSights sights;
  private final LongSupplier nanos;

  /**
   * A shard and how long its first record waits that is not finished.
   *
   * @param behind zero when none waits
   */
  public record Unowned(String shard, Duration behind) {}

  /**
   * @param once makes each call once; it and the other clients stay the caller's to close
   */
  public UnownedShards(
      Settings settings,
      StreamName stream,
      KinesisClient kinesis,
      KinesisClient once,
      DynamoDbClient dynamoDb,
      InstantSource clock,
      LongSupplier nanos) {
    this.stream = settings.names().stream(stream);
    this.application = settings.names().application(stream);
    this.lists = new Streams(kinesis);
    this.leaseTables = new LeaseTables(dynamoDb);
    this.reader = new ShardReader(once, clock, Thread::sleep);
    this.sights = new LeaseSights(settings.worker().failover());
    this.nanos = nanos;
  }

  /** The one that waits for longest; empty when all shards have workers that live. */
  public Optional<Unowned> worst() throws StoreTrouble, InterruptedException {
    List<Lease> leases = leaseTables.read(application);
    if (leases.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Lease> byShard = leases.stream().collect(Collectors.toMap(Lease::shard, l -> l));
    Map<String, Optional<Lease>> due = new TreeMap<>();
    new Lineage(lists.shards(stream), leases)
        .stages()
        .forEach((shard, stage) -> {
          if (stage == Stage.DUE) {
            due.put(shard, Optional.ofNullable(byShard.get(shard)));
          }
        });
    sights.see(due, nanos.getAsLong());
    if (!sights.isSettled()) {
      return Optional.empty();
    }
    List<String> unowned =
        due.keySet().stream().filter(shard -> !sights.isOwned(shard)).limit(MOST).toList();
    Optional<Unowned> worst = Optional.empty();
    for (String shard : unowned) {
      Backlog backlog =
          reader.read(
              stream, shard, Optional.ofNullable(byShard.get(shard)).map(Lease::checkpoint), 1);
      Duration behind = backlog.waits();
      if (worst.isEmpty() || worst.get().behind().compareTo(behind) < 0) {
        worst = Optional.of(new Unowned(shard, behind));
      }
    }
    return worst;
  }
}
