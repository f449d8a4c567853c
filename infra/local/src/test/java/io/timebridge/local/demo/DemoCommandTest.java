package io.timebridge.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.traffic.JobChanges;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoCommandTest {
  private record Ran(int exit, String out, String err) {}

  private static Ran demo(String options) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), ("demo " + options).split(" "));
    return new Ran(exit, out.toString(), err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--entries 0|--entries must be 1 to 100000: 0",
        "--users 0|--users must be 1 to 10000: 0",
        "--rate 0|--rate must be above 0 and at most 100000: 0.0",
        "--within 0|--within must be at least 1: 0",
        "--faults odd|--faults must be none, mild or hostile: odd",
        "--hostile|Unknown option: '--hostile'"
      })
  void ends_with_code_2_and_says_what_is_allowed_when_options_are_unusable(
      String options, String said) {
    Ran ran = demo(options);
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains(said);
  }

  @Test
  void help_tells_of_changing_jobs_and_wrong_listings() {
    Ran help = demo("--help");
    assertThat(help.exit()).isZero();
    assertThat(help.out()).contains("--hostile-poll", "re-code", "archived", "Exit code");
  }

  @Test
  void every_kind_of_change_of_a_job_arrives_beside_time_tracking() throws Exception {
    DemoReport report =
        new Demo(
                new Demo.Order(7, 20, 3, Misbehaviour.NONE, false, 0, 60, Duration.ofMinutes(2)),
                progress -> {})
            .run();

    assertThat(report.changes().examples()).isEmpty();
    assertThat(report.result().examples()).isEmpty();
    assertThat(report.isRight()).isTrue();
    assertThat(report.changes().byKind()).containsOnlyKeys(JobChanges.Kind.values());
    JsonNode json = JsonMapper.builder().build().readTree(report.json());
    assertThat(json.path("archivedWhileOpen").intValue()).isZero();
    for (JobChanges.Kind kind : JobChanges.Kind.values()) {
      JsonNode arrivals = json.path("jobChanges").path(kind.text());
      assertThat(arrivals.path("count").intValue()).as(kind.text()).isPositive();
      assertThat(arrivals.path("arrived")).isEqualTo(arrivals.path("count"));
    }
  }
}
