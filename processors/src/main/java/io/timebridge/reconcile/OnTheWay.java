package io.timebridge.reconcile;

import io.timebridge.stream.StreamName;
import io.timebridge.timesheet.Bookings.Wanted;
import io.timebridge.timesheet.EntryRow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Which changes may still be on their way: a webhook may take so long until it arrives, and what
 * has arrived may not be finished. What was never applied of these is no difference, and is left to
 * its event. Where nobody can say how far the workers are, nothing of what looks never applied is
 * taken for lost. Immutable.
 */
final class OnTheWay {
  /**
   * An event comes later than its change, by this at the least: two minutes. And workers that are
   * so little behind are not waited for by what has no age: both come to the same.
   */
  private static final Duration LITTLE = Duration.ofMinutes(2);

  private static final String STREAM = StreamName.TIMESHEET_EVENTS.streamName();

  /** Everything has had its time. */
  static final OnTheWay NOTHING =
      new OnTheWay(Instant.MAX, Duration.ZERO, new Finished(Optional.of(Instant.MAX), ""));

  private final Instant started;
  private final Finished finished;
  private final Instant young;
  private final Instant unfinished;

  /**
   * @param started when the comparison did
   * @param settleFor what a webhook may take
   */
  OnTheWay(Instant started, Duration settleFor, Finished finished) {
    this.started = started;
    this.finished = finished;
    this.young = started.minus(settleFor);
    Duration more = settleFor.compareTo(LITTLE) < 0 ? LITTLE : settleFor;
    this.unfinished =
        finished
            .upTo()
            .filter(upTo -> upTo.isBefore(started))
            .map(upTo -> upTo.minus(more))
            .orElse(young);
  }

  /** Why an entry is left to its events; empty = it is not. */
  Optional<String> why(Truth truth, EntryRow row) {
    return switch (truth) {
      case Truth.Live(Entry entry, Wanted wanted) ->
          entry.version() > 0 ? changed(entry) : ofNoAge();
      case Truth.Gone gone ->
          row.state() == EntryRow.State.LIVE ? ofNoAge() : Optional.empty(); // else it was applied
    };
  }

  private Optional<String> changed(Entry entry) {
    if (entry.isYoungerThan(young)) {
      return Optional.of("changed a moment ago");
    }
    return entry.isYoungerThan(unfinished)
        ? Optional.of("changed after %s, and %s".formatted(text(unfinished), behind()))
        : Optional.empty();
  }

  private Optional<String> ofNoAge() {
    return finished.upTo().filter(upTo -> upTo.isBefore(started.minus(LITTLE))).isPresent()
        ? Optional.of("changed or deleted nobody knows when, and " + behind())
        : Optional.empty();
  }

  private String behind() {
    return "%s is worked off up to %s"
        .formatted(STREAM, finished.upTo().map(OnTheWay::text).orElse("nobody knows when"));
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Whether a difference may come from what is on its way, for all that could be seen. */
  boolean doubts(Cause cause) {
    return finished.upTo().isEmpty() && cause != Cause.CHANGED;
  }

  /** Why differences are doubted; for people. */
  String doubt(long entries) {
    return "%d entries seem never applied, but may only be on their way: how far %s is worked off cannot be seen (%s)"
        .formatted(entries, STREAM, finished.unseen());
  }
}
