package io.timebridge.lag.aws;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.ReasonFilter;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.Account;
import io.timebridge.lag.Backlog;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.Lease;
import io.timebridge.lag.LeaseSights;
import io.timebridge.lag.Lineage;
import io.timebridge.lag.Lineage.Stage;
import io.timebridge.lag.Parked;
import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.StreamShard;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Asks how everything stands: KCL's leases, the streams behind the checkpoints, and what workers
 * say of themselves. The first look takes up to a second more than the failover time where a lease
 * is not renewed, since only time tells whether its worker lives; later ones know more. Reads, and
 * changes nothing. Used by one thread.
 */
public final class LagReader {
  /** Dead processes are shown for so long, and then forgotten: an hour. */
  public static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

  private static final Duration BETWEEN_LOOKS_AT_LEASES = Duration.ofMillis(300);
  private static final Duration PARKED_EVERY = Duration.ofSeconds(15);
  private static final int MOST_PARKED = 10_000;
  private static final int SHARDS_AT_ONCE = 16;

  private final Names names;
  private final Set<StreamName> streams;
  private final LeaseTables leaseTables;
  private final Streams lists;
  private final ShardReader reader;
  private final StatusRows statuses;
  private final DeadLetters deadLetters;
  private final Clock clock;
  private final LongSupplier nanos;
  private final ShardReader.Sleeper sleeper;
  private final Account account;
  private final Map<StreamName, LeaseSights> sights = new EnumMap<>(StreamName.class);
  private @Nullable Parked parked;
  private long parkedAt;

  /**
   * @param streams whose applications are looked at
   * @param once makes each call once; it and the other clients stay the caller's to close
   */
  public LagReader(
      Settings settings,
      Set<StreamName> streams,
      KinesisClient kinesis,
      KinesisClient once,
      DynamoDbClient dynamoDb,
      Clock clock) {
    this(settings, streams, kinesis, once, dynamoDb, clock, System::nanoTime, Thread::sleep);
  }

  LagReader(
      Settings settings,
      Set<StreamName> streams,
      KinesisClient kinesis,
      KinesisClient once,
      DynamoDbClient dynamoDb,
      Clock clock,
      LongSupplier nanos,
      ShardReader.Sleeper sleeper) {
    this.names = settings.names();
    this.streams = EnumSet.copyOf(streams);
    this.leaseTables = new LeaseTables(dynamoDb);
    this.lists = new Streams(kinesis);
    this.reader = new ShardReader(once, clock, nanos, sleeper);
    this.statuses = new StatusRows(dynamoDb, names);
    this.deadLetters = new DeadLetters(dynamoDb, names);
    this.clock = clock;
    this.nanos = nanos;
    this.sleeper = sleeper;
    this.account = new Account(settings.worker().checkpointEvery());
    for (StreamName stream : this.streams) {
      sights.put(stream, new LeaseSights(settings.worker().failover()));
    }
  }

  /** What was seen of one application. */
  private static final class Look {
    final List<StreamShard> shards;
    final Map<String, Lease> leases;
    final Map<String, Stage> stages;
    final Map<String, Backlog> backlogs = new ConcurrentHashMap<>();

    Look(List<StreamShard> shards, List<Lease> leases) {
      this.shards = shards;
      this.leases = byShard(leases);
      this.stages = new Lineage(shards, leases).stages();
    }

    private static Map<String, Lease> byShard(List<Lease> leases) {
      Map<String, Lease> byShard = new HashMap<>();
      leases.forEach(lease -> byShard.put(lease.shard(), lease));
      return byShard;
    }

    Map<String, Optional<Lease>> due() {
      Map<String, Optional<Lease>> due = new TreeMap<>();
      stages.forEach((shard, stage) -> {
        if (stage != Stage.DONE) {
          due.put(shard, Optional.ofNullable(leases.get(shard)));
        }
      });
      return due;
    }
  }

  /**
   * Looks.
   *
   * @param calls at most so many reads of a shard, at one a second, to count its backlog; at least
   *     1
   * @throws StoreTrouble when DynamoDB cannot be asked
   * @throws SdkException when a stream cannot be listed
   */
  public LagReport look(int calls) throws StoreTrouble, InterruptedException {
    return look(calls, Set.of());
  }

  /**
   * Looks, for one who does so all the time: as {@link #look} with one read of a shard, and without
   * any of the shards whose living worker tells how far it is. Of these its word counts.
   *
   * @throws StoreTrouble when DynamoDB cannot be asked
   * @throws SdkException when a stream cannot be listed
   */
  public LagReport glance() throws StoreTrouble, InterruptedException {
    Instant at = clock.instant();
    return look(1, statuses.read().stream().filter(p -> p.isAlive(at)).collect(Collectors.toSet()));
  }

  /**
   * @param living whose shards are not read
   */
  private LagReport look(int calls, Set<ProcessStatus> living)
      throws StoreTrouble, InterruptedException {
    Map<StreamName, Look> looks = new EnumMap<>(StreamName.class);
    for (StreamName stream : streams) {
      looks.put(stream, look(stream, lists.shards(names.stream(stream))));
    }
    readAll(looks, calls, (stream, lease) -> !tells(living, stream, lease));
    awaitSettled(looks);
    if (!living.isEmpty()) { // some may have lived no more
      readAll(looks, calls, (stream, lease) -> !sights(stream).isOwned(lease.shard()));
    }
    Parked waiting = parked();
    Instant at = clock.instant();
    List<ProcessStatus> processes =
        statuses.read().stream()
            .filter(p -> Duration.between(p.at(), at).compareTo(FORGOTTEN_AFTER) < 0)
            .toList();
    List<Account.Seen> seen = new ArrayList<>();
    looks.forEach((stream, look) ->
        seen.add(
            new Account.Seen(
                stream.app(),
                names.application(stream),
                names.stream(stream),
                look.stages,
                look.leases,
                look.backlogs,
                sights(stream))));
    return account.report(at, seen, processes, waiting);
  }

  private Look look(StreamName stream, List<StreamShard> shards)
      throws StoreTrouble, InterruptedException {
    long began = nanos.getAsLong();
    List<Lease> leases = leaseTables.read(names.application(stream));
    long ended = nanos.getAsLong();
    Look look = new Look(shards, leases);
    sights(stream).see(look.due(), began, ended);
    return look;
  }

  /** Whether the owner says how far behind the shard is. */
  private boolean tells(Set<ProcessStatus> living, StreamName stream, Lease lease) {
    return living.stream()
        .filter(process -> lease.owner().equals(Optional.of(process.worker())))
        .flatMap(p -> p.applications().getOrDefault(names.application(stream), List.of()).stream())
        .anyMatch(told -> told.shard().equals(lease.shard()) && !told.window().isEmpty());
  }

  private LeaseSights sights(StreamName stream) {
    LeaseSights its = sights.get(stream);
    if (its == null) {
      throw new IllegalArgumentException("not looked at: " + stream);
    }
    return its;
  }

  /** Looks at leases again until it is known who lives; what was read of the shards stays. */
  private void awaitSettled(Map<StreamName, Look> looks) throws StoreTrouble, InterruptedException {
    while (!streams.stream().allMatch(stream -> sights(stream).isSettled())) {
      sleeper.sleep(BETWEEN_LOOKS_AT_LEASES);
      for (Map.Entry<StreamName, Look> entry : looks.entrySet()) {
        if (!sights(entry.getKey()).isSettled()) {
          entry.setValue(again(entry.getKey(), entry.getValue()));
        }
      }
    }
  }

  private Look again(StreamName stream, Look before) throws StoreTrouble, InterruptedException {
    Look next = look(stream, before.shards);
    before.leases.forEach((shard, lease) ->
        next.leases.computeIfPresent(shard, (s, now) -> now.isDone() ? now : as(lease, now)));
    next.backlogs.putAll(before.backlogs);
    return next;
  }

  /** With the checkpoint from which the shard was read. */
  private static Lease as(Lease read, Lease now) {
    return new Lease(now.shard(), now.owner(), now.counter(), read.checkpoint(), now.switches());
  }

  /**
   * Reads what was not read yet.
   *
   * @param wanted of the shards that have a lease; the others are
   */
  private void readAll(
      Map<StreamName, Look> looks, int calls, BiPredicate<StreamName, Lease> wanted)
      throws InterruptedException {
    Semaphore places = new Semaphore(SHARDS_AT_ONCE);
    List<Future<?>> reads = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      looks.forEach((stream, look) ->
          look.due()
              .forEach((shard, lease) -> {
                if (!look.backlogs.containsKey(shard)
                    && lease.map(its -> wanted.test(stream, its)).orElse(true)) {
                  reads.add(
                      threads.submit(() -> {
                        places.acquire();
                        try {
                          look.backlogs.put(
                              shard,
                              reader.read(
                                  names.stream(stream),
                                  shard,
                                  lease.map(Lease::checkpoint),
                                  calls));
                          return shard;
                        } finally {
                          places.release();
                        }
                      }));
                }
              }));
      try {
        for (Future<?> read : reads) {
          read.get();
        }
      } catch (ExecutionException defect) {
        throw new IllegalStateException("a shard could not be read", defect.getCause());
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private Parked parked() throws StoreTrouble, InterruptedException {
    Parked known = parked;
    long now = nanos.getAsLong();
    if (known == null || now - parkedAt >= PARKED_EVERY.toNanos()) {
      known = count(deadLetters.list(ReasonFilter.everything(), MOST_PARKED));
      parked = known;
      parkedAt = now;
    }
    return known;
  }

  private static Parked count(DeadLetters.Listing listing) {
    List<WaitingKey> keys = listing.oldest();
    return new Parked(
        keys.size() + listing.others(),
        keys.stream().mapToLong(WaitingKey::waiting).sum() + listing.others(),
        keys.stream().filter(k -> k.state() == WaitingKey.State.DEAD).count(),
        keys.isEmpty() ? Optional.empty() : Optional.of(keys.getFirst().since()),
        listing.others() > 0);
  }
}
