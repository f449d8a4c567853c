package io.timebridge.ops;

import io.timebridge.failure.StoreTrouble;
import java.time.Instant;
import java.util.List;

/** What people were told. Thread-safe. */
interface Alerted {
  /** Those that are open first, newest first. */
  List<Row> all() throws StoreTrouble, InterruptedException;

  /**
   * A problem that was told at least once.
   *
   * @param title what was told last; empty for one told before titles were kept
   * @param open whether the last message told of the problem, not of its end
   */
  record Row(String problem, String title, boolean open, Instant toldAt) {}
}
