package io.timebridge.bench.backlog;

import io.timebridge.bench.measure.Payload;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sees every record begin and end, each exactly: a bit per record, the next number per key, a bit
 * per key at work. A violation is a record begun before an earlier one of its key was finished. A
 * record that comes again is counted, and is no violation. Thread-safe.
 *
 * @implNote Atomics, since a million records go through here; {@code lock} is for those that wait.
 *     A key's number moves under that key's busy bit.
 */
final class BacklogJudge {
  private final Numbering numbering;
  private final AtomicLongArray done;
  private final AtomicLongArray busy;
  private final AtomicIntegerArray next;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicLong violations = new AtomicLong();
  private final AtomicLong again = new AtomicLong();
  private final AtomicLong strangers = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  BacklogJudge(Numbering numbering) {
    this.numbering = numbering;
    this.done = bits(numbering.records());
    this.busy = bits(numbering.keys());
    this.next = new AtomicIntegerArray(numbering.keys());
  }

  private static AtomicLongArray bits(int count) {
    return new AtomicLongArray((count + Long.SIZE - 1) / Long.SIZE);
  }

  /** The handling of a record begins; {@link #end} follows if it has a place among the records. */
  boolean begin(Payload.Mark mark) {
    int record = numbering.record(mark);
    if (record < 0) {
      strangers.incrementAndGet();
      return false;
    }
    if (!set(busy, mark.key())) {
      violations.incrementAndGet();
    }
    if (mark.number() > next.get(mark.key())) {
      violations.incrementAndGet();
    }
    if (begun.getAndIncrement() == 0) {
      signal();
    }
    return true;
  }

  /** The handling of a record has ended, and it is done. */
  void end(Payload.Mark mark) {
    if (set(done, numbering.record(mark))) {
      next.accumulateAndGet(mark.key(), mark.number() + 1, Math::max);
      if (finished.incrementAndGet() == numbering.records()) {
        signal();
      }
    } else {
      again.incrementAndGet();
    }
    clear(busy, mark.key());
  }

  /** False when it was set already. */
  private static boolean set(AtomicLongArray bits, int index) {
    long bit = 1L << index;
    return (bits.getAndUpdate(index / Long.SIZE, word -> word | bit) & bit) == 0;
  }

  private static void clear(AtomicLongArray bits, int index) {
    long bit = 1L << index;
    bits.getAndUpdate(index / Long.SIZE, word -> word & ~bit);
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the first record; false when none has begun within that time. */
  boolean awaitFirst(long nanos) throws InterruptedException {
    return await(begun, 1, nanos);
  }

  /** Waits for the last record; false when not all are finished within that time. */
  boolean awaitAll(long nanos) throws InterruptedException {
    return await(finished, numbering.records(), nanos);
  }

  private boolean await(AtomicInteger count, int wanted, long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (count.get() < wanted && left > 0) {
        left = changed.awaitNanos(left);
      }
      return count.get() >= wanted;
    } finally {
      lock.unlock();
    }
  }

  /** What has been seen up to now. */
  Seen seen() {
    return new Seen(finished.get(), again.get(), violations.get(), strangers.get());
  }

  /**
   * @param finished records, each counted once
   * @param again records that were finished again
   * @param strangers records that nobody put
   */
  record Seen(int finished, long again, long violations, long strangers) {}
}
