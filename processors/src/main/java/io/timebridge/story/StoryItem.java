package io.timebridge.story;

import io.timebridge.timesheet.HistoryItem;
import java.math.BigInteger;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * One point of an entry's time line. Texts called {@code detail}, {@code by} and {@code why} may
 * hold what people have typed: whoever shows them makes them fit for where they are shown. Never
 * holds a payload.
 */
public sealed interface StoryItem {
  /** When; 1970 = not known. */
  Instant at();

  /** A write of the entry's row. */
  record Write(HistoryItem item) implements StoryItem {
    @Override
    public Instant at() {
      return item.at();
    }
  }

  /** An event that waits, since {@code at}. */
  record Waiting(Instant at, Event event, String reason, String detail) implements StoryItem {}

  /** An event that a person has given up. */
  record GivenUp(Instant at, Event event, String by, String why) implements StoryItem {}

  /** A record under the entry's key that was kept out, and is never applied. */
  record Quarantined(Instant at, BigInteger seq, String reason, String detail)
      implements StoryItem {}

  /** The newest version that the backup holds, at the time that FirstService gave it. */
  record BackedUp(Instant at, long version) implements StoryItem {}

  /** The backup was told that the entry is deleted. */
  record Tombstone(Instant at) implements StoryItem {}

  /** An event of the backup stream that could not be kept. */
  record BackupWaiting(Instant at, Event event, String reason, String detail)
      implements StoryItem {}

  /**
   * An event as it arrived.
   *
   * @param route empty where it cannot be read
   * @param received by the gateway; 1970 = not known
   * @param version of the entry; empty = the event does not say
   */
  record Event(BigInteger seq, String route, Instant received, OptionalLong version) {}

  /** What it is, in a word or two: {@code announced}, {@code waits}, {@code given up}. */
  default String word() {
    return Words.word(this);
  }

  /** The same in one line of plain words; see above for what it may hold. */
  default String words() {
    return Words.of(this);
  }
}
