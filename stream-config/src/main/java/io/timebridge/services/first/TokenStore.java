package io.timebridge.services.first;

import java.time.Duration;
import java.util.Optional;

/**
 * Where the processes of a fleet keep FirstService's token pair, and agree on who refreshes it.
 * Implementations are thread-safe and linearizable: what {@link #replace} has stored, every later
 * {@link #load} sees.
 */
public interface TokenStore {
  /**
   * A stored pair.
   *
   * @param generation at least 1, one more with every replacement
   */
  record Stored(long generation, TokenPair pair) {}

  /** The pair; empty when none was ever stored. */
  Optional<Stored> load() throws Unavailable, InterruptedException;

  /**
   * Stores {@code pair} as the next generation and ends any {@link #lease}.
   *
   * @param generationSeen what the caller replaces; 0 = nothing stored
   * @return false, and nothing changed, when that is not what is stored now
   */
  boolean replace(long generationSeen, TokenPair pair) throws Unavailable, InterruptedException;

  /**
   * Takes the right to refresh for {@code duration}, or extends it. At most one holder has it; it
   * ends by {@link #replace}, {@link #release} or by itself. Clocks of processes may differ a
   * little: the lease spares the service a second refresh, {@link #replace} keeps the row right.
   *
   * @return false when another holder has it
   */
  boolean lease(String holder, Duration duration) throws Unavailable, InterruptedException;

  /** Gives the right back; nothing happens when {@code holder} has it no more. */
  void release(String holder) throws Unavailable, InterruptedException;

  /** The store cannot be reached, or its answer is unknown. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
