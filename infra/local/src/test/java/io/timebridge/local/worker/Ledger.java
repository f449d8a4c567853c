package io.timebridge.local.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.stream.StreamRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What workers have handled, per key, in order, and whether two did so at the same time. */
final class Ledger {
  private final Map<String, List<Integer>> handled = new ConcurrentHashMap<>();
  private final Map<String, AtomicBoolean> busy = new ConcurrentHashMap<>();
  private final AtomicInteger total = new AtomicInteger();
  private final AtomicInteger distinct = new AtomicInteger();
  private final List<String> wrong = new CopyOnWriteArrayList<>();

  void begin(StreamRecord record) {
    if (!busy(record).compareAndSet(false, true)) {
      wrong.add("two of key " + record.key() + " at a time: " + WorkerRig.number(record));
    }
  }

  void end(StreamRecord record) {
    busy(record).set(false);
  }

  void done(StreamRecord record) {
    List<Integer> ofKey = handled.computeIfAbsent(record.key(), k -> new CopyOnWriteArrayList<>());
    int number = WorkerRig.number(record);
    if (!ofKey.contains(number)) {
      // Redelivered records may come again; a new one never before all those before it.
      if (number > 0 && !ofKey.contains(number - 1)) {
        wrong.add("key " + record.key() + ": " + number + " too early, after " + ofKey);
      }
      distinct.incrementAndGet();
    }
    ofKey.add(number);
    total.incrementAndGet();
  }

  private AtomicBoolean busy(StreamRecord record) {
    return busy.computeIfAbsent(record.key(), k -> new AtomicBoolean());
  }

  int distinct() {
    return distinct.get();
  }

  int total() {
    return total.get();
  }

  /** {@code key number} of every record handled. */
  Set<String> records() {
    Set<String> records = new HashSet<>();
    handled.forEach((key, numbers) -> numbers.forEach(n -> records.add(key + " " + n)));
    return records;
  }

  void assertInOrder() {
    assertThat(wrong).isEmpty();
  }
}
