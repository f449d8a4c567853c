package io.timebridge.timesheet;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a parked key waits for: one thing that somebody has to put right, and that can be asked for
 * without trying the key.
 */
public sealed interface Cause {
  /** That label is mapped to a task. */
  record LabelMapped(long label) implements Cause {}

  /**
   * The job has the task that the label is mapped to.
   *
   * @param label 0 = the task of entries without a label
   */
  record TaskThere(long job, long label) implements Cause {}

  /**
   * That user of FirstService has an external id.
   *
   * @param refused the one it had, which SecondService did not know; 0 = it had none
   */
  record UserKnown(long user, long refused) implements Cause {}

  /** That project of FirstService and its client have external ids. */
  record ProjectKnown(long project) implements Cause {}

  /** That job of SecondService is open. */
  record JobOpen(long job) implements Cause {}

  /** A key waits for no more of them. */
  int MOST = 10;

  /** As it is written into the row: {@code label:11}, {@code task:41:11}, {@code user:3}. */
  default String text() {
    return switch (this) {
      case LabelMapped(long label) -> "label:" + label;
      case TaskThere(long job, long label) -> "task:" + job + ":" + label;
      case UserKnown(long user, long refused) ->
          "user:" + user + (refused == 0 ? "" : ":" + refused);
      case ProjectKnown(long project) -> "project:" + project;
      case JobOpen(long job) -> "job:" + job;
    };
  }

  /** As {@link #text}, several, with blanks between; empty = none. */
  static String text(Collection<Cause> causes) {
    return causes.stream().map(Cause::text).sorted().collect(Collectors.joining(" "));
  }

  /** Those that this version knows; what else the text may hold is left out. */
  static Set<Cause> read(String text) {
    Set<Cause> causes = new LinkedHashSet<>();
    for (String part : text.split(" ", -1)) {
      one(part).ifPresent(causes::add);
    }
    return causes;
  }

  private static Optional<Cause> one(String text) {
    Matcher parts = Form.PATTERN.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long id = Long.parseLong(parts.group(2));
    long other = parts.group(3) == null ? 0 : Long.parseLong(parts.group(3));
    return switch (parts.group(1)) {
      case "label" -> Optional.of(new LabelMapped(id));
      case "task" -> Optional.of(new TaskThere(id, other));
      case "user" -> Optional.of(new UserKnown(id, other));
      case "project" -> Optional.of(new ProjectKnown(id));
      case "job" -> Optional.of(new JobOpen(id));
      default -> Optional.empty();
    };
  }

  /** How one is written. */
  final class Form {
    private static final Pattern PATTERN =
        Pattern.compile("([a-z]+):([0-9]{1,18})(?::([0-9]{1,18}))?");

    private Form() {}
  }
}
