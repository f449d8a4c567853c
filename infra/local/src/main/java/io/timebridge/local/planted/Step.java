package io.timebridge.local.planted;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** A named moment in the handling of a record by a worker, or in a look of a poller. */
public enum Step {
  /** FirstService has answered a read: of an entry, or of what the jobs are compared with. */
  FETCHED,
  /** A call has been announced in our table and not been sent. */
  INTENT_WRITTEN,
  /** A changing call has arrived at the service and has not been answered. */
  CALL_SENT,
  /** Its answer has come, and nothing of it is written down. */
  ANSWER_RECEIVED,
  /** Its result is in our table, and the record is not finished. */
  STATE_WRITTEN,
  /** A position has been written to the shard's lease. */
  CHECKPOINTED,
  /** An event waits, in our tables, and its key's wake-up has not been sent. */
  PARKED,
  /** The wake-up of a parked key has been sent. */
  WAKE_SENT,
  /** A wake-up has been received, and nothing of its key has been looked at. */
  WAKE_RECEIVED,
  /** Events that waited are done with, and others wait behind them. */
  DRAINED,
  /** The last event that waited is done with: the key is back on the stream. */
  UNPARKED,
  /** A poller has the lists of clients and jobs, and has not compared them. */
  POLL_LISTED,
  /** What is going to be published is announced in our table, and not published. */
  POLL_ANNOUNCED,
  /** A change is on the stream, and the table does not say so. */
  POLL_PUBLISHED,
  /** The table says that a change is published; others of the look may not be that far. */
  POLL_REMEMBERED;

  /** Whether it is about events that wait. */
  public boolean isOfParking() {
    return compareTo(PARKED) >= 0 && !isOfPolling();
  }

  /** Whether a poller comes to it, and no worker. */
  public boolean isOfPolling() {
    return compareTo(POLL_LISTED) >= 0;
  }

  /** Those that workers come to. */
  public static Set<Step> ofWorkers() {
    return EnumSet.complementOf(
        EnumSet.of(POLL_LISTED, POLL_ANNOUNCED, POLL_PUBLISHED, POLL_REMEMBERED));
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads names with commas between them; {@code all} is every step.
   *
   * @throws IllegalArgumentException for an unknown name; the message says what is allowed
   */
  public static Set<Step> list(String text) {
    if (text.strip().equals("all")) {
      return EnumSet.allOf(Step.class);
    }
    EnumSet<Step> steps = EnumSet.noneOf(Step.class);
    for (String name : text.split(",", -1)) {
      steps.add(of(name.strip()));
    }
    return steps;
  }

  public static Step of(String name) {
    for (Step step : values()) {
      if (step.text().equals(name)) {
        return step;
      }
    }
    throw new IllegalArgumentException(
        "unknown step '%s'; there are %s, and all"
            .formatted(
                name,
                String.join(", ", EnumSet.allOf(Step.class).stream().map(Step::text).toList())));
  }
}
