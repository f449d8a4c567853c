package io.timebridge.ordering;

import java.util.List;

/**
 * Says which waiting records of a key need no handling of their own, because a later one that waits
 * as well carries all they say. Asked on the thread that is about to handle them, never under the
 * lanes' lock; thread-safe, and without side effects.
 *
 * @param <R> what is handled
 */
@FunctionalInterface
public interface Folding<R> {
  /**
   * How many of the oldest records are handled in one go, carried by the last of them.
   *
   * @param waiting the key's next records, consecutive, oldest first, at least two
   * @return from 1 (nothing is folded) to {@code waiting.size()}
   */
  int leading(List<R> waiting);

  /** Every record is handled by itself. */
  static <R> Folding<R> none() {
    return waiting -> 1;
  }
}
