package io.timebridge.bench.backlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.Typed;
import io.timebridge.bench.process.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BacklogCommandTest {
  @Test
  @Timeout(300)
  void a_small_backlog_waits_without_a_checkpoint_and_drains() {
    Typed run =
        Typed.bench(
            "backlog",
            "--records",
            "600",
            "--keys",
            "100",
            "--stall",
            "1s",
            "--heap",
            "128m",
            "--json");
    assertThat(run.out()).as(run.err()).hasSize(1);
    Map<?, ?> json = Json.read(run.out().getFirst(), Map.class);
    assertThat((List<?>) json.get("broken")).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(json.get("finished")).isEqualTo(600);
    assertThat(json.get("finishedWhileStalled")).isEqualTo(0);
    assertThat(json.get("checkpointsWhileStalled")).isEqualTo(0);
  }

  @ParameterizedTest
  @CsvSource({
    "--records, 99, --records must be 100 to 3000000: 99",
    "--keys, 1000001, --keys must be 1 to 1000000: 1000001",
    "--heap, 512, 'like 512m or 2g: 512'",
    "--heap, 32m, --heap must be 64m to 16g: 32m",
    "--stall, 20ms, --stall must be 1000ms to 600000ms: 20ms",
    "--bytes, 7, --bytes must be 8 to 65536: 7",
    "--bytes, 65536, at most 2 GiB",
  })
  void says_what_is_wrong_with_an_option(String option, String value, String told) {
    Typed run = Typed.bench("backlog", option, value);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains(told);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void records_behind_one_key_that_would_not_drain_in_time_are_refused() {
    Typed run = Typed.bench("backlog", "--records", "1000000", "--keys", "1", "--latency", "1s");
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("would not drain within an hour");
  }

  @Test
  void help_names_the_promises_and_the_exit_codes() {
    Typed run = Typed.bench("backlog", "--help");
    assertThat(run.exit()).isZero();
    assertThat(String.join("\n", run.out()))
        .contains("timebridge bench backlog", "hard", "Exit code", "--heap");
  }
}
