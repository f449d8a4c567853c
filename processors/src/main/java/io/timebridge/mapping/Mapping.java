package io.timebridge.mapping;

import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.time.Instant;
import java.util.Optional;

/**
 * One row of {@code Label_Task_Mapping}.
 *
 * @param source who or what made it
 * @param at when; empty where the row does not say
 */
public record Mapping(long labelId, TaskRef task, String source, Optional<Instant> at) {
  /** Longest task name that is mapped. */
  public static final int LONGEST_NAME = 500;

  /** The task as people write it: a quoted name, or {@code #} and its id. */
  public static String text(TaskRef task) {
    return switch (task) {
      case TaskRef.ByName(String name) -> "\"" + name + "\"";
      case TaskRef.ById(long id) -> "#" + id;
    };
  }
}
