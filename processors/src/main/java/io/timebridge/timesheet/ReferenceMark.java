package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The short text at the end of a timesheet's description by which it is found again: {@code
 * [TB#12345]}. A note may hold such a text itself; only the one at the very end counts.
 */
public final class ReferenceMark {
  private static final Pattern AT_END = Pattern.compile("\\[TB#([0-9]{1,19})\\]\\s*$");

  private ReferenceMark() {}

  /**
   * The description of an entry's timesheet: its note without control characters (new lines stay),
   * and the mark.
   */
  public static String describe(EntryId id, String note) {
    String clean = note.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "").strip();
    return (clean.isEmpty() ? "" : clean + " ") + "[TB#" + id + "]";
  }

  /** Whose timesheet a description says it is. */
  public static Optional<EntryId> find(String description) {
    Matcher m = AT_END.matcher(description);
    return m.find() ? EntryId.parse(m.group(1)) : Optional.empty();
  }
}
