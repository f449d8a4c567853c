package io.timebridge.local.system;

import static org.awaitility.Awaitility.await;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.ReasonFilter;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.local.sim.SimControl;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;

/** A running system that looks for causes every second, with what its people do. */
final class WakingRig implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);

  final LocalSystem system;
  final SimControl first;
  final SimControl second;
  final SampleCompany company;
  private final DynamoDbClient dynamoDb;
  private final DynamoDbTaskMapping mapping;
  private final DeadLetters deadLetters;

  /**
   * @param settings over the local ones
   */
  WakingRig(Map<String, String> settings) throws Exception {
    this(settings, Simulators.Behaviour.calm(1));
  }

  /**
   * @param settings over the local ones
   * @param behaviour of both services
   */
  WakingRig(Map<String, String> settings, Simulators.Behaviour behaviour) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("retry.causes-every", "1s");
    system =
        LocalSystem.start(new LocalSystem.Options(Ports.ANY, behaviour, 1, all), progress -> {});
    first = system.simulators().first();
    second = system.simulators().second();
    dynamoDb = system.aws().dynamoDb();
    mapping = new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system());
    company = SampleCompany.found(first, second, mapping, PATIENCE);
    deadLetters = new DeadLetters(dynamoDb, system.settings().names());
  }

  long label(String name) {
    return first
        .post("/__sim/labels", "{\"name\":\"%s\",\"parent_id\":null}".formatted(name))
        .path("id")
        .longValue();
  }

  void map(long label) throws Exception {
    mapping.map(label, new TaskMapping.TaskRef.ByName("Design"), "test");
  }

  /** A user whom nobody has given an external id yet. */
  long user(String name) {
    return first
        .post(
            "/__sim/users", "{\"email\":\"%s@example.org\",\"name\":\"%s\"}".formatted(name, name))
        .path("id")
        .longValue();
  }

  void know(long user) {
    long person =
        second
            .post("/__sim/personnel", "{\"op\":\"add\",\"strName\":\"P\"}")
            .path("idPersonnel")
            .longValue();
    first.post("/__sim/users", "{\"id\":%d,\"external_id\":\"%d\"}".formatted(user, person));
  }

  void job(String op) {
    long job = second.state().path("jobs").get(0).path("idJob").longValue();
    second.post("/__sim/jobs", "{\"op\":\"%s\",\"idJob\":%d}".formatted(op, job));
  }

  long entry(long user, long label) {
    SampleCompany whose = new SampleCompany(user, label, company.projectId());
    return first
        .post("/__sim/entries", whose.entry("2026-07-03", 3600, "n"))
        .path("id")
        .longValue();
  }

  void edit(long entry, int seconds) {
    first.post(
        "/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":%d}".formatted(entry, seconds));
  }

  void delete(long entry) {
    first.post("/__sim/entries", "{\"op\":\"delete\",\"id\":%d}".formatted(entry));
  }

  Optional<WaitingKey> waiting(long entry) {
    try {
      return deadLetters.find(Long.toString(entry));
    } catch (StoreTrouble trouble) {
      throw new IllegalStateException(trouble);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  /** Until it has been tried in vain after it was parked, with that many events waiting. */
  void awaitTried(long entry, int events) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            waiting(entry)
                .filter(key -> key.attempts() >= 1 && key.waiting() == events)
                .isPresent());
  }

  void awaitDead(long entry) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> waiting(entry).filter(key -> key.state() == WaitingKey.State.DEAD).isPresent());
  }

  List<JsonNode> timesheets(long entry) {
    return second
        .state()
        .path("timesheets")
        .valueStream()
        .filter(t -> t.path("strDescription").asString("").endsWith("[TB#" + entry + "]"))
        .toList();
  }

  /** Until it is booked with these hours and nothing of it waits. */
  void awaitBooked(long entry, String hours) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            timesheets(entry).size() == 1
                && timesheets(entry)
                        .getFirst()
                        .path("dblHours")
                        .decimalValue()
                        .compareTo(new BigDecimal(hours))
                    == 0
                && waiting(entry).isEmpty());
  }

  /** What SecondService has carried out for an entry, in order. */
  List<String> effects(long entry) {
    return second.ledger(0).stream()
        .filter(e -> e.content().path("strDescription").asString("").endsWith("[TB#" + entry + "]"))
        .map(e -> e.op() + " " + e.content().path("dblHours").decimalValue().stripTrailingZeros())
        .toList();
  }

  List<WaitingKey> listed() throws Exception {
    return deadLetters.list(ReasonFilter.everything(), 100).oldest();
  }

  @Override
  public void close() {
    dynamoDb.close();
    system.close();
  }
}
