package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Rows in memory, with the conditions of the real store; counts, and can be made to fail. */
final class InMemoryJobStates implements JobStates {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, JobRow> rows = new HashMap<>();
  private final Map<String, String> claims = new HashMap<>();
  private boolean failing;
  private int reads;
  private int writes;
  private Runnable afterBegin = () -> {};

  /** Once, in the caller's thread, when the next intent stands in its row. */
  void afterNextBegin(Runnable work) {
    afterBegin = work;
  }

  void fail(boolean on) {
    failing = on;
  }

  /** Reads and writes since this was asked last: {@code 1+2}. */
  String cost() {
    lock.lock();
    try {
      return reads + "+" + writes;
    } finally {
      reads = 0;
      writes = 0;
      lock.unlock();
    }
  }

  /** Every row as it is. */
  Map<String, JobRow> rows() {
    lock.lock();
    try {
      return Map.copyOf(rows);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public JobRow read(String key) throws StoreTrouble {
    lock.lock();
    try {
      reads++;
      return row(key);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean begin(String key, JobRow seen, JobRow.Intent intent, Position tried)
      throws StoreTrouble {
    boolean done = announce(key, seen, intent, tried);
    Runnable meanwhile = afterBegin;
    afterBegin = () -> {};
    meanwhile.run();
    return done;
  }

  private boolean announce(String key, JobRow seen, JobRow.Intent intent, Position tried)
      throws StoreTrouble {
    lock.lock();
    try {
      writes++;
      JobRow row = row(key);
      return row.rev() == seen.rev()
          && put(
              key,
              new JobRow(
                  row.rev() + 1,
                  row.seen(),
                  row.applied(),
                  seen.remoteId(),
                  row.tried().orLater(tried),
                  Optional.of(intent)));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean finish(String key, String token, Result result) throws StoreTrouble {
    lock.lock();
    try {
      writes++;
      return holds(key, token) && put(key, closed(row(key), result));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean note(String key, JobRow seen, Result result) throws StoreTrouble {
    lock.lock();
    try {
      writes++;
      return row(key).rev() == seen.rev() && put(key, closed(row(key), result));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void release(String key, String token) throws StoreTrouble {
    lock.lock();
    try {
      writes++;
      if (holds(key, token)) {
        JobRow row = row(key);
        put(key, closed(row, new Result(row.seen(), row.applied(), row.remoteId())));
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean claim(String thing, String key) throws StoreTrouble {
    lock.lock();
    try {
      failIfAsked();
      writes++;
      return claims.computeIfAbsent(thing, t -> key).equals(key);
    } finally {
      lock.unlock();
    }
  }

  private static JobRow closed(JobRow row, Result result) {
    return new JobRow(
        row.rev() + 1,
        result.seen(),
        result.applied(),
        result.remoteId(),
        row.tried().orLater(result.seen()),
        Optional.empty());
  }

  private boolean holds(String key, String token) throws StoreTrouble {
    return row(key).intent().filter(intent -> intent.token().equals(token)).isPresent();
  }

  private JobRow row(String key) throws StoreTrouble {
    failIfAsked();
    return rows.getOrDefault(key, JobRow.absent());
  }

  private boolean put(String key, JobRow row) {
    rows.put(key, row);
    return true;
  }

  private void failIfAsked() throws StoreTrouble {
    if (failing) {
      throw new StoreTrouble("Job_Data is down", null);
    }
  }
}
