package io.timebridge.local.kinesis;

import java.util.concurrent.locks.ReentrantLock;

/** Decides whether a shard may take one more write or read now. Thread-safe. */
interface ShardMeter {

  /** Lets everything through. */
  ShardMeter UNLIMITED =
      new ShardMeter() {
        @Override
        public boolean admitsWrite(long nowMillis, long bytes) {
          return true;
        }

        @Override
        public boolean admitsRead(long nowMillis) {
          return true;
        }

        @Override
        public void chargeRead(long nowMillis, long bytes) {}
      };

  /** Whether one record of that size may be written; if so, it is charged. */
  boolean admitsWrite(long nowMillis, long bytes);

  /** Whether one more GetRecords call may be made; if so, the call is charged. */
  boolean admitsRead(long nowMillis);

  /**
   * Charges what a read returned; a large answer delays the following calls, as in the real
   * service.
   */
  void chargeRead(long nowMillis, long bytes);

  /**
   * The published limits of a shard: 1,000 records/s and 1 MiB/s in, 5 GetRecords calls/s and 2
   * MiB/s out.
   */
  static ShardMeter published() {
    return new Published();
  }

  /**
   * @implNote {@code lock} guards all four buckets.
   */
  final class Published implements ShardMeter {

    private final ReentrantLock lock = new ReentrantLock();
    private final Bucket recordsIn = new Bucket(1_000);
    private final Bucket bytesIn = new Bucket(1 << 20);
    private final Bucket callsOut = new Bucket(5);
    private final Bucket bytesOut = new Bucket(2 << 20);

    @Override
    public boolean admitsWrite(long nowMillis, long bytes) {
      lock.lock();
      try {
        boolean admitted = recordsIn.holds(nowMillis, 1) && bytesIn.holds(nowMillis, bytes);
        if (admitted) {
          recordsIn.take(1);
          bytesIn.take(bytes);
        }
        return admitted;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean admitsRead(long nowMillis) {
      lock.lock();
      try {
        boolean admitted = callsOut.holds(nowMillis, 1) && bytesOut.holds(nowMillis, 1);
        if (admitted) {
          callsOut.take(1);
        }
        return admitted;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void chargeRead(long nowMillis, long bytes) {
      lock.lock();
      try {
        bytesOut.take(bytes);
      } finally {
        lock.unlock();
      }
    }
  }

  /** A token bucket that holds one second's worth, and may go into debt by one large item. */
  final class Bucket {

    private final double perSecond;
    private double tokens;
    private long filledAtMillis = Long.MIN_VALUE;

    Bucket(double perSecond) {
      this.perSecond = perSecond;
      this.tokens = perSecond;
    }

    boolean holds(long nowMillis, long wanted) {
      if (filledAtMillis == Long.MIN_VALUE) {
        filledAtMillis = nowMillis;
      }
      if (nowMillis > filledAtMillis) {
        tokens = Math.min(perSecond, tokens + (nowMillis - filledAtMillis) / 1000.0 * perSecond);
        filledAtMillis = nowMillis;
      }
      return tokens >= Math.min((double) wanted, perSecond);
    }

    void take(long amount) {
      tokens -= amount;
    }
  }
}
