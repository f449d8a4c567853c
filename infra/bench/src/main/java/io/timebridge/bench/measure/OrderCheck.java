package io.timebridge.bench.measure;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Watches the order per key. A violation is a record that is begun before an earlier one of its
 * key, or while another one of its key is being handled. A record that comes again is a duplicate,
 * not a violation: redelivery is allowed by all systems' promises. Thread-safe.
 *
 * @implNote Each key's {@code lock} guards that key's fields.
 */
public final class OrderCheck {
  private static final class Key {
    final ReentrantLock lock = new ReentrantLock();
    final Set<Integer> passedOver = new HashSet<>();
    int next;
    boolean busy;
  }

  private final Key[] keys;
  private final LongAdder violations = new LongAdder();
  private final LongAdder duplicates = new LongAdder();

  /**
   * @param keys how many; they are numbered from 0
   */
  public OrderCheck(int keys) {
    this.keys = new Key[keys];
    for (int i = 0; i < keys; i++) {
      this.keys[i] = new Key();
    }
  }

  /** The handling of these records of one key begins, in this order. */
  void begin(int keyIndex, List<Payload.Mark> records) {
    Key key = keys[keyIndex];
    key.lock.lock();
    try {
      if (key.busy) {
        violations.increment();
      }
      key.busy = true;
      for (Payload.Mark record : records) {
        see(key, record.number());
      }
    } finally {
      key.lock.unlock();
    }
  }

  private void see(Key key, int number) {
    if (number >= key.next) {
      if (number > key.next) {
        violations.increment();
      }
      for (int missing = key.next; missing < number; missing++) {
        key.passedOver.add(missing);
      }
      key.next = number + 1;
    } else if (!key.passedOver.remove(number)) {
      duplicates.increment();
    }
  }

  /** The handling that was begun last for this key has ended. */
  void end(int keyIndex) {
    Key key = keys[keyIndex];
    key.lock.lock();
    try {
      key.busy = false;
    } finally {
      key.lock.unlock();
    }
  }

  public long violations() {
    return violations.sum();
  }

  public long duplicates() {
    return duplicates.sum();
  }
}
