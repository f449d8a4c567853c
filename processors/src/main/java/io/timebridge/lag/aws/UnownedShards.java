package io.timebridge.lag.aws;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.Backlog;
import io.timebridge.lag.Lease;
import io.timebridge.lag.LeaseSights;
import io.timebridge.lag.Lineage;
import io.timebridge.lag.Lineage.Stage;
import io.timebridge.lag.StreamShard;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Looks for shards of a stream that no living worker has, from outside: for streams whose workers
 * are all dead, and can tell nobody. A stream that was never consumed has none: not every
 * deployment consumes all. A look reads the leases, and of at most {@value #MOST} such shards the
 * first record that waits. Who lives is known by the second look at the earliest. What could not be
 * seen is said, and is never taken for nothing. Used by one thread.
 */
public final class UnownedShards {
  static final int MOST = 20;

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
   * What a look showed.
   *
   * @param worst the one that waits for longest, of those that could be seen; empty = none could,
   *     or all shards have workers that live
   * @param unseen what could not be seen, and may be worse; empty = nothing
   */
  public record Seen(Optional<Unowned> worst, String unseen) {
    /** Whether nothing can be worse than what was seen. */
    public boolean isAll() {
      return unseen.isEmpty();
    }
  }

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
    this(settings, stream, kinesis, once, dynamoDb, clock, nanos, Thread::sleep);
  }

  UnownedShards(
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
    this.sights = new LeaseSights(settings.worker().failover());
    this.nanos = nanos;
  }

  /** Looks. */
  public Seen look() throws StoreTrouble, InterruptedException {
    long began = nanos.getAsLong();
    List<Lease> leases = leaseTables.read(application);
    long ended = nanos.getAsLong();
    if (leases.isEmpty()) {
      return new Seen(Optional.empty(), "");
    }
    List<StreamShard> listed = lists.shards(stream);
    Map<String, Lease> byShard = leases.stream().collect(Collectors.toMap(Lease::shard, l -> l));
    Map<String, Optional<Lease>> due = due(listed, leases, byShard);
    sights.see(due, began, ended);
    if (!sights.isSettled()) {
      return new Seen(Optional.empty(), "whether the workers live");
    }
    Set<String> kept = listed.stream().map(StreamShard::shard).collect(Collectors.toSet());
    List<String> unowned =
        due.keySet().stream()
            .filter(shard -> kept.contains(shard) && !sights.isOwned(shard))
            .toList();
    return read(unowned, byShard);
  }

  private static Map<String, Optional<Lease>> due(
      List<StreamShard> listed, List<Lease> leases, Map<String, Lease> byShard) {
    Map<String, Optional<Lease>> due = new TreeMap<>();
    new Lineage(listed, leases)
        .stages()
        .forEach((shard, stage) -> {
          if (stage == Stage.DUE) {
            due.put(shard, Optional.ofNullable(byShard.get(shard)));
          }
        });
    return due;
  }

  private Seen read(List<String> unowned, Map<String, Lease> byShard) throws InterruptedException {
    Optional<Unowned> worst = Optional.empty();
    String unseen = unowned.size() > MOST ? "more than %d shards".formatted(MOST) : "";
    for (String shard : unowned.stream().limit(MOST).toList()) {
      Optional<String> checkpoint = Optional.ofNullable(byShard.get(shard)).map(Lease::checkpoint);
      Backlog backlog = reader.first(stream, shard, checkpoint);
      Optional<Unowned> its = backlog.waits().map(behind -> new Unowned(shard, behind));
      if (its.isEmpty()) {
        unseen = "%s, %s".formatted(shard, backlog.trouble());
      } else if (worst.isEmpty() || worst.get().behind().compareTo(its.get().behind()) < 0) {
        worst = its;
      }
    }
    return new Seen(worst, unseen);
  }
}
