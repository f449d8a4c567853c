package io.timebridge.deadletters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ReasonFilterTest {
  @Test
  void takes_a_reason_as_a_person_writes_it() {
    assertThat(ReasonFilter.of("unmapped-label").matches("UNMAPPED_LABEL")).isTrue();
    assertThat(ReasonFilter.of("Unmapped_Label").matches("UNKNOWN_TASK")).isFalse();
    assertThat(ReasonFilter.everything().matches("whatever")).isTrue();
  }

  @Test
  void quarantine_means_every_quarantined_record_and_nothing_else() {
    ReasonFilter filter = ReasonFilter.of("quarantine");
    assertThat(filter.isQuarantine()).isTrue();
    assertThat(filter.matches("quarantine-refused")).isTrue();
    assertThat(filter.matches("REFUSED")).isFalse();
    assertThat(ReasonFilter.of("quarantine-unreadable").matches("quarantine-refused")).isFalse();
    assertThat(ReasonFilter.of("REFUSED").isQuarantine()).isFalse();
  }

  @Test
  void names_the_reasons_there_are_when_it_is_none() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReasonFilter.of("unmaped"))
        .withMessageContaining("no such reason: unmaped")
        .withMessageContaining("UNMAPPED_LABEL")
        .withMessageContaining("quarantine");
  }
}
