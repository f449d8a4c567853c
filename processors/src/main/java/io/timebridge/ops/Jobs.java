package io.timebridge.ops;

import io.timebridge.failure.StoreTrouble;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the poller published last, and what became of it. Thread-safe. */
interface Jobs {
  /** Jobs and clients as a look of up to a minute ago found them, by code. */
  Looked<List<Row>> list() throws StoreTrouble, InterruptedException;

  /** Who polls, and what its last look saw; empty when no poller ever ran. */
  Optional<Poller> poller() throws StoreTrouble, InterruptedException;

  /**
   * A job or a client.
   *
   * @param client the job's; empty for a client
   * @param open whether it is; a client always is
   * @param firstId its project or client in FirstService; 0 = none of our making yet
   * @param waits whether a call for it is open
   */
  record Row(
      String key,
      String code,
      String name,
      String client,
      boolean isJob,
      boolean open,
      long firstId,
      boolean waits) {}

  /**
   * @param owner the process that polls; empty = none
   * @param until the owner's lease lasts
   * @param lastTick what the last look saw, in one line; empty when it is not known
   */
  record Poller(String owner, long epoch, Instant until, String lastTick, Instant lastTickAt) {}
}
