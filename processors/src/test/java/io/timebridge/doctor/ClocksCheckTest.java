package io.timebridge.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Date of whole seconds, read between two times of ours. */
class ClocksCheckTest {
  private static final Instant NOON = Instant.parse("2026-07-03T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0, 200, 0, 0", // the same second
    "900, 2900, 0, 0", // cut off, and a slow answer
    "900, 2900, 2000, 0", // told at the end of a slow answer
    "0, 100, 7000, 6900", // ahead by at least this
    "5000, 5100, 0, -4000", // behind by at least this
  })
  void counts_only_what_neither_the_fraction_nor_the_way_explains(
      long before, long after, long theirs, long ahead) {
    assertThat(
            ClocksCheck.ahead(
                NOON.plusMillis(before), NOON.plusMillis(theirs), NOON.plusMillis(after)))
        .isEqualTo(Duration.ofMillis(ahead));
  }
}
