package io.timebridge.worker;

import io.timebridge.ordering.Backoff;
import io.timebridge.ordering.Folding;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.LaneCounts;
import io.timebridge.ordering.ThreadTimers;
import io.timebridge.ordering.Unfinished;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.coordinator.WorkerStateChangeListener;
import software.amazon.kinesis.metrics.MetricsFactory;
import software.amazon.kinesis.metrics.NullMetricsFactory;

/**
 * One KCL application: consumes one stream, in order per key, with many keys in flight.
 *
 * <p>A record reaches the handler at least once, after every earlier record of its key was
 * finished, and again after a crash if its position had not been checkpointed. Of each shard, at
 * most 4 MiB and one answer of Kinesis (10 MB) are read ahead of what the lanes hold.
 *
 * <p>{@link #start()} once, {@link #close()} once; the looks are thread-safe.
 *
 * @param <R> what is handled
 */
public final class KclApplication<R> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KclApplication.class);

  /** Read of a shard and not yet handed over, from which on no more is read. */
  private static final int READ_AHEAD_RECORDS = 10_000;

  private static final long READ_AHEAD_BYTES = 4 << 20;

  /**
   * What is consumed, and in whose name.
   *
   * @param stream that exists
   * @param application its lease table's name as well; workers of one application share the shards
   * @param workerId unique per process incarnation, see {@link WorkerId}
   */
  public record Source(String stream, String application, String workerId) {}

  /**
   * How it is consumed.
   *
   * @param limits bounds of what is in flight and held
   * @param checkpointEvery least time between two checkpoints of a shard
   * @param retryBase first wait before a record is handled again; doubles, with jitter
   * @param retryMax longest of these waits
   * @param stopWithin longest wait for work in flight on stop and hand-off
   * @param failover a worker silent for this long loses its shards (KCL's failover time)
   */
  public record Options(
      KeyLanes.Limits limits,
      Duration checkpointEvery,
      Duration retryBase,
      Duration retryMax,
      Duration stopWithin,
      Duration failover) {

    /**
     * 100 keys in flight; 10,000 records and 32 MiB held per shard, 40,000 and 96 MiB in all;
     * checkpoints every second, retries after 200 ms to 30 s, 20 s to stop, failover after 2 s.
     */
    public static Options defaults() {
      return new Options(
          new KeyLanes.Limits(100, 10_000, 32 << 20, 40_000, 96 << 20),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          Duration.ofSeconds(2));
    }

    /** With other bounds. */
    public Options with(KeyLanes.Limits others) {
      return new Options(others, checkpointEvery, retryBase, retryMax, stopWithin, failover);
    }
  }

  /** The clients it works with, its own from here on: {@link KclApplication#close()} ends them. */
  public record Clients(
      KinesisAsyncClient kinesis, DynamoDbAsyncClient dynamoDb, CloudWatchAsyncClient cloudWatch) {}

  /**
   * What is done with the records.
   *
   * @param handler called on virtual threads, for one key at a time
   * @param folding which waiting records it takes in one go
   * @param checkpoints told of every checkpoint
   */
  public record Work<R>(
      RecordDecoder<R> decoder,
      Handler<R> handler,
      Folding<R> folding,
      CheckpointListener checkpoints) {
    /** Every record by itself. */
    public Work(RecordDecoder<R> decoder, Handler<R> handler) {
      this(decoder, handler, Folding.none(), CheckpointListener.NONE);
    }
  }

  /** What KCL itself may need to come to its end, beside the work in flight. */
  private static final Duration KCL_STOPS_WITHIN = Duration.ofSeconds(5);

  private final Source source;
  private final Options options;
  private final Clients clients;
  private final ThreadTimers timers;
  private final KeyLanes<R> lanes;
  private final LeaseOwnership ownership;
  private final Scheduler scheduler;
  private final Thread thread;
  private final Map<String, ReadAhead> reads = new ConcurrentHashMap<>();
  private final Lags lags = new Lags(InstantSource.system());
  private final AtomicBoolean failed = new AtomicBoolean();

  /** Makes the application; nothing is called before {@link #start()}. */
  public KclApplication(Source source, Options options, Clients clients, Work<R> work) {
    this(source, options, clients, work, new NullMetricsFactory());
  }

  /** As {@link #KclApplication(Source, Options, Clients, Work)}, and tells what KCL measures. */
  public KclApplication(
      Source source, Options options, Clients clients, Work<R> work, KclListener listener) {
    this(source, options, clients, work, new ListenedMetrics(listener));
  }

  private KclApplication(
      Source source, Options options, Clients clients, Work<R> work, MetricsFactory measures) {
    this.source = source;
    this.options = options;
    this.clients = clients;
    this.timers = new ThreadTimers("timers-" + source.application());
    this.lanes = lanes(work);
    this.ownership = new LeaseOwnership(this::scheduler);
    KclRecordProcessor.Parts<R> parts =
        new KclRecordProcessor.Parts<>(
            source.stream(),
            work.decoder(),
            lanes::open,
            this::readAhead,
            ownership,
            options.checkpointEvery(),
            options.stopWithin(),
            System::nanoTime,
            work.checkpoints(),
            lags);
    this.scheduler =
        new KclConfigs(
                source,
                options,
                clients,
                this::taken,
                () -> new KclRecordProcessor<>(parts),
                measures)
            .scheduler(new StateListener());
    this.thread = Thread.ofPlatform().name("kcl-" + source.application()).unstarted(scheduler);
  }

  private KeyLanes<R> lanes(Work<R> work) {
    Thread.Builder.OfVirtual threads =
        Thread.ofVirtual().name("lane-" + source.application() + "-", 0);
    RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    return new KeyLanes<>(
        work.handler(),
        work.folding(),
        options.limits(),
        threads::start,
        timers,
        new Backoff(options.retryBase(), options.retryMax(), random),
        InstantSource.system());
  }

  private ReadAhead taken(String shard) {
    ReadAhead fresh =
        new ReadAhead(shard, READ_AHEAD_RECORDS, READ_AHEAD_BYTES, ReadAhead.LOST_AFTER);
    reads.put(shard, fresh);
    return fresh;
  }

  private ReadAhead readAhead(String shard) {
    return Objects.requireNonNull(reads.get(shard), "KCL reads a shard before it hands it over");
  }

  private Scheduler scheduler() {
    return scheduler;
  }

  /**
   * Makes the lease table ready and starts consuming.
   *
   * @throws IllegalStateException when the stream does not exist
   */
  public void start() {
    new LeaseTable(clients, source).prepare();
    thread.start();
    LOG.info("application started: stream={}", source.stream());
  }

  /** Whether it consumes: started, not closed, and KCL has not given up. */
  public boolean isRunning() {
    return thread.isAlive() && !failed.get();
  }

  public Source source() {
    return source;
  }

  public LaneCounts counts() {
    return lanes.counts();
  }

  /** The record that holds a checkpoint back for longest. */
  public Optional<Unfinished> oldestUnfinished() {
    return lanes.oldestUnfinished();
  }

  /** How far behind the worst of its shards is; empty while that is known of none. */
  public Optional<Lag> lag() {
    return lags.worst();
  }

  /**
   * Whether it is known of all of its shards how far behind they are. It is not where Kinesis gave
   * nothing, and the reading has not come to the newest record yet.
   */
  public boolean isLagKnown() {
    return lags.isKnown();
  }

  /** How many shards it has. */
  public int shards() {
    return lags.shards();
  }

  /** How far it is with each of its shards, by name. */
  public List<ShardProgress> progress() {
    return lags.progress();
  }

  /** How far behind each of its shards is of which that is known. */
  public List<Lag> lags() {
    return lags.all();
  }

  /**
   * Stops: what is held is finished as far as {@code stopWithin} allows, positions are
   * checkpointed, leases handed on; then what still runs is interrupted. Returns when all of it has
   * ended, or its time is over. KCL 3.5.1 leaves two idle threads behind, which keep a process
   * alive until {@link System#exit}.
   */
  @Override
  public void close() {
    ownership.stop();
    if (thread.isAlive()) {
      stopKcl();
    }
    lanes.interrupt();
    timers.close();
    clients.kinesis().close();
    clients.dynamoDb().close();
    clients.cloudWatch().close();
    LOG.info("application stopped: stream={} {}", source.stream(), lanes.counts());
  }

  private void stopKcl() {
    Duration within = options.stopWithin().plus(KCL_STOPS_WITHIN);
    // On a thread of its own: KCL's startGracefulShutdown() would block one of the common pool,
    // whose only one on a machine of two cores the services' HTTP answers come through.
    FutureTask<Boolean> graceful = new FutureTask<>(scheduler.createGracefulShutdownCallable());
    Thread.ofPlatform().daemon().name("stop-" + source.stream()).start(graceful);
    try {
      graceful.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      LOG.warn("not stopped gracefully within {}: stream={}", within, source.stream());
    } catch (ExecutionException failure) {
      LOG.warn("not stopped gracefully: stream={}", source.stream(), failure.getCause());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    if (!scheduler.shutdownComplete()) {
      scheduler.shutdown();
    }
    try {
      thread.join(options.failover().plus(KCL_STOPS_WITHIN));
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private final class StateListener implements WorkerStateChangeListener {
    @Override
    public void onWorkerStateChange(WorkerState newState) {
      LOG.debug("KCL: stream={} state={}", source.stream(), newState);
    }

    @Override
    public void onAllInitializationAttemptsFailed(Throwable e) {
      failed.set(true);
      LOG.error("application gave up starting: stream={}", source.stream(), e);
    }
  }
}
