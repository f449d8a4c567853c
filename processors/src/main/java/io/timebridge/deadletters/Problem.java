package io.timebridge.deadletters;

import io.timebridge.timesheet.Rejection.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What people are told of, each by itself. */
sealed interface Problem {
  /** Entries that wait for one reason. */
  record Waits(Reason reason) implements Problem {}

  /** Entries that nothing tries again by itself. */
  record Dead() implements Problem {}

  /** Events of jobs and clients that could not be applied. */
  record Jobs() implements Problem {}

  /** Events of backups that could not be applied. */
  record Backups() implements Problem {}

  /** Records that must not be applied. */
  record Quarantined() implements Problem {}

  /** Every one there is. */
  static List<Problem> all() {
    return Stream.concat(
            Arrays.stream(Reason.values()).<Problem>map(Waits::new),
            Stream.of(new Dead(), new Jobs(), new Backups(), new Quarantined()))
        .toList();
  }

  /** The same whoever finds it. */
  default String id() {
    return "parked-"
        + switch (this) {
          case Waits(Reason reason) -> reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
          case Dead() -> "dead";
          case Jobs() -> "jobs";
          case Backups() -> "backups";
          case Quarantined() -> "quarantine";
        };
  }
}
