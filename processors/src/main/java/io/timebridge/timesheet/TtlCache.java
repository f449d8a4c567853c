package io.timebridge.timesheet;

import io.timebridge.services.ServiceTrouble;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Remembers what a service said for a while, bounded: the entry used least recently goes first.
 * Thread-safe; loading one key holds up others only when they load the same key.
 *
 * <p>Implementation note: {@code lock} guards {@code slots}; a slot's own lock guards its value and
 * is never taken while {@code lock} is held.
 */
final class TtlCache<K, V> {
  /** Asks the service. */
  interface Loader<K, V> {
    V load(K key) throws ServiceTrouble, InterruptedException;
  }

  private static final class Slot<V> {
    private final ReentrantLock lock = new ReentrantLock();
    private @org.jspecify.annotations.Nullable V value;
    private long until;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Slot<V>> slots;
  private final Loader<K, V> loader;
  private final Predicate<V> good;
  private final Duration keepGood;
  private final Duration keepBad;
  private final InstantSource clock;

  /**
   * @param good whether an answer is worth keeping for {@code keepGood}; any other (not found) only
   *     for {@code keepBad}
   */
  TtlCache(
      int capacity,
      Loader<K, V> loader,
      Predicate<V> good,
      Duration keepGood,
      Duration keepBad,
      InstantSource clock) {
    this.loader = loader;
    this.good = good;
    this.keepGood = keepGood;
    this.keepBad = keepBad;
    this.clock = clock;
    this.slots =
        new LinkedHashMap<>(64, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Slot<V>> eldest) {
            return size() > capacity;
          }
        };
  }

  V get(K key) throws ServiceTrouble, InterruptedException {
    Slot<V> slot = slot(key);
    slot.lock.lockInterruptibly();
    try {
      V value = slot.value;
      if (value == null || clock.millis() >= slot.until) {
        value = loader.load(key);
        slot.value = value;
        slot.until = clock.millis() + (good.test(value) ? keepGood : keepBad).toMillis();
      }
      return value;
    } finally {
      slot.lock.unlock();
    }
  }

  /** Forgets a key, so that the next look asks the service. */
  void forget(K key) {
    lock.lock();
    try {
      slots.remove(key);
    } finally {
      lock.unlock();
    }
  }

  private Slot<V> slot(K key) {
    lock.lock();
    try {
      return slots.computeIfAbsent(key, k -> new Slot<>());
    } finally {
      lock.unlock();
    }
  }
}
