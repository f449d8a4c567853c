package io.timebridge.local.chaos;

import io.timebridge.local.sim.SimControl;
import io.timebridge.local.sim.http.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What goes wrong all the time during a run, apart from the strikes. For one run. */
final class Background {
  private static final String SECOND = "/service/api/";
  private static final String FIRST = "/1\\.1/[0-9]+/";

  private final ChaosSystem system;
  private final Random random;
  private final long latestMillis;

  /**
   * @param latest longest that a late effect may take
   */
  Background(ChaosSystem system, long seed, Duration latest) {
    this.system = system;
    this.random = new Random(seed ^ 0x5eed);
    this.latestMillis = latest.toMillis();
  }

  /** Both services misbehave from now on. */
  void begin() {
    ArrayNode second = Json.array();
    second.add(fault(SECOND, "expire-session", 0.03));
    second.add(fault(SECOND, "drop-response", 0.03));
    second.add(
        fault(SECOND + "timesheet", "late", 0.02)
            .put("minMillis", 100)
            .put("maxMillis", latestMillis));
    second.add(fault(SECOND, "status", 0.02).put("status", 500));
    second.add(fault(SECOND, "status", 0.01).put("status", 429));
    second.add(fault(SECOND, "html", 0.01));
    second.add(fault(SECOND, "reset", 0.02));
    second.add(fault(SECOND, "truncate", 0.02));
    second.add(fault(SECOND, "empty-list", 0.02));
    ArrayNode first = Json.array();
    first.add(fault(FIRST, "drop-response", 0.02));
    first.add(fault(FIRST, "status", 0.02).put("status", 503));
    first.add(fault(FIRST, "reset", 0.02));
    first.add(fault(FIRST, "truncate", 0.02));
    system.simulators().second().faults(Json.text(second));
    system.simulators().first().faults(Json.text(first));
  }

  private ObjectNode fault(String match, String action, double probability) {
    return Json.object()
        .put("match", match)
        .put("action", action)
        .put("probability", probability)
        .put("seed", random.nextInt(1_000_000));
  }

  /** DynamoDB and Kinesis are short of throughput; until {@link #plenty}. */
  void scarce() throws IOException, InterruptedException {
    system.throttleDynamoDb(0.3 + random.nextDouble() * 0.4, random.nextInt());
    system.throttleKinesis(0.3, random.nextInt(1000));
  }

  void plenty() throws IOException, InterruptedException {
    system.throttleDynamoDb(0, 0);
    system.calmKinesis();
  }

  /** SecondService refuses every change of a timesheet, until {@link #unlock}: keys are parked. */
  void lock() {
    system.simulators().second().post("/__sim/locks", "{\"before\":\"2100-01-01\"}");
  }

  void unlock() {
    system.simulators().second().post("/__sim/locks", "{\"before\":\"1970-01-01\"}");
  }

  /** Everything behaves again. */
  void end() throws IOException, InterruptedException {
    SimControl first = system.simulators().first();
    SimControl second = system.simulators().second();
    first.clearFaults();
    second.clearFaults();
    unlock();
    plenty();
  }
}
