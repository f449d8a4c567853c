package io.timebridge.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.measure.RunResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LanesReportTest {
  private static final LanesOrder ORDER =
      new LanesOrder(
          Duration.ofMillis(100),
          100,
          1000,
          30,
          3,
          2,
          0,
          false,
          List.of(Peer.KCL),
          3,
          Feed.KINESIS);

  private static RunResult result(String system, double rate, long violations) {
    return new RunResult(
        system,
        "kinesis",
        rate,
        rate,
        100.2,
        101.5,
        violations,
        1,
        0,
        20,
        0.5,
        1.5,
        1000,
        10,
        false,
        Map.of("UpdateItem leases", 25L));
  }

  @Test
  void gives_the_medians_of_each_systems_forks_and_each_fork() {
    LanesReport report =
        new LanesReport(
            ORDER,
            List.of(
                result("timebridge", 900, 0),
                result("kcl", 10, 0),
                result("kcl", 10, 0),
                result("timebridge", 990, 0),
                result("timebridge", 980, 0),
                result("kcl", 9, 0)));

    JsonNode runs = JsonMapper.shared().readTree(report.json()).path("runs");

    assertThat(runs.size()).isEqualTo(2);
    JsonNode ours = runs.path(0);
    assertThat(ours.propertyNames())
        .contains(
            "system",
            "latencyMs",
            "concurrency",
            "keys",
            "shards",
            "rate",
            "efficiency",
            "p50Ms",
            "p99Ms",
            "orderViolations",
            "peakHeapMiB",
            "feed",
            "hotKeyPercent",
            "otherKeysRate",
            "foldedRecords");
    assertThat(ours.path("system").stringValue()).isEqualTo("timebridge");
    assertThat(ours.path("rate").doubleValue()).isEqualTo(980);
    assertThat(ours.path("efficiency").doubleValue()).isEqualTo(0.98);
    assertThat(ours.path("forks").intValue()).isEqualTo(3);
    assertThat(ours.path("perFork").size()).isEqualTo(3);
    assertThat(ours.path("duplicates").intValue()).isEqualTo(3);
    assertThat(ours.path("dynamoDbCalls").path("UpdateItem leases").intValue()).isEqualTo(75);
    assertThat(ours.path("dynamoDbCallsPerRecord").doubleValue()).isEqualTo(0.025);
    assertThat(ours.path("dynamoDbCallsPerSecond").doubleValue()).isEqualTo(2.5);
    assertThat(report.json()).doesNotContain("\n");
  }

  @Test
  void is_not_in_order_when_one_fork_is_not() {
    LanesReport report =
        new LanesReport(ORDER, List.of(result("timebridge", 990, 0), result("timebridge", 990, 1)));

    assertThat(report.inOrder()).isFalse();
  }

  @Test
  void writes_null_where_nothing_was_measured() {
    RunResult nothing =
        new RunResult(
            "kcl",
            "kinesis",
            0,
            0,
            Double.NaN,
            Double.NaN,
            0,
            0,
            0,
            20,
            0.5,
            1.5,
            0,
            1,
            false,
            Map.of());

    assertThat(new LanesReport(ORDER, List.of(nothing)).json())
        .contains("\"p50Ms\":null", "\"dynamoDbCallsPerRecord\":null");
  }
}
