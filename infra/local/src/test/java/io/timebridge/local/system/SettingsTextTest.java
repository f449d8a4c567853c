package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettingsTextTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "first-service.url", "http://127.0.0.1:8081",
          "first-service.client-secret", "127.0.0.1:8081");

  @Test
  void leads_to_loopback_unless_another_name_is_given() {
    assertThat(SettingsText.seenFrom(SETTINGS, Optional.empty())).isEqualTo(SETTINGS);
  }

  @Test
  void leads_others_to_the_name_they_know_and_changes_nothing_else() {
    assertThat(SettingsText.seenFrom(SETTINGS, Optional.of("services")))
        .isEqualTo(
            Map.of(
                "first-service.url", "http://services:8081",
                "first-service.client-secret", "127.0.0.1:8081"));
  }
}
