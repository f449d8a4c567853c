package io.timebridge.bench.takeover;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A bug put into the workers' handler, which the ledger has to bring to light. */
enum Plant {
  NONE,
  /** Answers "applied" at once and carries the record out half a second later. */
  CHECKPOINT_EARLY,
  /** Carries every record out without looking what is there, and on no condition. */
  NO_READ;

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException when there is no such plant
   */
  static Plant of(String text) {
    return Arrays.stream(values())
        .filter(plant -> plant.text().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "--plant must be one of %s: %s"
                    .formatted(
                        Arrays.stream(values()).map(Plant::text).collect(Collectors.joining(", ")),
                        text)));
  }
}
