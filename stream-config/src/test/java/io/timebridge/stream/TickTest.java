package io.timebridge.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TickTest {
  @ParameterizedTest
  @EnumSource
  void is_read_from_the_message_that_it_is_sent_as(Tick tick) {
    assertThat(Tick.of(tick.message())).contains(tick);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "new-jobs", "{}", "{\"tick\":\"other\"}"})
  void is_nothing_else(String message) {
    assertThat(Tick.of(message)).isEmpty();
  }

  @Test
  void asks_for_jobs_clean_up_and_reconciling() {
    assertThat(Tick.values())
        .extracting(Tick::text)
        .containsExactly("new-jobs", "job-updates", "cleanup", "reconcile");
  }
}
