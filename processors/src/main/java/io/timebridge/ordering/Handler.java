package io.timebridge.ordering;

/**
 * Handles one record at a time per key, many keys at once; called on virtual threads and free to
 * block.
 *
 * @param <R> what is handled
 */
@FunctionalInterface
public interface Handler<R> {
  /**
   * Handles the record. Called again for the same record after {@link Outcome.Retry}, after an
   * exception (which counts as a retry and is logged as a defect), and after a crash: an
   * implementation recognises what it has already done.
   */
  Outcome handle(R record) throws InterruptedException;
}
