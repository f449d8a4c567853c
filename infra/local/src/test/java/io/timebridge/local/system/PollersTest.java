package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.aws.LocalAws;
import io.timebridge.local.kinesis.StreamContent;
import io.timebridge.local.sim.http.CallWatch;
import io.timebridge.local.sim.http.Request;
import io.timebridge.processors.WorkerMain;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Two pollers, each a process with a door of its own into SecondService: frozen, woken, killed.
 * What they do is seen at the doors, on the stream and in the table; FirstService's ledger judges.
 */
@Timeout(240)
class PollersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final Doors doors = new Doors();
  private LocalAws aws;
  private Simulators simulators;
  private JobsOfBoth both;
  private Settings settings;
  private Map<String, String> byKey;
  private WorkerMain.Running worker;
  private Processes processes;

  /** A poller and its door. */
  private record Poller(Processes.Started process, int door) {}

  /** Counts who lists the jobs, and holds one such call when it is told to. */
  private static final class Doors implements CallWatch {
    private final Map<Integer, AtomicInteger> looks = new ConcurrentHashMap<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile int holds;

    @Override
    public Treatment arrived(int door, Request request) throws InterruptedException {
      if (request.method().equals("GET") && request.path().endsWith("/job/")) {
        looks.computeIfAbsent(door, d -> new AtomicInteger()).incrementAndGet();
        if (door == holds) {
          held.countDown();
          released.await();
        }
      }
      return new Treatment.AsUsual();
    }

    int looks(Poller poller) {
      AtomicInteger looks = this.looks.get(poller.door());
      return looks == null ? 0 : looks.get();
    }

    void awaitLooks(Poller poller, int more) {
      int before = looks(poller);
      await().atMost(PATIENCE).until(() -> looks(poller) >= before + more);
    }
  }

  @BeforeEach
  void start() throws Exception {
    aws = LocalAws.start();
    simulators = Simulators.start(Ports.ANY, Simulators.Behaviour.calm(1));
    simulators.watch(CallWatch.NONE, doors);
    both = JobsOfBoth.of(simulators);
    byKey = new HashMap<>(SettingsText.aws(aws.endpoints()));
    byKey.putAll(simulators.settings());
    byKey.put("worker.apps", "jobs");
    byKey.put("poller.every", "300ms");
    byKey.put("poller.lease-for", "2s");
    byKey.put("second-service.call-timeout", "20s"); // the answer waits for the frozen one
    byKey.put("second-service.concurrent-calls", "8");
    byKey.put("second-service.sessions", "8");
    settings = new SettingsLoader().values(byKey, "test").load((a, p) -> Map.of()).settings();
    aws.createResources(settings.names(), 1);
    worker = WorkerMain.start(settings);
    processes = new Processes(folder);
  }

  @AfterEach
  void stop() {
    processes.close();
    worker.close();
    simulators.close();
    aws.close();
  }

  private Poller poller(String name) throws IOException {
    Map<String, String> own = new HashMap<>(byKey);
    own.putAll(simulators.openDoors());
    Files.writeString(folder.resolve(name), SettingsText.lines(own));
    return new Poller(
        processes.start("poller", "--config", name),
        URI.create(own.getOrDefault("second-service.url", "")).getPort());
  }

  @Test
  void one_looks_another_takes_over_when_it_is_frozen_and_the_woken_one_changes_nothing()
      throws Exception {
    List<Long> jobs = both.found(3, "Job %d");
    long renamed = jobs.get(0);
    long closed = jobs.get(1);
    Poller one = poller("one.conf");
    Poller another = poller("another.conf");
    await().atMost(PATIENCE).until(() -> both.live().equals(Set.copyOf(jobs)));
    doors.awaitLooks(one, 3);
    assertThat(doors.looks(another)).as("looks of the standby").isZero();

    doors.holds = one.door();
    doors.held.await();
    both.rename(renamed, "Old view"); // the held call lists that, and its asker is frozen then
    one.process().freeze();
    doors.released.countDown();
    await().atMost(PATIENCE).until(() -> doors.looks(another) > 0);
    await().atMost(PATIENCE).until(() -> both.name(renamed).startsWith("Old view"));
    both.rename(renamed, "New view");
    both.close(closed);
    await().atMost(PATIENCE).until(() -> both.name(renamed).startsWith("New view"));
    await().atMost(PATIENCE).until(() -> both.archived().equals(Set.of(closed)));

    int looksOfOne = doors.looks(one);
    one.process().wake();
    await()
        .atMost(PATIENCE)
        .until(() -> Files.readString(one.process().log()).contains("poller is standby"));
    doors.awaitLooks(another, 3);
    assertThat(doors.looks(one)).as("looks of the one that woke up").isEqualTo(looksOfOne);
    assertThat(epochs()).as("of the records on the stream").isSorted().contains(1L, 2L);
    assertThat(published(renamed)).containsEntry("name", AttributeValue.fromS("New view"));
    assertThat(both.names(renamed))
        .containsExactly("Job 1 - J-1", "Old view - J-1", "New view - J-1");

    another.process().kill();
    both.rename(renamed, "Third view");
    both.reopen(closed);
    await().atMost(PATIENCE).until(() -> both.name(renamed).startsWith("Third view"));
    await().atMost(PATIENCE).until(() -> both.live().equals(Set.copyOf(jobs)));
    assertThat(doors.looks(one)).isGreaterThan(looksOfOne);
    assertThat(epochs()).isSorted().endsWith(3L);
    assertThat(both.everArchived()).containsExactly(closed);
    assertThat(both.deletions()).isEmpty();
    assertThat(jobs).allMatch(job -> both.creations(job) == 1);
  }

  private Map<String, AttributeValue> published(long job) {
    try (DynamoDbClient dynamoDb = aws.clients().dynamoDb()) {
      return dynamoDb
          .getItem(r ->
              r.tableName(settings.names().table(TableName.JOB_DATA))
                  .key(
                      Map.of(
                          TableName.JOB_DATA.hashKey(), AttributeValue.fromS(JobEvent.jobKey(job))))
                  .consistentRead(true))
          .item()
          .get("published")
          .m();
    }
  }

  /** Of every record on the one shard, in its order. */
  private List<Long> epochs() {
    try (KinesisClient kinesis = aws.clients().kinesis()) {
      return StreamContent.ofFirstShard(kinesis, settings.names().stream(StreamName.JOB_EVENTS))
          .stream()
          .map(record -> JobEvent.decode(record.body()).orElseThrow().epoch())
          .toList();
    }
  }
}
