package io.timebridge.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How one shard stands.
 *
 * @param why what the state was judged by, a few words
 * @param owner worker that has the lease, dead or alive
 * @param leaseAge since the lease was renewed, or at least
 * @param switches how often the shard changed hands since its last checkpoint
 * @param checkpoint the lease's: a sequence number, {@code TRIM_HORIZON}, {@code LATEST}, {@code
 *     SHARD_END}; empty = no lease
 * @param lastArrival of the newest record; empty when that is not known
 * @param behind against the clock, from the arrival of the first record after the checkpoint; empty
 *     when that could not be seen
 * @param records after the checkpoint; empty when that could not be seen
 * @param in records that arrive, per second
 * @param out records that are finished, per second; empty = nobody says
 * @param work what the worker holds; empty = no worker says
 * @param note what could not be seen, and why; empty = nothing
 */
public record ShardLine(
    String shard,
    State state,
    String why,
    Optional<String> owner,
    Optional<Figure<Duration>> leaseAge,
    long switches,
    Optional<String> checkpoint,
    Optional<Instant> lastArrival,
    Optional<Figure<Duration>> behind,
    Optional<Figure<Long>> records,
    OptionalDouble in,
    OptionalDouble out,
    Drain drain,
    Optional<Work> work,
    String note) {

  /**
   * What a worker holds of a shard.
   *
   * @param oldest empty = nothing is held
   */
  public record Work(int inFlight, int held, Optional<OldestKey> oldest) {}
}
