package io.timebridge.local.simulated;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Everything that happened, as one number: two runs with the same number did the same. Keeps the
 * last lines in words when asked to.
 */
final class Trace {
  static final int KILLED = 1;
  static final int FROZEN = 2;
  static final int RESUMED = 3;
  static final int STEP = 4;
  static final int EFFECT = 5;
  static final int OUTCOME = 6;
  static final int LEASE = 7;
  static final int CHECKPOINT = 8;
  static final int CALL = 9;
  static final int ARRIVED = 10;

  private static final String[] WORDS = {
    "",
    "killed",
    "frozen",
    "resumed",
    "step",
    "effect",
    "outcome",
    "lease",
    "checkpoint",
    "call",
    "arrived"
  };

  private final int keep;
  private final Deque<String> lines = new ArrayDeque<>();
  private long hash = 0xcbf29ce484222325L;

  /**
   * @param keep lines kept in words; 0 = none
   */
  Trace(int keep) {
    this.keep = keep;
  }

  void note(long nanos, int who, int what, long value) {
    mix(nanos);
    mix(who);
    mix(what);
    mix(value);
    if (keep > 0) {
      say(nanos, who, WORDS[what] + " " + value);
    }
  }

  /** Whether words are kept: where they are not, none need to be put together. */
  boolean wantsWords() {
    return keep > 0;
  }

  /** Says more of what was just noted. */
  void say(long nanos, int who, String words) {
    if (lines.size() == keep) {
      lines.removeFirst();
    }
    lines.addLast(
        String.format(
            Locale.ROOT,
            "%10.3f s  %s  %s",
            nanos / 1e9,
            who < 0 ? "world" : "host-" + who,
            words));
  }

  Deque<String> lines() {
    return lines;
  }

  long hash() {
    return hash;
  }

  private void mix(long value) {
    hash = (hash ^ value) * 0x100000001b3L;
    hash ^= hash >>> 29;
  }
}
