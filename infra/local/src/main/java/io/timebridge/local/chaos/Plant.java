package io.timebridge.local.chaos;

import io.timebridge.local.chaos.Strike.Cell;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A fault put around the worker's parts, which a run has to bring to light. */
enum Plant {
  NONE,
  /** Calls are made without being announced. */
  SKIP_INTENT,
  /** Announced calls are taken over at once, and sent however late it is. */
  IGNORE_DEADLINE,
  /** Records count as finished before they are. */
  CHECKPOINT_EARLY,
  /** A changing call of unknown outcome is repeated at once. */
  RETRY_IN_PLACE;

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a strike at that cell can bring it to light; without a plant, every cell counts. */
  boolean shows(Cell cell) {
    if (this == NONE) {
      return true;
    }
    if (cell.service() != Service.SECOND) {
      return false;
    }
    return switch (this) {
      case NONE -> true;
      case SKIP_INTENT ->
          cell.blow() == Blow.KILL
              && (cell.step() == Step.CALL_SENT || cell.step() == Step.ANSWER_RECEIVED);
      case IGNORE_DEADLINE -> cell.blow() == Blow.KILL && cell.step() == Step.CALL_SENT;
      case CHECKPOINT_EARLY ->
          cell.blow() == Blow.KILL
              && (cell.step() == Step.INTENT_WRITTEN || cell.step() == Step.FETCHED);
      case RETRY_IN_PLACE ->
          cell.step() == Step.CALL_SENT
              && (cell.blow() == Blow.DROPPED || cell.blow() == Blow.LATE);
    };
  }

  /**
   * @throws IllegalArgumentException for an unknown name; the message says what is allowed
   */
  static Plant of(Optional<String> name) {
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
