package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.sim.SimControl;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.InMemoryTokenStore;
import io.timebridge.services.first.StoredTokens;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.Pause;
import io.timebridge.timesheet.TimesheetApplier;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;

/**
 * One create handed to many at once: four workers, fifty threads each, with the real rules, clients
 * and rows, against the simulators over HTTP. Their ledger is the judge.
 */
class RedeliveriesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  @Test
  void two_hundred_concurrent_redeliveries_of_one_create_make_one_timesheet() throws Exception {
    LocalSystem.Options options =
        new LocalSystem.Options(Ports.ANY, Simulators.Behaviour.calm(1), 1, Map.of());
    try (LocalSystem system = LocalSystem.start(options, text -> {});
        DynamoDbClient dynamoDb = system.aws().dynamoDb()) {
      SimControl first = system.simulators().first();
      SampleCompany company =
          SampleCompany.found(
              first,
              system.simulators().second(),
              new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system()),
              PATIENCE);
      first.post("/__sim/delivery", "{\"lose\":1}"); // nobody else hears of it
      long id =
          first
              .post("/__sim/entries", company.entry("2026-07-03", 4502, "once"))
              .path("id")
              .longValue();
      assertThat(id).isPositive();
      ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
      CountDownLatch together = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      List<AutoCloseable> toClose = new ArrayList<>();
      for (int worker = 0; worker < 4; worker++) {
        TimesheetApplier applier =
            applier("worker-" + worker, system.settings(), dynamoDb, toClose);
        for (int i = 0; i < 50; i++) {
          threads.add(
              Thread.ofVirtual().start(() -> outcomes.add(handled(applier, record(id), together))));
        }
      }
      together.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      for (AutoCloseable part : toClose) {
        part.close();
      }
      List<JsonNode> effects =
          system.simulators().second().ledger(0).stream()
              .filter(effect -> effect.op().startsWith("timesheet"))
              .map(SimControl.Effect::content)
              .toList();
      assertThat(outcomes).hasSize(200);
      assertThat(effects).as("effects on timesheets").hasSize(1);
      assertThat(
              outcomes.stream()
                  .collect(Collectors.groupingBy(Object::getClass, Collectors.counting())))
          .as("one applied it, everybody else recognised it")
          .containsEntry(Outcome.Applied.class, 1L)
          .containsEntry(Outcome.Skipped.class, 199L);
    }
  }

  /** As a lane does, until it is done. */
  private static Outcome handled(
      TimesheetApplier applier, StreamRecord record, CountDownLatch together) {
    try {
      together.await();
      while (true) {
        Outcome outcome = applier.handle(record);
        if (!(outcome instanceof Outcome.Retry retry)) {
          return outcome;
        }
        // Sooner than it asks for: whoever finds a call announced looks again and again.
        Duration asked = retry.after().orElse(LOOK_AGAIN);
        Pause.REAL.pause(asked.compareTo(LOOK_AGAIN) < 0 ? asked : LOOK_AGAIN);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  private static TimesheetApplier applier(
      String name, Settings settings, DynamoDbClient dynamoDb, List<AutoCloseable> toClose) {
    Clock clock = Clock.systemUTC();
    ServiceGate firstGate = new ServiceGate("FirstService", settings.firstService().gate());
    StoredTokens tokens =
        new StoredTokens(settings.firstService(), firstGate, new InMemoryTokenStore(clock), clock);
    HttpFirstService first = new HttpFirstService(settings.firstService(), firstGate, tokens);
    HttpSecondService second =
        new HttpSecondService(
            settings.secondService(),
            new ServiceGate("SecondService", settings.secondService().gate()),
            clock);
    toClose.addAll(List.of(first, tokens, second));
    return new TimesheetApplier(
        new TimesheetApplier.Parts(
            first,
            second,
            new DynamoDbEntryStore(dynamoDb, settings.names(), clock),
            new DynamoDbTaskMapping(dynamoDb, settings.names(), clock),
            (id, places, why) -> {
              throw new AssertionError("nothing was taken over, so nothing is to be verified");
            },
            (record, problem) -> new Outcome.Parked(problem),
            settings.secondService(),
            settings.timesheet(),
            name,
            clock,
            System::nanoTime,
            Pause.REAL,
            Runnable::run));
  }

  private static StreamRecord record(long id) {
    String body =
        "{\"payload\":{\"entity_id\":%d,\"entity_path\":\"/1.1/77/hours/%d\"}}".formatted(id, id);
    return new StreamRecord(
        "shard-0",
        BigInteger.valueOf(1),
        new Envelope(
            "e",
            Envelope.Source.FIRST_SERVICE,
            Route.NEW_TIMESHEET_ENTRY,
            Long.toString(id),
            Instant.EPOCH,
            Map.of(),
            body.getBytes(StandardCharsets.UTF_8),
            null));
  }
}
