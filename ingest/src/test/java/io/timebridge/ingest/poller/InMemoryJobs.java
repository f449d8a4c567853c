package io.timebridge.ingest.poller;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The table of jobs in memory, with trouble on demand. */
final class InMemoryJobs implements JobStore {
  private record Stored(Known row, long epoch) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Stored> rows = new HashMap<>();
  final Set<String> failing = new HashSet<>();
  int loads;
  int writes;

  @Override
  public List<Known> load() {
    loads++;
    return rows();
  }

  List<Known> rows() {
    lock.lock();
    try {
      return new ArrayList<>(rows.values().stream().map(Stored::row).toList());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean save(Known row, long epoch) {
    lock.lock();
    try {
      if (failing.contains(row.key())) {
        throw new StoreUnavailable("throttled", new IllegalStateException());
      }
      Stored there = rows.get(row.key());
      if (there != null && there.epoch() > epoch) {
        return false;
      }
      rows.put(row.key(), new Stored(row, epoch));
      writes++;
      return true;
    } finally {
      lock.unlock();
    }
  }
}
