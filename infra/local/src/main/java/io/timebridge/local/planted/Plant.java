package io.timebridge.local.planted;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A fault put around a worker's or a poller's parts, which a run has to bring to light. */
public enum Plant {
  NONE,
  /** Calls are made without being announced. */
  SKIP_INTENT,
  /** Announced calls are taken over at once, and sent however late it is. */
  IGNORE_DEADLINE,
  /** Records count as finished before they are. */
  CHECKPOINT_EARLY,
  /** A changing call of unknown outcome is repeated at once. */
  RETRY_IN_PLACE,
  /** A drained key goes back to the stream though events have joined those that waited. */
  UNPARK_UNCONDITIONAL,
  /** The poller stores a change as published before it is. */
  REMEMBER_BEFORE_PUBLISH,
  /** The poller publishes without announcing: what is changed back after a crash stays changed. */
  SKIP_ANNOUNCEMENT;

  /** Whether it is put around a poller's parts. */
  public boolean isOfPolling() {
    return this == REMEMBER_BEFORE_PUBLISH || this == SKIP_ANNOUNCEMENT;
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException for an unknown name; the message says what is allowed
   */
  public static Plant of(Optional<String> name) {
    if (name.isEmpty()) {
      return NONE;
    }
    return Arrays.stream(values())
        .filter(plant -> plant != NONE && plant.text().equals(name.get()))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown plant '%s'; there are %s"
                    .formatted(
                        name.get(),
                        Arrays.stream(values())
                            .filter(plant -> plant != NONE)
                            .map(Plant::text)
                            .collect(Collectors.joining(", ")))));
  }
}
