package io.timebridge.worker;

import io.timebridge.aws.AwsClients;
import io.timebridge.ordering.Backoff;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.LaneCounts;
import io.timebridge.ordering.StreamRecord;
import io.timebridge.ordering.ThreadTimers;
import io.timebridge.ordering.Unfinished;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
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
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.coordinator.WorkerStateChangeListener;

/**
 * One KCL application: consumes one stream, in order per key, with many keys in flight.
 *
 * <p>A record reaches the handler at least once, after every earlier record of its key was
 * finished, and again after a crash if its position had not been checkpointed. Records that cannot
 * be read or that the guard refuses go to the quarantine instead.
 *
 * <p>{@link #start()} once, {@link #close()} once; the looks are thread-safe.
 */
public final class KclApplication implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KclApplication.class);

  /** What KCL itself may need to come to its end, beside the work in flight. */
  private static final Duration KCL_STOPS_WITHIN = Duration.ofSeconds(5);

  private final StreamName stream;
  private final Settings.Worker worker;
  private final KinesisAsyncClient kinesis;
  private final DynamoDbAsyncClient dynamoDb;
  private final CloudWatchAsyncClient cloudWatch;
  private final ThreadTimers timers;
  private final KeyLanes<Delivery> lanes;
  private final LeaseOwnership ownership;
  private final Scheduler scheduler;
  private final Thread thread;
  private final Runnable prepare;
  private final AtomicBoolean failed = new AtomicBoolean();

  /**
   * Makes the application; nothing is called before {@link #start()}.
   *
   * @param workerId unique per process incarnation, see {@link WorkerId}
   * @param handler called on virtual threads, one record of a key at a time
   * @param checkpoints told of every checkpoint
   */
  public KclApplication(
      StreamName stream,
      Settings settings,
      String workerId,
      Handler<StreamRecord> handler,
      RecordGuard guard,
      Quarantine quarantine,
      CheckpointListener checkpoints) {
    String streamName = settings.names().stream(stream);
    String application = settings.names().application(stream);
    AwsClients aws = new AwsClients(settings.aws());
    this.stream = stream;
    this.worker = settings.worker();
    this.kinesis = aws.kinesisAsync();
    this.dynamoDb = aws.dynamoDbAsync();
    this.cloudWatch = aws.configure("cloudwatch", CloudWatchAsyncClient.builder()).build();
    this.timers = new ThreadTimers("timers-" + application);
    this.lanes = lanes(application, handler, quarantine);
    this.ownership = new LeaseOwnership(this::scheduler);
    KclRecordProcessor.Parts parts =
        new KclRecordProcessor.Parts(
            stream,
            new RecordReader(stream, guard),
            lanes::open,
            ownership,
            worker.checkpointEvery(),
            worker.stopWithin(),
            System::nanoTime,
            checkpoints);
    this.scheduler =
        new KclConfigs(
                streamName,
                application,
                workerId,
                worker,
                kinesis,
                dynamoDb,
                cloudWatch,
                () -> new KclRecordProcessor(parts))
            .scheduler(new StateListener());
    this.thread = Thread.ofPlatform().name("kcl-" + application).unstarted(scheduler);
    this.prepare =
        () -> {
          try (DynamoDbClient leases = aws.dynamoDb();
              KinesisClient shards = aws.kinesis()) {
            new LeaseTable(leases, shards, application, streamName).prepare();
          }
        };
  }

  private KeyLanes<Delivery> lanes(
      String application, Handler<StreamRecord> handler, Quarantine quarantine) {
    Thread.Builder.OfVirtual threads = Thread.ofVirtual().name("lane-" + application + "-", 0);
    RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    return new KeyLanes<>(
        new DeliveryHandler(handler, quarantine),
        new KeyLanes.Limits(worker.inFlight(), worker.waitingPerShard()),
        threads::start,
        timers,
        new Backoff(worker.retryBase(), worker.retryMax(), random),
        InstantSource.system());
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
    prepare.run();
    thread.start();
    LOG.info("application started: stream={}", stream.streamName());
  }

  /** Whether it consumes: started, not closed, and KCL has not given up. */
  public boolean isRunning() {
    return thread.isAlive() && !failed.get();
  }

  public StreamName stream() {
    return stream;
  }

  public LaneCounts counts() {
    return lanes.counts();
  }

  /** The record that holds a checkpoint back for longest. */
  public Optional<Unfinished> oldestUnfinished() {
    return lanes.oldestUnfinished();
  }

  /**
   * Stops: what is held is finished as far as {@code worker.stop-within} allows, positions are
   * checkpointed, leases handed on; then what still runs is interrupted. Returns when all of it has
   * ended, or its time is over.
   */
  @Override
  public void close() {
    ownership.stop();
    if (thread.isAlive()) {
      stopKcl();
    }
    lanes.interrupt();
    timers.close();
    kinesis.close();
    dynamoDb.close();
    cloudWatch.close();
    LOG.info("application stopped: stream={} {}", stream.streamName(), lanes.counts());
  }

  private void stopKcl() {
    Duration within = worker.stopWithin().plus(KCL_STOPS_WITHIN);
    // On a thread of its own: KCL's startGracefulShutdown() would block a thread of the common
    // pool,
    // whose one thread on a machine of two cores the services' HTTP answers come through.
    FutureTask<Boolean> graceful = new FutureTask<>(scheduler.createGracefulShutdownCallable());
    Thread.ofPlatform().daemon().name("stop-" + stream.streamName()).start(graceful);
    try {
      graceful.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      LOG.warn("not stopped gracefully within {}: stream={}", within, stream.streamName());
    } catch (ExecutionException failure) {
      LOG.warn("not stopped gracefully: stream={}", stream.streamName(), failure.getCause());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    if (!scheduler.shutdownComplete()) {
      scheduler.shutdown();
    }
    try {
      thread.join(worker.failover().plus(KCL_STOPS_WITHIN));
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private final class StateListener implements WorkerStateChangeListener {
    @Override
    public void onWorkerStateChange(WorkerState newState) {
      LOG.debug("KCL: stream={} state={}", stream.streamName(), newState);
    }

    @Override
    public void onAllInitializationAttemptsFailed(Throwable e) {
      failed.set(true);
      LOG.error("application gave up starting: stream={}", stream.streamName(), e);
    }
  }
}
