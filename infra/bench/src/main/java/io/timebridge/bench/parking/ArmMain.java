package io.timebridge.bench.parking;

import com.sun.management.OperatingSystemMXBean;
import io.timebridge.aws.AwsClients;
import io.timebridge.bench.measure.Statistics;
import io.timebridge.bench.process.ParentLine;
import io.timebridge.failure.Drains;
import io.timebridge.failure.RetryConsumer;
import io.timebridge.failure.SqsRetryQueue;
import io.timebridge.ordering.Backoff;
import io.timebridge.ordering.Folding;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.ShardLanes;
import io.timebridge.ordering.ThreadTimers;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryDrain;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Pause;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.TimesheetApplier;
import io.timebridge.worker.KclApplication;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A child JVM with what a worker has between KCL and the services: lanes, the applier, parking, the
 * retry queue and its consumer, over SQS. The store and the services are stubs. Reads an {@link
 * ArmOrder}, says {@code result} with an {@link ArmResult}.
 */
public final class ArmMain {
  /** Wake-ups come much more often than a deployment's, whose first wait is 30 s. */
  private static final RetryConsumer.Options RETRIES =
      new RetryConsumer.Options(
          16, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(30));

  private static final Duration ENDS_WITHIN = Duration.ofMinutes(2);

  private final ArmOrder order;
  private final ArmLedger ledger;
  private final ShardLanes<StreamRecord> lanes;
  private long round;
  private long sequence;

  private ArmMain(ArmOrder order, ArmLedger ledger, ShardLanes<StreamRecord> lanes) {
    this.order = order;
    this.ledger = ledger;
    this.lanes = lanes;
  }

  public static void main(String[] args) {
    ParentLine parent = ParentLine.open();
    try {
      ArmOrder order = parent.order(ArmOrder.class).orElseThrow();
      ParentLine.endAfter(
          ENDS_WITHIN.plusMillis(order.warmUpMillis()).plusMillis(2 * order.runMillis()));
      parent.endWithParent();
      parent.tell("result", run(order));
    } catch (Exception e) { // the edge of the process: whatever it is, the parent is told
      parent.fail(e);
    }
    Runtime.getRuntime().halt(0);
  }

  private static ArmResult run(ArmOrder order) throws InterruptedException {
    Settings settings =
        new SettingsLoader()
            .values(
                Map.of(
                    "second-service.visible-within",
                    "0ms",
                    "second-service.concurrent-calls",
                    Integer.toString(order.concurrency())),
                "bench")
            .load((aws, path) -> Map.of())
            .settings();
    AwsClients aws =
        new AwsClients(new Settings.Aws("us-east-1", Map.of("sqs", URI.create(order.sqs())), true));
    SqsRetryQueue queue = new SqsRetryQueue(aws.sqs(), new Names(order.prefix()));
    EntryStore store = new SlowEntries(order.storeMillis());
    TimesheetApplier.Unusable unusable =
        (record, problem) -> {
          throw new IllegalStateException(problem);
        };
    TimesheetApplier applier =
        new TimesheetApplier(
            new TimesheetApplier.Parts(
                new StubFirst(order.serviceMillis()),
                new StubSecond(
                    order.serviceMillis(),
                    timesheet ->
                        order.isBad(Long.parseLong(timesheet.description().split(" ")[0]))),
                store,
                label -> Optional.of(new TaskMapping.TaskRef.ById(Events.TASK)),
                (id, places, why) -> {
                  throw new IllegalStateException(why);
                },
                unusable,
                queue,
                settings.secondService(),
                settings.timesheet(),
                "bench",
                InstantSource.system(),
                System::nanoTime,
                Pause.REAL,
                Thread.ofVirtual()::start));
    ArmLedger ledger = new ArmLedger(order);
    Drains drains = ledger.around(new EntryDrain(store, applier, unusable));
    RetryConsumer consumer = new RetryConsumer(aws.sqs(), queue, drains, RETRIES);
    consumer.start();
    KclApplication.Options defaults = KclApplication.Options.defaults();
    KeyLanes<StreamRecord> lanes =
        new KeyLanes<>(
            (key, records) -> ledger.told(records.getLast(), applier.handle(key, records)),
            Folding.none(),
            new KeyLanes.Limits(
                order.concurrency(),
                defaults.limits().heldPerShard(),
                defaults.limits().heldBytesPerShard(),
                defaults.limits().held(),
                defaults.limits().heldBytes()),
            Thread.ofVirtual().name("lane-", 0)::start,
            new ThreadTimers("timers"),
            new Backoff(
                defaults.retryBase(),
                defaults.retryMax(),
                () -> ThreadLocalRandom.current().nextLong()),
            InstantSource.system());
    return new ArmMain(order, ledger, lanes.open("shard-0")).measure();
  }

  private ArmResult measure() throws InterruptedException {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long began = System.nanoTime();
    feedUntil(began + TimeUnit.MILLISECONDS.toNanos(order.warmUpMillis()));
    long from = System.nanoTime();
    long cpu = machine.getProcessCpuTime();
    long done = ledger.goodDone();
    feedUntil(from + TimeUnit.MILLISECONDS.toNanos(order.runMillis()));
    double seconds = (System.nanoTime() - from) / 1e9;
    double cores = (machine.getProcessCpuTime() - cpu) / 1e9 / seconds;
    double rate = (ledger.goodDone() - done) / seconds;
    finish();
    long paced = System.nanoTime();
    long[] latencies = pace(paced);
    double calmSeconds = (System.nanoTime() - paced) / 1e9;
    return ledger.result(
        rate,
        latencies.length / calmSeconds,
        Statistics.percentile(latencies, 0.5) / 1e6,
        Statistics.percentile(latencies, 0.99) / 1e6,
        cores,
        machine.getSystemLoadAverage());
  }

  /** As much as the lanes take: what a worker behind a long backlog reads. */
  private void feedUntil(long deadline) throws InterruptedException {
    while (System.nanoTime() - deadline < 0) {
      round++;
      for (int i = 0; i < order.keys() && System.nanoTime() - deadline < 0; i++) {
        offer(key(i), System.nanoTime());
      }
    }
  }

  /** At its pace, whatever the lanes do; the latencies of good keys in nanoseconds. */
  private long[] pace(long from) throws InterruptedException {
    double nanosEach = 1e9 / (order.calmRounds() * order.keys());
    long events = (long) (order.runMillis() * 1e6 / nanosEach);
    long first = sequence + 1;
    for (long event = 0; event < events; event++) {
      int place = (int) (event % order.keys());
      round += place == 0 ? 1 : 0;
      long due = from + (long) (event * nanosEach);
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      offer(key(place), due);
    }
    finish();
    return ledger.latencies(first, sequence);
  }

  /** Bad keys stand evenly among the good ones. */
  private long key(int place) {
    if (order.badKeys() == 0) {
      return place + 1L;
    }
    int every = order.keys() / order.badKeys();
    int before = Math.min(order.badKeys(), (place + every - 1) / every);
    boolean bad = place % every == 0 && place / every < order.badKeys();
    return bad ? order.goodKeys() + place / every + 1L : place - before + 1L;
  }

  private void offer(long id, long due) throws InterruptedException {
    sequence++;
    ledger.due(sequence, id, due);
    StreamRecord record =
        Events.record(
            Events.saved(Events.STUB, id, round, (int) (60 + round % 1000), Long.toString(id)),
            BigInteger.valueOf(sequence));
    String key = record.key();
    while (lanes.offer(key, record.sequence(), record.envelope().body().length, record)
        == ShardLanes.Offer.FULL) {
      lanes.awaitRoom(Duration.ofSeconds(1));
    }
  }

  private void finish() throws InterruptedException {
    if (!lanes.awaitFinished(ENDS_WITHIN)) {
      throw new IllegalStateException(lanes.unfinished() + " events are not finished");
    }
  }
}
