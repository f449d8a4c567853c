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
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Looks for shards of a stream that no living worker has, from outside: for streams whose workers
 * are all dead, and can tell nobody. A stream that was never consumed has none: not every
 * deployment consumes all. A look reads the leases, and of at most {@value #MOST} such shards the
 * first record that waits: with one call of each, and with up to {@value #CALLS}, a second apart,
 * of those that answer without a record; the next look goes on there. Who lives is known by the
 * second look at the earliest. What could not be seen is said, and is never taken for nothing. Used
 * by one thread.
 */
public final class UnownedShards {
  static final int MOST = 20;
  static final int CALLS = 5;

  private final String stream;
  private final String application;
  private final Streams lists;
  private final LeaseTables leaseTables;
  private final ShardReader reader;
  private final LeaseSights sights;
  private final LongSupplier nanos;
  private final ShardReader.Sleeper sleeper;

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
    this.sleeper = sleeper;
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
    for (Map.Entry<String, Backlog> its : backlogs(unowned, byShard).entrySet()) {
      String shard = its.getKey();
      Optional<Duration> waits = its.getValue().waits();
      if (waits.isEmpty()) {
        unseen = "%s, %s".formatted(shard, its.getValue().note());
      } else if (worst.isEmpty() || worst.get().behind().compareTo(waits.get()) < 0) {
        worst = Optional.of(new Unowned(shard, waits.get()));
      }
    }
    return new Seen(worst, unseen);
  }

  private Map<String, Backlog> backlogs(List<String> unowned, Map<String, Lease> byShard)
      throws InterruptedException {
    Map<String, Backlog> backlogs = new TreeMap<>();
    List<String> open = unowned.stream().limit(MOST).toList();
    for (int call = 0; call < CALLS && !open.isEmpty(); call++) {
      if (call > 0) {
        sleeper.sleep(ShardReader.BETWEEN_CALLS);
      }
      for (String shard : open) {
        Optional<String> checkpoint =
            Optional.ofNullable(byShard.get(shard)).map(Lease::checkpoint);
        backlogs.put(shard, reader.first(stream, shard, checkpoint));
      }
      open = open.stream().filter(shard -> mayShowMore(backlogs.get(shard))).toList();
    }
    return backlogs;
  }

  private static boolean mayShowMore(@Nullable Backlog backlog) {
    return backlog != null && backlog.waits().isEmpty() && backlog.trouble().isEmpty();
  }
}
