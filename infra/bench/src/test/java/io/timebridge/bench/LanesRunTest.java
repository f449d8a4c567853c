package io.timebridge.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whole runs, as a user starts them; nothing is said about how fast they are. */
class LanesRunTest {
  private static JsonNode runs(String options) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Bench.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            ("bench lanes --json --seconds 1 --warm-up 0 " + options).split(" "));
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString().lines()).hasSize(1);
    return JsonMapper.shared().readTree(out.toString()).path("runs");
  }

  @Test
  void measures_the_lanes_and_plain_kcl_through_the_embedded_kinesis() {
    JsonNode runs = runs("--latency 5ms --concurrency 4 --keys 20 --shards 2 --peers kcl");

    assertThat(runs.size()).isEqualTo(2);
    for (JsonNode run : runs) {
      assertThat(run.path("feed").stringValue()).isEqualTo("kinesis");
      assertThat(run.path("rate").doubleValue()).isPositive();
      assertThat(run.path("orderViolations").intValue()).isZero();
    }
    assertThat(runs.path(0).path("dynamoDbCalls").propertyNames())
        .anyMatch(call -> call.endsWith(" bench-timebridge-1"));
  }

  @Test
  void folds_the_hot_keys_records_when_fed_directly() {
    // More records than the lanes hold, so that not all of the hot key's are folded at the start.
    JsonNode run =
        runs("--latency 1ms --concurrency 20 --keys 20 --peers none --feed direct --hot-key 50")
            .path(0);

    assertThat(run.path("feed").stringValue()).isEqualTo("direct");
    assertThat(run.path("hotKeyPercent").intValue()).isEqualTo(50);
    assertThat(run.path("foldedRecords").intValue()).isPositive();
    assertThat(run.path("orderViolations").intValue()).isZero();
  }
}
