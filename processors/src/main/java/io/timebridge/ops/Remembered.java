package io.timebridge.ops;

import io.timebridge.failure.StoreTrouble;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a costly question, asked again only when the last answer is older than it may be;
 * so many browsers cost no more than one. Thread-safe.
 *
 * @implNote {@code lock} guards the fields, and is held while the question is asked: whoever comes
 *     meanwhile waits for that answer.
 */
final class Remembered<T> {
  private final Question<T> question;
  private final Duration goodFor;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Looked<T> last;
  private long askedAt;

  /** What is asked. */
  @FunctionalInterface
  interface Question<T> {
    T ask() throws StoreTrouble, InterruptedException;
  }

  Remembered(Question<T> question, Duration goodFor, InstantSource clock, LongSupplier nanos) {
    this.question = question;
    this.goodFor = goodFor;
    this.clock = clock;
    this.nanos = nanos;
  }

  Looked<T> get() throws StoreTrouble, InterruptedException {
    lock.lockInterruptibly();
    try {
      Looked<T> known = last;
      if (known == null || nanos.getAsLong() - askedAt >= goodFor.toNanos()) {
        known = new Looked<>(question.ask(), clock.instant());
        last = known;
        askedAt = nanos.getAsLong();
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  /** The next question is asked anew. */
  void forget() {
    lock.lock();
    try {
      last = null;
    } finally {
      lock.unlock();
    }
  }
}
