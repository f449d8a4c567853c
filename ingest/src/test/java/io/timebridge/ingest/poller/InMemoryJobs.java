package io.timebridge.ingest.poller;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The table of jobs in memory, with trouble on demand. */
final class InMemoryJobs implements JobStore {
  private record Stored(Row row, long epoch) {}

  private static final Stored NONE = new Stored(new Row(Optional.empty(), Optional.empty()), 0);

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Stored> stored = new HashMap<>();

  /** Keys whose saving fails, and whose announcing does. */
  final Set<String> failing = new HashSet<>();

  final Set<String> unannounced = new HashSet<>();
  int loads;
  int writes;
  int announcements;

  @Override
  public List<Row> load() {
    loads++;
    lock.lock();
    try {
      return stored.values().stream().map(Stored::row).toList();
    } finally {
      lock.unlock();
    }
  }

  /** What is stored as published. */
  List<Known> rows() {
    lock.lock();
    try {
      return stored.values().stream().flatMap(s -> s.row().published().stream()).toList();
    } finally {
      lock.unlock();
    }
  }

  /** What is announced and not stored as published. */
  List<Known> announced() {
    lock.lock();
    try {
      return stored.values().stream().flatMap(s -> s.row().announced().stream()).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean announce(Known row, long epoch) {
    lock.lock();
    try {
      Stored there = there(row, epoch, unannounced);
      if (there.epoch() > epoch) {
        return false;
      }
      Row next = new Row(there.row().published(), Optional.of(row));
      stored.put(row.key(), new Stored(next, epoch));
      announcements++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean save(Known row, long epoch) {
    lock.lock();
    try {
      if (there(row, epoch, failing).epoch() > epoch) {
        return false;
      }
      stored.put(row.key(), new Stored(new Row(Optional.of(row), Optional.empty()), epoch));
      writes++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private Stored there(Known row, long epoch, Set<String> broken) {
    if (broken.contains(row.key())) {
      throw new StoreUnavailable("throttled in epoch " + epoch, new IllegalStateException());
    }
    return stored.getOrDefault(row.key(), NONE);
  }
}
