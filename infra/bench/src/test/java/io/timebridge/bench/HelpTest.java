package io.timebridge.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "lanes ", "takeover ", "backlog ", "parking "})
  void every_command_tells_its_exit_codes(String command) {
    Typed help = Typed.bench((command + "--help").split(" "));
    assertThat(help.exit()).isZero();
    assertThat(String.join(" ", help.out()).replaceAll("\\s+", " "))
        .containsPattern("Exit codes?: 0 .* 1 .* 2 ");
    assertThat(Typed.bench((command + "--no-such-option").split(" ")).exit()).isEqualTo(2);
  }
}
