package io.timebridge.story;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import java.util.List;

/**
 * What happened to one entry, and how it stands.
 *
 * @param standing in a word
 * @param why it stands so, in sentences; may hold what people have typed (see {@link StoryItem})
 * @param row as the entry's row is now; {@link EntryRow#absent()} = there is none
 * @param items the time line, oldest first
 * @param first what FirstService says now
 * @param second what SecondService shows now
 * @param notes what the time line leaves out
 */
public record Story(
    EntryId id,
    Standing standing,
    List<String> why,
    EntryRow row,
    List<StoryItem> items,
    FirstView first,
    SecondView second,
    List<String> notes) {

  /** How an entry stands, as far as its row says. */
  public enum Standing {
    /** Its newest version is a timesheet. */
    BOOKED,
    /** Its newest version has nothing to book. */
    NOTHING_TO_BOOK,
    /** It waits for something to be put right, and is tried again by itself. */
    WAITS,
    /** It waits, and nothing tries it again by itself. */
    DEAD,
    /** A call is announced whose outcome is not written yet. */
    UNDER_WAY,
    /** It is deleted, and nothing of it is in SecondService. */
    DELETED,
    /** Nothing of it is booked: a person gave up what waited. */
    GIVEN_UP,
    /** There is no row. */
    UNKNOWN
  }

  public Story {
    why = List.copyOf(why);
    items = List.copyOf(items);
    notes = List.copyOf(notes);
  }

  /** Whether anything at all is known of it here. */
  public boolean isKnown() {
    return row.exists() || !items.isEmpty();
  }

  /** Tells the story. Pure: of the same sources always the same. */
  public static Story of(Sources sources) {
    Explanation explanation = new Explanation(sources);
    return new Story(
        sources.id(),
        explanation.standing(),
        explanation.why(),
        sources.row(),
        TimeLine.of(sources),
        sources.first(),
        sources.second(),
        TimeLine.notes(sources));
  }
}
