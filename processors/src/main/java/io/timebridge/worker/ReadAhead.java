package io.timebridge.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what KCL has read of one shard and not yet handed over. KCL alone would hold 13 answers
 * ahead, of up to 10 MB each: its own bounds leave out the 8 of them that wait inside its
 * subscription.
 *
 * <p>The next read waits until less than the limit is ahead: so at most the limit and one answer
 * are. KCL hands over each answer once, in the order in which they were read; should it ever drop
 * one, the count is started anew once nothing has been handed over for a while.
 *
 * <p>Thread-safe: one thread reads, another hands over. {@link #lock} guards all fields.
 */
final class ReadAhead {
  private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);

  /** KCL hands over within milliseconds what it has read, when nobody holds it up. */
  static final Duration LOST_AFTER = Duration.ofSeconds(5);

  private record Answer(int records, long bytes) {}

  private final String shard;
  private final int maxRecords;
  private final long maxBytes;
  private final Duration lostAfter;
  private final Lock lock;
  private final Condition changed;
  private final ArrayDeque<Answer> answers = new ArrayDeque<>();
  private int records;
  private long bytes;
  private boolean handingOver;

  /** Being handed over, and counted until it is; nothing when it was forgotten meanwhile. */
  private @Nullable Answer inHand;

  private boolean over;

  /**
   * @param maxRecords ahead from which on no more is read, at least 1
   * @param maxBytes the same by size, at least 1
   * @param lostAfter without anything handed over: what is ahead is lost
   */
  ReadAhead(String shard, int maxRecords, long maxBytes, Duration lostAfter) {
    this(shard, maxRecords, maxBytes, lostAfter, new ReentrantLock());
  }

  /**
   * @param lock this object's alone
   */
  ReadAhead(String shard, int maxRecords, long maxBytes, Duration lostAfter, Lock lock) {
    this.shard = shard;
    this.maxRecords = maxRecords;
    this.maxBytes = maxBytes;
    this.lostAfter = lostAfter;
    this.lock = lock;
    this.changed = lock.newCondition();
  }

  /** Waits until more may be read. Returns at once when the shard is {@link #over}. */
  void awaitRoom() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!over && (records >= maxRecords || bytes >= maxBytes)) {
        boolean signalled = changed.await(lostAfter.toNanos(), TimeUnit.NANOSECONDS);
        if (!signalled && !handingOver) {
          LOG.warn("KCL has dropped what it had read: shard={} answers={}", shard, answers.size());
          clear();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** An answer has been read. */
  void read(int itsRecords, long itsBytes) {
    lock.lock();
    try {
      answers.add(new Answer(itsRecords, itsBytes));
      records += itsRecords;
      bytes += itsBytes;
    } finally {
      lock.unlock();
    }
  }

  /** The oldest answer is being handed over; {@link #taken()} follows. */
  void handingOver() {
    lock.lock();
    try {
      handingOver = true;
      inHand = answers.poll();
    } finally {
      lock.unlock();
    }
  }

  /** The oldest answer has been handed over. */
  void taken() {
    lock.lock();
    try {
      handingOver = false;
      if (inHand != null) {
        records -= inHand.records();
        bytes -= inHand.bytes();
        inHand = null;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** KCL forgets what it has read, and reads it anew. */
  void reset() {
    lock.lock();
    try {
      clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing is handed over any more, and nobody is to wait for it. */
  void over() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void clear() {
    answers.clear();
    inHand = null;
    records = 0;
    bytes = 0;
  }
}
