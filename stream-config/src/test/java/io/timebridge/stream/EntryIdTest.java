package io.timebridge.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryIdTest {
  @ParameterizedTest
  @ValueSource(strings = {"1", "42", "12345", "9223372036854775807"})
  void reads_its_own_decimal_form(String digits) {
    assertThat(EntryId.parse(digits)).map(EntryId::key).contains(digits);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-1",
        "+1",
        "01",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x1",
        "9223372036854775808",
        "99999999999999999999",
        "１２",
        "1\u0000",
        "1\n",
        "NaN",
        "٣"
      })
  void reads_nothing_else(String text) {
    assertThat(EntryId.parse(text)).isEmpty();
  }

  @Test
  void is_at_least_one() {
    assertThatThrownBy(() -> new EntryId(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new EntryId(-7)).hasMessageContaining("-7");
  }

  @Test
  void sorts_by_number() {
    assertThat(new EntryId(9)).isLessThan(new EntryId(10));
  }
}
