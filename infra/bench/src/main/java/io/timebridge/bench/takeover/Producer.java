package io.timebridge.bench.takeover;

import io.timebridge.bench.measure.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * Puts records of random keys, numbered from 1 within their key, at an even rate. No batch has two
 * of a key, and what Kinesis did not take is put again before anything else: so the stream has each
 * key's in order. {@link #run} is called once; the rest is thread-safe.
 *
 * @implNote {@code lock} guards {@code put}, {@code failure} and {@code numbers}.
 */
final class Producer implements Runnable {
  private static final int MOST_PER_CALL = 500;
  private static final int CALLS_PER_SECOND = 50;

  private final KinesisClient kinesis;
  private final String stream;
  private final TakeoverOrder order;
  private final Random random;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final int[] numbers;
  private int put;
  private @Nullable RuntimeException failure;

  Producer(KinesisClient kinesis, String stream, TakeoverOrder order, long seed) {
    this.kinesis = kinesis;
    this.stream = stream;
    this.order = order;
    this.random = new Random(seed);
    this.numbers = new int[order.keys()];
  }

  @Override
  public void run() {
    try {
      long began = System.nanoTime();
      for (int sent = 0; sent < order.records(); ) {
        long due = began + TimeUnit.SECONDS.toNanos(1) * sent / order.rate();
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        sent += putSome(order.records() - sent);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException failed) { // the edge of the thread: whoever waits is told
      lock.lock();
      try {
        failure = failed;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private int putSome(int left) {
    int most = Math.min(Math.max(1, order.rate() / CALLS_PER_SECOND), MOST_PER_CALL);
    Set<Integer> keys = new HashSet<>();
    List<PutRecordsRequestEntry> entries = new ArrayList<>();
    int key = random.nextInt(order.keys());
    while (entries.size() < Math.min(most, left) && keys.add(key)) {
      entries.add(entry(key));
      key = random.nextInt(order.keys());
    }
    int count = entries.size();
    while (!entries.isEmpty()) {
      entries = notTaken(entries);
    }
    lock.lock();
    try {
      put += count;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return count;
  }

  private PutRecordsRequestEntry entry(int key) {
    lock.lock();
    try {
      return PutRecordsRequestEntry.builder()
          .partitionKey(Payload.partitionKey(key))
          .data(SdkBytes.fromByteArrayUnsafe(Payload.encode(new Payload.Mark(key, ++numbers[key]))))
          .build();
    } finally {
      lock.unlock();
    }
  }

  private List<PutRecordsRequestEntry> notTaken(List<PutRecordsRequestEntry> entries) {
    PutRecordsResponse response = kinesis.putRecords(r -> r.streamName(stream).records(entries));
    List<PutRecordsRequestEntry> left = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      if (response.records().get(i).errorCode() != null) {
        left.add(entries.get(i));
      }
    }
    return left;
  }

  /**
   * Waits until that many records are put.
   *
   * @throws IllegalStateException when putting failed, or takes longer than {@code within}
   */
  void awaitPut(int count, Duration within) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = within.toNanos();
      while (put < count && failure == null && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (put < count) {
        throw new IllegalStateException(
            "%d of %d records were put within %d s".formatted(put, count, within.toSeconds()),
            failure);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Per key the number of its last record. */
  int[] numbers() {
    lock.lock();
    try {
      return numbers.clone();
    } finally {
      lock.unlock();
    }
  }
}
