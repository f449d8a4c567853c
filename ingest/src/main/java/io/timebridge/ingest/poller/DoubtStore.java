package io.timebridge.ingest.poller;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** The row by which pollers remember their doubt, and by which a person answers it. Thread-safe. */
interface DoubtStore {
  /**
   * What a person has said.
   *
   * @param jobs that are closed indeed
   */
  record Confirmation(Set<Long> jobs, Instant at, String by) {
    public Confirmation {
      jobs = Set.copyOf(jobs);
    }
  }

  /**
   * The row.
   *
   * @param lastEpisode of the last doubt that there was; 0 = never any
   * @param doubt the one that there is
   */
  record Row(long lastEpisode, Optional<Doubt> doubt, Optional<Confirmation> confirmation) {
    static final Row NONE = new Row(0, Optional.empty(), Optional.empty());
  }

  /**
   * Reads the newest row.
   *
   * @throws StoreUnavailable when it cannot be read
   */
  Row read();

  /**
   * Writes a doubt, and leaves a confirmation as it is.
   *
   * @return false when a poller of a newer epoch has written
   * @throws StoreUnavailable when it may not be written
   */
  boolean save(Doubt doubt, long epoch);

  /**
   * Takes away what a person has said; and the doubt, too, when that is over.
   *
   * @return false when a poller of a newer epoch has written
   * @throws StoreUnavailable when it may not be written
   */
  boolean clear(boolean over, long epoch);

  /**
   * Writes that a person confirms this doubt's jobs, if they are still those that are missing.
   *
   * @return whether they were
   * @throws StoreUnavailable when it may not be written
   */
  boolean confirm(Doubt doubt, Instant at, String by);
}
