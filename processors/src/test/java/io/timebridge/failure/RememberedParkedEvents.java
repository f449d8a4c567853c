package io.timebridge.failure;

import io.timebridge.stream.StreamRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Parked events in memory; can be made to fail. */
public final class RememberedParkedEvents implements ParkedEvents {
  public record Event(String key, StreamRecord record, String reason, String detail) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Event> events = new ArrayList<>();
  private boolean failing;

  public void fail(boolean on) {
    failing = on;
  }

  public List<Event> events() {
    lock.lock();
    try {
      return List.copyOf(events);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void park(StreamRecord record, String reason, String detail) throws StoreTrouble {
    lock.lock();
    try {
      if (failing) {
        throw new StoreTrouble("Parked_Events is down", null);
      }
      events.removeIf(e -> e.record().equals(record));
      events.add(new Event(ParkedEvents.parkedKey(record), record, reason, detail));
    } finally {
      lock.unlock();
    }
  }
}
