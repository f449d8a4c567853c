package io.timebridge.ops;

import io.timebridge.failure.StoreTrouble;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a costly question, asked again only when the last answer is older than it may be;
 * so many browsers cost no more than one. A failure is an answer too: while a table cannot be
 * reached, those who wait hear so together instead of asking one after the other. Thread-safe.
 *
 * @implNote {@code lock} guards {@code last}, and is held while the question is asked: whoever
 *     comes meanwhile waits for that answer. {@link #forget} never waits.
 */
final class Remembered<T> {
  private final Question<T> question;
  private final Duration goodFor;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong generation = new AtomicLong();
  private @Nullable Answer<T> last;

  /** What is asked. */
  @FunctionalInterface
  interface Question<T> {
    T ask() throws StoreTrouble, InterruptedException;
  }

  /** One of the two is there. */
  private record Answer<T>(
      @Nullable Looked<T> looked, @Nullable StoreTrouble trouble, long atNanos, long generation) {}

  Remembered(Question<T> question, Duration goodFor, InstantSource clock, LongSupplier nanos) {
    this.question = question;
    this.goodFor = goodFor;
    this.clock = clock;
    this.nanos = nanos;
  }

  Looked<T> get() throws StoreTrouble, InterruptedException {
    lock.lockInterruptibly();
    try {
      Answer<T> known = last;
      if (known == null
          || known.generation() != generation.get()
          || nanos.getAsLong() - known.atNanos() >= goodFor.toNanos()) {
        known = ask(generation.get());
        last = known;
      }
      if (known.trouble() != null) {
        throw new StoreTrouble(String.valueOf(known.trouble().getMessage()), known.trouble());
      }
      return Objects.requireNonNull(known.looked(), "an answer without trouble");
    } finally {
      lock.unlock();
    }
  }

  private Answer<T> ask(long now) throws InterruptedException {
    try {
      Looked<T> looked = new Looked<>(question.ask(), clock.instant());
      return new Answer<>(looked, null, nanos.getAsLong(), now);
    } catch (StoreTrouble trouble) {
      return new Answer<>(null, trouble, nanos.getAsLong(), now);
    }
  }

  /** The next question is asked anew. */
  void forget() {
    generation.incrementAndGet();
  }
}
