package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.cli.Timebridge;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options are looked at before anything is asked. */
class ReconcileOptionsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--from 2026-13-01",
        "--from 2026-07-02 --to 2026-07-01",
        "--repair=some",
        "--wait",
        "--within 0 --repair --wait",
        "--examples -1",
        "--last --repair"
      })
  void those_that_cannot_be_used_end_with_2_and_are_named(String options) {
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("reconcile"));
    all.addAll(List.of(options.split(" ")));
    int exit =
        Timebridge.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            all.toArray(String[]::new));
    assertThat(exit).as(err.toString()).isEqualTo(2);
    assertThat(err.toString()).contains(all.get(1).replaceFirst("=.*", ""));
  }
}
