package io.timebridge.services.fleet;

/** The row of one service. Implementations are thread-safe and linearizable. */
interface SharesStore {
  /** The row as it is; {@link Roster#EMPTY} where there is none. */
  Roster read() throws Unavailable, InterruptedException;

  /**
   * Replaces the row.
   *
   * @return false, and nothing changed, when the row is not at revision {@code next - 1} any more
   * @throws Unavailable when the row may have been replaced or not, or may yet be
   */
  boolean replace(Roster next) throws Unavailable, InterruptedException;

  /** The store cannot be reached, or holds what cannot be read. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
