package io.timebridge.ingest.poller;

import java.util.List;

/** The table {@code Job_Data}: what was last published. Thread-safe. */
interface JobStore {
  /**
   * Every row.
   *
   * @throws StoreUnavailable when not all of them can be read
   */
  List<Known> load();

  /**
   * Stores a row, unless a poller of a newer epoch has written it.
   *
   * @return false when one has
   * @throws StoreUnavailable when it may not be stored
   */
  boolean save(Known row, long epoch);
}
