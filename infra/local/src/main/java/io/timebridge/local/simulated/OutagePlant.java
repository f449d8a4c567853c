package io.timebridge.local.simulated;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A fault that a simulated outage has to bring to light. */
public enum OutagePlant {
  NONE,
  /** A key is given up after twenty failures, whatever other keys do. */
  SPEND_BUDGET,
  /** The full rate at once when a service is back. */
  NO_RAMP,
  /** All that waits begins at once when a service is tried, whether its call is due or not. */
  HERD;

  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException for an unknown name; the message says what is allowed
   */
  public static OutagePlant of(Optional<String> name) {
    if (name.isEmpty()) {
      return NONE;
    }
    return Arrays.stream(values())
        .filter(plant -> plant != NONE && plant.text().equals(name.get()))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown plant '%s' for an outage; there are %s"
                    .formatted(
                        name.get(),
                        Arrays.stream(values())
                            .filter(plant -> plant != NONE)
                            .map(OutagePlant::text)
                            .collect(Collectors.joining(", ")))));
  }
}
