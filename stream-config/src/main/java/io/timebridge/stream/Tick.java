package io.timebridge.stream;

import java.util.Arrays;
import java.util.Optional;

/** What a deployed schedule asks for by a message in {@link QueueName#TICKS}. */
public enum Tick {
  /** Look for new jobs and clients in SecondService; each minute. */
  NEW_JOBS("new-jobs"),
  /** Look for changes of the known jobs; each minute. */
  JOB_UPDATES("job-updates"),
  /** Strip old entry rows; each 45 days. */
  CLEANUP("cleanup"),
  /**
   * Compare both services, and publish what is to be verified; each night. Nothing waits for it:
   * the workers do so by their own schedule.
   */
  RECONCILE("reconcile");

  private final String text;

  Tick(String text) {
    this.text = text;
  }

  /** Its name in messages and schedules. */
  public String text() {
    return text;
  }

  /** The message's body. */
  public String message() {
    return "{\"tick\":\"" + text + "\"}";
  }

  /** The tick of a message's body; empty for anything else. */
  public static Optional<Tick> of(String message) {
    return Arrays.stream(values()).filter(tick -> tick.message().equals(message)).findFirst();
  }
}
