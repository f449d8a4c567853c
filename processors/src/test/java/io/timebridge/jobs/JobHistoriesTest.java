package io.timebridge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.failure.RememberedParkedEvents;
import io.timebridge.jobs.FakeFirstService.Ending;
import io.timebridge.ordering.Outcome;
import io.timebridge.ordering.StreamRecord;
import io.timebridge.services.first.FirstService.Client;
import io.timebridge.services.first.FirstService.Project;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Route;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random histories of few keys against a service that often does not say what it did. */
class JobHistoriesTest {
  private static final JobApplier.Options OPTIONS =
      new JobApplier.Options(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(20));

  private static final List<Ending> ENDINGS =
      List.of(
          Ending.DONE,
          Ending.DONE,
          Ending.DONE,
          Ending.ANSWER_LOST,
          Ending.ANSWER_LOST,
          Ending.SILENT,
          Ending.LATE,
          Ending.BUSY);

  private final FakeFirstService first = new FakeFirstService();
  private final InMemoryJobStates states = new InMemoryJobStates();
  private final AtomicLong now = new AtomicLong();
  private final JobApplier applier =
      new JobApplier(first, states, new RememberedParkedEvents(), OPTIONS, now::incrementAndGet);
  private final Map<String, Deque<StreamRecord>> lanes = new TreeMap<>();
  private final Map<String, Long> notBefore = new HashMap<>();
  private final Map<String, JobEvent> newest = new TreeMap<>();
  private long lateSince;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 150);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void every_job_and_client_is_there_once_as_its_newest_event_says(long seed) throws Exception {
    Random random = new Random(seed);
    publish(random);
    for (int step = 0; step < 50_000 && !lanes.isEmpty(); step++) {
      now.addAndGet(Duration.ofMillis(20).toNanos());
      landWhatIsDue();
      List<String> ready =
          lanes.keySet().stream().filter(k -> notBefore.getOrDefault(k, 0L) <= now.get()).toList();
      if (!ready.isEmpty()) {
        handle(ready.get(random.nextInt(ready.size())), random);
      }
    }
    first.land();
    assertThat(lanes).isEmpty();
    newest.values().forEach(this::assertApplied);
  }

  private void publish(Random random) {
    for (int i = 1; i <= 25; i++) {
      int id = 1 + random.nextInt(3);
      int client = 11 + random.nextInt(2);
      JobEvent event =
          random.nextInt(4) == 0
              ? new JobEvent.Client("", 1, client, "C", "client " + random.nextInt(3))
              : new JobEvent.Job(
                  "",
                  1,
                  id,
                  "J" + id,
                  "name " + random.nextInt(3),
                  client,
                  "C",
                  "client 0",
                  random.nextInt(4) > 0);
      newest.put(event.key(), event);
      StreamRecord record =
          new StreamRecord(
              "s",
              BigInteger.valueOf(i),
              new Envelope(
                  "i" + i,
                  Envelope.Source.SECOND_SERVICE,
                  Route.JOB_CHANGE,
                  event.key(),
                  Instant.EPOCH,
                  Map.of(),
                  event.encode(),
                  null));
      lanes.computeIfAbsent(event.key(), k -> new ArrayDeque<>()).add(record);
    }
  }

  private void handle(String key, Random random) throws InterruptedException {
    Deque<StreamRecord> lane = lanes.get(key);
    assertThat(lane).isNotNull();
    first.next(ENDINGS.get(random.nextInt(ENDINGS.size())));
    boolean wasLate = first.hasLate();
    Outcome outcome = applier.handle(lane.getFirst());
    if (first.hasLate() && !wasLate) {
      lateSince = now.get();
    }
    switch (outcome) {
      case Outcome.Retry retry ->
          notBefore.put(key, now.get() + retry.after().orElse(Duration.ZERO).toNanos());
      case Outcome.Applied applied -> finish(key, lane);
      case Outcome.Skipped skipped -> finish(key, lane);
      case Outcome.Parked p -> throw new AssertionError(p.reason());
    }
  }

  private void finish(String key, Deque<StreamRecord> lane) {
    lane.removeFirst();
    if (lane.isEmpty()) {
      lanes.remove(key);
    }
  }

  private void landWhatIsDue() {
    if (first.hasLate() && now.get() - lateSince > OPTIONS.settle().toNanos() - 100_000_000) {
      first.land();
    }
  }

  private void assertApplied(JobEvent event) {
    List<Client> clients = first.allClients();
    switch (event) {
      case JobEvent.Client c ->
          assertThat(clients)
              .filteredOn(client -> client.externalId().equals("" + c.id()))
              .extracting(Client::name)
              .containsExactly(c.name());
      case JobEvent.Job j -> {
        List<Project> own =
            first.allProjects().stream().filter(p -> p.externalId().equals("" + j.id())).toList();
        if (!j.open() && own.isEmpty()) {
          return;
        }
        assertThat(own).hasSize(1);
        Project project = own.getFirst();
        assertThat(project.name()).isEqualTo(j.name() + " - " + j.code());
        assertThat(project.active()).isEqualTo(j.open());
        List<String> client = new ArrayList<>();
        clients.stream()
            .filter(c -> c.id() == project.clientId())
            .forEach(c -> client.add(c.externalId()));
        assertThat(client).containsExactly("" + j.clientId());
      }
    }
  }
}
