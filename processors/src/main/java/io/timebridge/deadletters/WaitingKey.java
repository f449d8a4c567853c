package io.timebridge.deadletters;

import java.time.Instant;

/**
 * A key with events that wait. Never holds a payload.
 *
 * @param key of the entry, or of the records in {@code Parked_Events}
 * @param reason why it waits, as it was written: {@code UNMAPPED_LABEL}, {@code malformed}, {@code
 *     quarantine-refused}
 * @param waiting events of the key that wait, at least 1
 * @param since when the first of them was parked
 * @param attempts tries that ended in a rejection since then
 * @param episode number of the parking; 0 where there is no entry row
 * @param waitsFor what has to be put right, as it was written: {@code label:11}; empty where that
 *     is not known; {@code job:41} = that the job is open
 * @param detail what failed, for people; at most {@value #MAX_DETAIL} characters
 */
public record WaitingKey(
    String key,
    Kind kind,
    String reason,
    long waiting,
    Instant since,
    State state,
    long attempts,
    long episode,
    String waitsFor,
    String detail) {
  static final int MAX_DETAIL = 400;

  /** What waits. */
  public enum Kind {
    /** Events of an entry, in order. */
    ENTRY,
    /** Events of a job or a client. */
    JOB,
    /** Events of the backup stream. */
    BACKUP,
    /** Records that must not be applied. */
    QUARANTINE
  }

  /** What happens next by itself. */
  public enum State {
    /** It is tried again. */
    WAITING,
    /** As {@link #WAITING}, once its wake-up is sent, within minutes. */
    OWED,
    /** Nothing: somebody has to do something. */
    DEAD
  }

  public WaitingKey {
    detail = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail;
  }

  /** One more record of the same key, that was parked later. */
  WaitingKey andOneMore() {
    return new WaitingKey(
        key, kind, reason, waiting + 1, since, state, attempts, episode, waitsFor, detail);
  }
}
