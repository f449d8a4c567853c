package io.timebridge.ingest.poller;

import java.util.List;
import java.util.Optional;

/**
 * The table {@code Job_Data}: what was last published, and what is being published. Every write
 * fails where a poller of a newer epoch has written. Thread-safe.
 */
public interface JobStore {
  /**
   * A row; one of the two is there, or both, of the same job or client.
   *
   * @param published what was last published, acknowledged and stored
   * @param announced what was then to be published, and may be on the stream; nobody has stored
   *     since that it is
   */
  record Row(Optional<Known> published, Optional<Known> announced) {}

  /**
   * Every row.
   *
   * @throws StoreUnavailable when not all of them can be read
   */
  List<Row> load();

  /**
   * Stores what is going to be published, before it is.
   *
   * @return false when a poller of a newer epoch has written
   * @throws StoreUnavailable when it may not be stored
   */
  boolean announce(Known row, long epoch);

  /**
   * Stores what was published, and that nothing else is announced.
   *
   * @return false when a poller of a newer epoch has written
   * @throws StoreUnavailable when it may not be stored
   */
  boolean save(Known row, long epoch);
}
