package io.timebridge.ordering;

import java.util.List;

/**
 * Handles the records of one key at a time, many keys at once; called on the lanes' executor and
 * free to block.
 *
 * @param <R> what is handled
 */
@FunctionalInterface
public interface Handler<R> {
  /**
   * Handles records of one key. Called again with the same oldest record after {@link
   * Outcome.Retry}, after an exception (which counts as a retry and is logged as a defect), and
   * after a crash: an implementation recognises what it has already done.
   *
   * @param records never empty, oldest first. One, unless the lanes have a {@link Folding}: then
   *     the last one carries the others, and the outcome is that of all of them
   */
  Outcome handle(String key, List<R> records) throws InterruptedException;
}
