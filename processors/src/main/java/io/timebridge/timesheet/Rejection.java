package io.timebridge.timesheet;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why an entry cannot be booked as it is; somebody has to put something right first.
 *
 * @param detail for people: names the person, label, job or day; at most 300 characters, never a
 *     note; not for a log, which gets {@link #brief}
 * @param waitsFor any of these put right is reason to try again at once; at most {@value
 *     Cause#MOST}; empty = nothing that can be asked for
 */
public record Rejection(Reason reason, String detail, Set<Cause> waitsFor) {
  /** What has to be put right. */
  public enum Reason {
    UNKNOWN_USER,
    UNMAPPED_LABEL,
    UNKNOWN_TASK,
    UNKNOWN_JOB,
    CLOSED_JOB,
    LOCKED_PERIOD,
    INVALID_DATA,
    /** An add may have been done, and nothing but a person can see whether it was. */
    UNKNOWN_OUTCOME,
    /** Its timesheet is gone from SecondService, and the deployment wants to be told. */
    DELETED_BY_HAND,
    /** It failed again and again while others went through. */
    RETRIES_SPENT,
    REFUSED;

    /**
     * Whether a person has to look before it is tried again: to try would do what is to be decided.
     */
    public boolean isForAPerson() {
      return this == UNKNOWN_OUTCOME || this == DELETED_BY_HAND;
    }
  }

  public Rejection {
    detail = detail.length() > 300 ? detail.substring(0, 300) : detail;
    waitsFor =
        waitsFor.stream().limit(Cause.MOST).collect(Collectors.toCollection(LinkedHashSet::new));
    waitsFor = Set.copyOf(waitsFor);
  }

  /** Waits for nothing that can be asked for. */
  public Rejection(Reason reason, String detail) {
    this(reason, detail, Set.of());
  }

  /** The reason and the ids of what has to be put right, without a name: for logs. */
  public String brief() {
    return (reason + " " + Cause.text(waitsFor)).strip();
  }
}
