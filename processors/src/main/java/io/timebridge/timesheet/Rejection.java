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
    /** Its timesheet is gone from SecondService, and the deployment wants to be told. */
    DELETED_BY_HAND,
    /** It failed again and again while others went through. */
    RETRIES_SPENT,
    REFUSED
  }

  public Rejection {
    detail = detail.length() > 300 ? detail.substring(0, 300) : detail;
  }
}
