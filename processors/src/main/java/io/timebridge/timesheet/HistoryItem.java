package io.timebridge.timesheet;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * One write of an entry's row, as it is told later. Holds ids, versions and fixed words, never a
 * name, a note or a service's own text: it is bounded, and printable ASCII.
 *
 * @param at when, to the millisecond, by the clock of whoever wrote
 * @param version of the entry; 0 = not said
 * @param seq stream sequence number of the event; 0 = not said
 * @param route where the event came in; empty = not said
 * @param worker the process that wrote; empty = not said
 * @param timesheetId SecondService's id; 0 = none, or not said
 * @param text what was to be done, what came of it, or why not; at most {@value #MAX_TEXT}
 *     characters
 */
public record HistoryItem(
    Instant at,
    Step step,
    long version,
    BigInteger seq,
    String route,
    String worker,
    long timesheetId,
    String text) {
  static final int MAX_TEXT = 96;
  private static final int MAX_ROUTE = 32;
  private static final int MAX_WORKER = 48;

  /** Names of attributes, numbers, and what DynamoDB adds to them. */
  private static final int OVERHEAD = 48;

  /** The write; the steps are those of docs/PROTOCOL.md. */
  public enum Step {
    /** W1: a call is announced. */
    ANNOUNCED,
    /** W1t: another's announcement is taken over, or one's own renewed. */
    TAKEN_OVER,
    /** W2: what came of the call. */
    CONCLUDED,
    /** W3, W3n: nothing was to be done. */
    NOTED,
    /** W4. */
    PARKED,
    /** W5. */
    FOLLOWED,
    /** A wake-up is owed once more. */
    WAKE_OWED,
    /** W6: the wake-up was sent. */
    WOKEN,
    /** W7 of a worker: the call was surely not made. */
    GIVEN_BACK,
    /** W7 of a drain. */
    REJECTED_AGAIN,
    /** W2d: events that waited are done with. */
    DRAINED,
    /** W8: events that waited needed nothing, or were given up. */
    DROPPED,
    /** Nothing tries again by itself. */
    DEAD,
    /** Of a version of Timebridge that knows more steps than this one. */
    OTHER;

    /** As it is written into the row: {@code taken-over}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The step of that word; {@link #OTHER} for one that is not known. */
    public static Step of(String word) {
      for (Step step : values()) {
        if (step.word().equals(word)) {
          return step;
        }
      }
      return OTHER;
    }
  }

  public HistoryItem {
    at = at.truncatedTo(ChronoUnit.MILLIS);
    route = start(printable(route), MAX_ROUTE);
    String whole = printable(worker);
    worker = whole.substring(Math.max(0, whole.length() - MAX_WORKER)); // its end tells it apart
    text = start(printable(text), MAX_TEXT);
  }

  private static String printable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~') ? text : text.replaceAll("[^ -~]", "?");
  }

  private static String start(String text, int most) {
    return text.length() > most ? text.substring(0, most) : text;
  }

  /** About as many bytes as it takes in the row. */
  int bytes() {
    return OVERHEAD
        + seq.bitLength() / 3
        + route.length()
        + worker.length()
        + text.length()
        + step.name().length();
  }
}
