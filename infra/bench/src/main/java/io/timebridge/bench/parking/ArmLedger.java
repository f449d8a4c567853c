package io.timebridge.bench.parking;

import io.timebridge.failure.Drains;
import io.timebridge.failure.WakeUp;
import io.timebridge.ordering.Outcome;
import io.timebridge.stream.StreamRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** What became of the events of an arm, and how late they were done. Thread-safe. */
final class ArmLedger {
  private final ArmOrder order;
  private final AtomicLong goodDone = new AtomicLong();
  private final AtomicLong parked = new AtomicLong();
  private final AtomicLong applied = new AtomicLong();
  private final AtomicLong tries = new AtomicLong();
  private final AtomicLong dead = new AtomicLong();

  /** Of good keys' events that are on their way: when they were due. */
  private final ConcurrentMap<Long, Long> due = new ConcurrentHashMap<>();

  private final ConcurrentMap<Long, Long> took = new ConcurrentHashMap<>();

  ArmLedger(ArmOrder order) {
    this.order = order;
  }

  /** An event is about to be offered. */
  void due(long sequence, long id, long nanos) {
    if (!order.isBad(id)) {
      due.put(sequence, nanos);
    }
  }

  /** Takes an outcome down and gives it back. */
  Outcome told(StreamRecord record, Outcome outcome) {
    boolean bad = order.isBad(Long.parseLong(record.key()));
    switch (outcome) {
      case Outcome.Retry retry -> {}
      case Outcome.Applied done -> {
        if (bad) {
          applied.incrementAndGet();
        } else {
          done(record.sequence().longValueExact());
        }
      }
      case Outcome.Parked waits -> {
        if (!bad) {
          throw new IllegalStateException("a good key is parked: " + waits);
        }
        parked.incrementAndGet();
      }
      case Outcome.Skipped skipped ->
          throw new IllegalStateException("every event is a newer one: " + skipped);
    }
    return outcome;
  }

  private void done(long sequence) {
    long now = System.nanoTime();
    Long since = due.remove(sequence);
    if (since != null) {
      goodDone.incrementAndGet();
      took.put(sequence, now - since);
    }
  }

  long goodDone() {
    return goodDone.get();
  }

  /** Those of good keys' events with these numbers, both included, and forgets all. */
  long[] latencies(long first, long last) {
    List<Long> found = new ArrayList<>();
    for (long sequence = first; sequence <= last; sequence++) {
      Long nanos = took.get(sequence);
      if (nanos != null) {
        found.add(nanos);
      }
    }
    took.clear();
    return found.stream().mapToLong(Long::longValue).toArray();
  }

  Drains around(Drains drains) {
    return new Drains() {
      @Override
      public Ended drain(WakeUp wakeUp, boolean lastTry) throws InterruptedException {
        Ended ended = drains.drain(wakeUp, lastTry);
        switch (ended) {
          case Ended.Rejected rejected -> tries.incrementAndGet();
          case Ended.Dead last -> {
            tries.incrementAndGet();
            dead.incrementAndGet();
          }
          case Ended.Done(int events) -> applied.addAndGet(events);
          case Ended.Nothing nothing -> {}
          case Ended.Later later -> {}
          case Ended.Held held -> tries.incrementAndGet();
        }
        return ended;
      }

      @Override
      public boolean mayBegin() {
        return drains.mayBegin();
      }
    };
  }

  ArmResult result(
      double rate, double calmRate, double p50Ms, double p99Ms, double cores, double load) {
    return new ArmResult(
        order.badKeys() > 0,
        rate,
        calmRate,
        p50Ms,
        p99Ms,
        parked.get(),
        tries.get(),
        dead.get(),
        applied.get(),
        cores,
        load);
  }
}
