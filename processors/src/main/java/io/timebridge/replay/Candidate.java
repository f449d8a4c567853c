package io.timebridge.replay;

import io.timebridge.stream.Envelope;

/** Something that was read and may go on the stream once more. */
sealed interface Candidate {
  /**
   * A place in the order in which a replay reads: where it stands after a candidate.
   *
   * @param part a shard, or {@link EntryKeys#PART} or {@link EntryKeys#AGAIN}
   * @param at within the part: a {@link ShardPosition}, an entry id, or {@link #END}
   */
  record Place(String part, String at) {
    /** All of a part is done. */
    static final String END = "end";

    static Place end(String part) {
      return new Place(part, END);
    }
  }

  /**
   * An event to be judged, and published.
   *
   * @param envelope with its mark
   */
  record Event(Place place, Envelope envelope) implements Candidate {}

  /** What is not published, whatever the tables say. */
  record Skip(Place place, Verdict verdict) implements Candidate {}

  /** Nothing by itself: the part ends, or what lies before was of other keys. */
  record Nothing(Place place) implements Candidate {}

  /** Nothing yet: it is still being read. */
  record Reading() implements Candidate {}

  /**
   * What came to a shard then may be gone: the stream had let go of it before it was read.
   *
   * @param stretch of arrival times
   */
  record Lost(String shard, Window stretch) implements Candidate {}

  /** What follows waits until the workers have handled all that was published before. */
  record Settled() implements Candidate {}
}
