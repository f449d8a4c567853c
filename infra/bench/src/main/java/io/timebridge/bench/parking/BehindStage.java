package io.timebridge.bench.parking;

import io.timebridge.ingest.gateway.GatewayMain;
import io.timebridge.ingest.poller.PollerMain;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.local.sim.SimControl;
import io.timebridge.local.system.Ports;
import io.timebridge.local.system.SampleCompany;
import io.timebridge.local.system.SettingsText;
import io.timebridge.local.system.Simulators;
import io.timebridge.local.system.Webhooks;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;

/** Everything but the worker, in this process: AWS, both services and the gateway. */
final class BehindStage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BehindStage.class);

  static final String OPEN_DAY = "2026-07-03";

  private static final String LOCKED_DAY = "2026-06-03";
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<String, String> byKey = new LinkedHashMap<>();
  private final Simulators simulators;
  private final Settings settings;
  private final DynamoDbClient dynamoDb;
  private final DynamoDbEntryStore entries;
  private @Nullable SampleCompany company;

  private BehindStage() throws IOException, InterruptedException {
    try {
      LocalAws aws = part(LocalAws.start());
      simulators = part(Simulators.start(Ports.ANY, Simulators.Behaviour.calm(1)));
      byKey.putAll(
          Map.of(
              "second-service.calls-per-second", "500",
              "second-service.concurrent-calls", "6",
              "first-service.calls-per-second", "500",
              "poller.every", "1s"));
      byKey.putAll(SettingsText.aws(aws.endpoints()));
      byKey.putAll(simulators.settings());
      byKey.put("gateway.port", "0");
      Settings wanted = load();
      aws.createResources(wanted.names(), 1);
      GatewayMain.Running gateway = part(GatewayMain.start(wanted));
      byKey.put("gateway.port", Integer.toString(gateway.address().getPort()));
      settings = load();
      Webhooks.register(gateway.address(), byKey);
      dynamoDb = part(aws.clients().dynamoDb());
      entries = new DynamoDbEntryStore(dynamoDb, settings.names(), InstantSource.system());
    } catch (IOException | InterruptedException | RuntimeException notStarted) {
      close();
      throw notStarted;
    }
  }

  static BehindStage start() throws IOException, InterruptedException {
    return new BehindStage();
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  private Settings load() {
    return new SettingsLoader().values(byKey, "bench").load((aws, path) -> Map.of()).settings();
  }

  Map<String, String> settingsByKey() {
    return new LinkedHashMap<>(byKey);
  }

  Settings settings() {
    return settings;
  }

  DynamoDbClient dynamoDb() {
    return dynamoDb;
  }

  DynamoDbEntryStore entries() {
    return entries;
  }

  SimControl second() {
    return simulators.second();
  }

  private SampleCompany company() {
    return Objects.requireNonNull(company, "founded");
  }

  /** What the key's events refer to. */
  Events.Whose whose() {
    JsonNode state = simulators.first().state();
    return new Events.Whose(
        company().userId(),
        state.path("projects").get(0).path("external_id").asString(),
        state.path("clients").get(0).path("external_id").asString(),
        company().labelId(),
        LOCKED_DAY);
  }

  /** A job, a person and a label; the poller has to be running, or the job becomes no project. */
  void found(Duration patience) throws Exception {
    try (var _ = PollerMain.start(settings)) {
      company =
          SampleCompany.found(
              simulators.first(),
              simulators.second(),
              new DynamoDbTaskMapping(dynamoDb, settings.names(), InstantSource.system()),
              patience);
    }
  }

  long entry(String day, int seconds) {
    return simulators
        .first()
        .post("/__sim/entries", company().entry(day, seconds, "n"))
        .path("id")
        .longValue();
  }

  void edit(long id, int seconds) {
    simulators
        .first()
        .post(
            "/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":%d}".formatted(id, seconds));
  }

  void awaitTimesheets(int count, Duration patience) throws InterruptedException, TimeoutException {
    long end = System.nanoTime() + patience.toNanos();
    while (second().state().path("timesheets").size() < count) {
      if (System.nanoTime() - end > 0) {
        throw new TimeoutException("the other keys' entries were not all booked");
      }
      Thread.sleep(LOOK_EVERY);
    }
  }

  /** Parks an entry the way it happens: its period is locked. */
  long parkOne(Duration patience)
      throws EntryStore.Unavailable, InterruptedException, TimeoutException {
    second().post("/__sim/locks", "{\"before\":\"2026-07-01\"}");
    long id = entry(LOCKED_DAY, 3_600);
    long end = System.nanoTime() + patience.toNanos();
    while (!entries.read(new EntryId(id)).waits()) {
      if (System.nanoTime() - end > 0) {
        throw new TimeoutException("entry " + id + " was not parked");
      }
      Thread.sleep(LOOK_EVERY);
    }
    return id;
  }

  /** Puts the cause right. */
  void unlock() {
    second().post("/__sim/locks", "{\"before\":\"2026-01-01\"}");
  }

  @Override
  public void close() {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) { // the edge of a part: the others still have to be stopped
        LOG.warn("{} did not stop cleanly", part.getClass().getSimpleName(), e);
      }
    }
    parts.clear();
  }
}
