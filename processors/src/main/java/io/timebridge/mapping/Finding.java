package io.timebridge.mapping;

import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.util.Optional;

/**
 * Something about the mappings that a person should look at.
 *
 * @param labelId the label it is about
 * @param label its path; empty for one that FirstService no longer has
 * @param uses entries of the looked-at days on which the label names the task
 * @param task what the label is mapped to
 * @param detail the finding in words
 * @param suggestion what would put it right
 */
public record Finding(
    Kind kind,
    long labelId,
    String label,
    long uses,
    Optional<TaskRef> task,
    String detail,
    Optional<Suggestion> suggestion) {

  /** What is found. */
  public enum Kind {
    /** An active leaf label, or one in use, without a mapping: its entries are parked. */
    UNMAPPED_LABEL,
    /** Two labels of nearly the same name that are not mapped alike. */
    NEAR_DUPLICATE,
    /** A mapping to a task that no open job has. */
    UNKNOWN_TASK,
    /** A mapping of a label that FirstService no longer has. */
    UNKNOWN_LABEL
  }

  /**
   * A mapping that the names suggest.
   *
   * @param sure whether label and task have the same name but for case, blanks, signs and Unicode
   *     forms; otherwise a person has to say
   * @param why for people
   */
  public record Suggestion(long labelId, TaskRef task, boolean sure, String why) {}
}
