package io.timebridge.ingest.poller;

import java.time.Instant;
import java.util.Optional;

/** The row by which pollers agree on who is active. Every write is conditional. Thread-safe. */
interface LeaseStore {
  /**
   * The row.
   *
   * @param owner who holds it; empty once it was given back
   * @param epoch grows by one with every change of owner
   * @param beat grows with every renewal: while it stays the same, the owner is silent
   * @param until when the owner believes its lease ends; for people, nobody decides by it
   */
  record Row(String owner, long epoch, long beat, Instant until) {}

  /**
   * What an owner's last look saw, for people.
   *
   * @param saw in one line; empty = it has not looked yet
   */
  record LastLook(String saw, Instant at) {
    static final LastLook NONE = new LastLook("", Instant.EPOCH);
  }

  /** Reads the newest row. */
  Optional<Row> read();

  /**
   * Writes {@code next}, if the row is still {@code seen} (owner, epoch and beat), or still absent
   * when {@code seen} is empty.
   *
   * @return whether it was written
   */
  boolean takeOver(Optional<Row> seen, Row next);

  /**
   * Counts the beat on, if owner and epoch are still these, and tells of the last look, which so
   * costs no write of its own.
   *
   * @return whether they were
   */
  boolean renew(String owner, long epoch, Instant until, LastLook look);

  /** Gives the row back, if owner and epoch are still these. The epoch stays. */
  void release(String owner, long epoch);
}
