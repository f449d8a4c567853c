package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.alerts.SnsAlerts;
import io.timebridge.ingest.EventIds;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.local.sim.SimControl;
import io.timebridge.local.system.Ports;
import io.timebridge.local.system.SettingsText;
import io.timebridge.local.system.Simulators;
import io.timebridge.publish.KinesisPublisher;
import io.timebridge.publish.Publisher;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.sns.SnsClient;

/**
 * A large company's lists, over HTTP, on a real DynamoDB engine and the local Kinesis. Figures go
 * to the log; {@code -Dpoller.jobs=10000} makes it as large as docs/MEASURED.md has it.
 */
class LargeListingTest {
  private static final int JOBS = Integer.getInteger("poller.jobs", 1_500);
  private static final int CLIENTS = JOBS / 5;
  private static final Logger LOG = LoggerFactory.getLogger(LargeListingTest.class);

  private final Clock clock = Clock.systemUTC();
  private LocalAws aws;
  private Simulators simulators;
  private SimControl second;
  private Settings settings;
  private DynamoDbClient dynamoDb;
  private SnsClient sns;
  private Publisher publisher;
  private HttpSecondService service;
  private PollerLease lease;
  private CountingStore store;

  /** Counts, and fails like a process that dies when it is told to. */
  private static final class CountingStore implements JobStore {
    final JobStore inner;
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger loads = new AtomicInteger();
    volatile int diesAfter = Integer.MAX_VALUE;

    CountingStore(JobStore inner) {
      this.inner = inner;
    }

    @Override
    public List<Known> load() {
      loads.incrementAndGet();
      return inner.load();
    }

    @Override
    public boolean save(Known row, long epoch) {
      if (writes.incrementAndGet() > diesAfter) {
        throw new IllegalStateException("dead");
      }
      return inner.save(row, epoch);
    }
  }

  @BeforeEach
  void start() throws Exception {
    aws = LocalAws.start();
    simulators = Simulators.start(Ports.ANY, Simulators.Behaviour.calm(1));
    second = simulators.second();
    Map<String, String> byKey = new HashMap<>(SettingsText.aws(aws.endpoints()));
    byKey.putAll(simulators.settings());
    settings = new SettingsLoader().values(byKey, "test").load((a, p) -> Map.of()).settings();
    aws.createResources(settings.names(), 1);
    dynamoDb = aws.clients().dynamoDb();
    sns = aws.clients().sns();
    publisher =
        KinesisPublisher.open(aws.clients(), settings.names(), Set.of(StreamName.JOB_EVENTS));
    service =
        new HttpSecondService(
            settings.secondService(),
            new ServiceGate("SecondService", settings.secondService().gate()),
            clock);
    store =
        new CountingStore(
            new DynamoDbJobStore(dynamoDb, settings.names().table(TableName.JOB_DATA)));
    lease =
        new PollerLease(
            new DynamoDbLeaseStore(dynamoDb, settings.names().table(TableName.COORDINATION)),
            "me",
            Duration.ofMinutes(10),
            System::nanoTime,
            clock);
    lease.beat();
    fill();
  }

  private void fill() {
    for (int c = 1; c <= CLIENTS; c++) {
      long client =
          second
              .post(
                  "/__sim/clients",
                  "{\"op\":\"add\",\"strClientCode\":\"C-%d\",\"strClientName\":\"Client %d\"}"
                      .formatted(c, c))
              .path("idClient")
              .longValue();
      for (int j = 1; j <= JOBS / CLIENTS; j++) {
        second.post(
            "/__sim/jobs",
            "{\"op\":\"add\",\"idClient\":%d,\"strJobCode\":\"J-%d-%d\",\"strJobName\":\"Job number %d of it\",\"tasks\":[]}"
                .formatted(client, c, j, j));
      }
    }
    second.faults("{\"action\":\"delay\",\"millis\":0,\"match\":\"/service/api/\"}"); // counts
  }

  private long calls() {
    var faults = second.faults();
    return (faults.isArray() ? faults : faults.path("faults")).path(0).path("fired").longValue();
  }

  @AfterEach
  void stop() {
    service.close();
    publisher.close();
    sns.close();
    dynamoDb.close();
    simulators.close();
    aws.close();
  }

  private JobPoller poller() {
    return new JobPoller(
        service,
        store,
        publisher,
        lease,
        new JobDiff.Rules(Set.of(), 10, 5),
        new Doubts(
            new DynamoDbDoubtStore(dynamoDb, settings.names().table(TableName.COORDINATION)),
            new SnsAlerts(sns, dynamoDb, settings.names(), clock),
            clock,
            System::nanoTime),
        clock,
        new EventIds(clock, new SecureRandom()));
  }

  @Test
  void a_quiet_look_costs_two_calls_and_no_write() throws Exception {
    long heapBefore = heap();
    JobPoller poller = poller();
    long began = System.nanoTime();
    assertThat(poller.tick())
        .isEqualTo(new TickReport.Looked(1, CLIENTS, JOBS, CLIENTS + JOBS, 0, 0));
    Duration first = Duration.ofNanos(System.nanoTime() - began);
    for (int i = 0; i < 5; i++) {
      poller.tick(); // warm
    }
    long calls = calls();
    int writes = store.writes.get();
    began = System.nanoTime();
    assertThat(poller.tick()).isEqualTo(new TickReport.Looked(1, CLIENTS, JOBS, 0, 0, 0));
    Duration quiet = Duration.ofNanos(System.nanoTime() - began);
    assertThat(calls() - calls).as("calls of SecondService").isEqualTo(2);
    assertThat(store.writes.get()).isEqualTo(writes).isEqualTo(CLIENTS + JOBS);
    assertThat(store.loads.get()).isEqualTo(1);
    long heap = heap() - heapBefore;

    began = System.nanoTime();
    JobPoller restarted = poller();
    assertThat(restarted.tick()).isEqualTo(new TickReport.Looked(1, CLIENTS, JOBS, 0, 0, 0));
    Duration afterRestart = Duration.ofNanos(System.nanoTime() - began);
    LOG.info(
        "jobs={} clients={} first={} ms quiet={} ms restarted={} ms heap={} KiB",
        JOBS,
        CLIENTS,
        first.toMillis(),
        quiet.toMillis(),
        afterRestart.toMillis(),
        heap / 1024);
    assertThat(poller.tick()).isInstanceOf(TickReport.Looked.class);
  }

  /** What is in use after a collection, both services' books and the tables among it. */
  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void an_import_that_dies_half_way_goes_on_where_it_was() throws Exception {
    store.diesAfter = (CLIENTS + JOBS) / 2;
    JobPoller dies = poller();
    assertThatThrownBy(dies::tick).isInstanceOf(IllegalStateException.class);
    int stored = store.inner.load().size();
    assertThat(stored).isBetween(CLIENTS, store.diesAfter);

    store.diesAfter = Integer.MAX_VALUE;
    TickReport.Looked report = (TickReport.Looked) poller().tick();
    assertThat(report.published()).isEqualTo(CLIENTS + JOBS - stored);
    assertThat(store.inner.load()).hasSize(CLIENTS + JOBS);

    List<String> keys = published();
    assertThat(new HashSet<>(keys)).hasSize(CLIENTS + JOBS);
    assertThat(keys.size() - CLIENTS - JOBS).as("published twice").isBetween(0, 200);
  }

  private List<String> published() {
    List<String> keys = new ArrayList<>();
    try (KinesisClient kinesis = aws.clients().kinesis()) {
      String stream = settings.names().stream(StreamName.JOB_EVENTS);
      String shard = kinesis.listShards(r -> r.streamName(stream)).shards().getFirst().shardId();
      String iterator =
          kinesis
              .getShardIterator(r ->
                  r.streamName(stream)
                      .shardId(shard)
                      .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
              .shardIterator();
      while (true) {
        String at = iterator;
        var page = kinesis.getRecords(r -> r.shardIterator(at));
        if (page.records().isEmpty()) {
          return keys;
        }
        page.records().forEach(record -> keys.add(key(record)));
        iterator = page.nextShardIterator();
      }
    }
  }

  private static String key(Record record) {
    return ((EnvelopeCodec.Decoded.Read) EnvelopeCodec.decode(record.data().asByteArray()))
        .envelope()
        .key();
  }
}
