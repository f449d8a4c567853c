package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.alerts.ChatSchema;
import org.junit.jupiter.api.Test;

class CredentialsAlertsTest {
  @Test
  void its_messages_are_ones_that_the_chat_bot_takes() {
    assertThat(ChatSchema.faults(CredentialsWatch.died("invalid_grant: <" + "x".repeat(5_000))))
        .isEmpty();
    assertThat(ChatSchema.faults(CredentialsWatch.alive())).isEmpty();
  }
}
