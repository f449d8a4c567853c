package io.timebridge.timesheet;

/**
 * Why an entry cannot be booked as it is; somebody has to put something right first.
 *
 * @param detail for people: names the person, label, job or day; at most 300 characters, never a
 *     note
 */
public record Rejection(Reason reason, String detail) {
  /** What has to be put right. */
  public enum Reason {
    UNKNOWN_USER,
    UNMAPPED_LABEL,
    UNKNOWN_TASK,
    UNKNOWN_JOB,
    CLOSED_JOB,
    LOCKED_PERIOD,
    INVALID_DATA,
    UNKNOWN_OUTCOME,
    REFUSED
  }

  public Rejection {
    detail = detail.length() > 300 ? detail.substring(0, 300) : detail;
  }
}
