package io.timebridge.bench.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.Typed;
import io.timebridge.bench.process.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TakeoverCommandTest {
  @Test
  @Timeout(300)
  void a_small_run_loses_doubles_and_reorders_nothing() {
    Typed run =
        Typed.bench(
            "takeover",
            "--records",
            "600",
            "--keys",
            "40",
            "--rate",
            "200",
            "--latency",
            "5ms",
            "--json");
    assertThat(run.out()).as(run.err()).hasSize(1);
    Map<?, ?> json = Json.read(run.out().getFirst(), Map.class);
    assertThat(json.get("lost")).isEqualTo(0);
    assertThat(json.get("orderViolations")).isEqualTo(0);
    assertThat(json.get("doubled")).isEqualTo(0);
    assertThat((int) json.get("mostReadsPerRedelivery")).isLessThanOrEqualTo(1);
    assertThat(run.err()).contains("kill -9", "SplitShard", "MergeShards", "replacement");
  }

  @ParameterizedTest
  @CsvSource({
    "--records, 99, --records must be 100 to 1000000: 99",
    "--keys, 1, --keys must be 2 to 100000: 1",
    "--shards, 1, --shards must be 2 to 32: 1",
    "--runs, 0, --runs must be 1 to 100: 0",
    "--latency, 6s, --latency must be 1ms to 5000ms: 6s",
    "--latency, 20, 'like 20ms or 2s: 20'",
    "--rate, 9000, half of what two workers can carry out",
    "--plant, bug, '--plant must be one of none, checkpoint-early, no-read: bug'",
  })
  void says_what_is_wrong_with_an_option(String option, String value, String told) {
    Typed run = Typed.bench("takeover", option, value);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains(told);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void help_names_the_promises_and_the_exit_codes() {
    Typed run = Typed.bench("takeover", "--help");
    assertThat(run.exit()).isZero();
    assertThat(String.join("\n", run.out()))
        .contains("timebridge bench takeover", "within 10 s", "Exit code", "--plant");
  }
}
