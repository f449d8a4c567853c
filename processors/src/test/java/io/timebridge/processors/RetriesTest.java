package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.failure.StoreTrouble;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetriesTest {
  @Test
  void whoever_is_hurried_stops_every_part_all_the_same() {
    List<String> stopped = new ArrayList<>();
    Retries.stopEach(
        List.of(
            () -> {
              throw new InterruptedException("hurried");
            },
            () -> stopped.add("looker"),
            () -> {
              throw new StoreTrouble("no turn to give back", null);
            },
            () -> stopped.add("consumer")));
    assertThat(stopped).containsExactly("looker", "consumer");
    assertThat(Thread.interrupted()).isTrue();
  }
}
