package io.timebridge.ingest.poller;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The lease row in memory, with trouble on demand. */
final class InMemoryLeases implements LeaseStore {
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Row> row = Optional.empty();
  volatile boolean unavailable;

  /** Writes the next row, but loses the answer. */
  volatile boolean loseNextAnswer;

  Optional<Row> row() {
    return row;
  }

  @Override
  public Optional<Row> read() {
    check();
    return row;
  }

  @Override
  public boolean takeOver(Optional<Row> seen, Row next) {
    return write(() -> {
      if (!row.map(InMemoryLeases::identity).equals(seen.map(InMemoryLeases::identity))) {
        return false;
      }
      row = Optional.of(next);
      return true;
    });
  }

  private static String identity(Row row) {
    return row.owner() + "/" + row.epoch() + "/" + row.beat();
  }

  @Override
  public boolean renew(String owner, long epoch, Instant until, LastLook look) {
    return write(() -> replace(owner, epoch, owner, until));
  }

  @Override
  public void release(String owner, long epoch) {
    write(() -> replace(owner, epoch, "", Instant.EPOCH));
  }

  private boolean replace(String owner, long epoch, String newOwner, Instant until) {
    if (row.filter(r -> r.owner().equals(owner) && r.epoch() == epoch).isEmpty()) {
      return false;
    }
    row = row.map(r -> new Row(newOwner, r.epoch(), r.beat() + 1, until));
    return true;
  }

  private boolean write(BooleanSupplier write) {
    check();
    boolean written;
    lock.lock();
    try {
      written = write.getAsBoolean();
    } finally {
      lock.unlock();
    }
    if (loseNextAnswer) {
      loseNextAnswer = false;
      throw new StoreUnavailable("answer lost", new IllegalStateException());
    }
    return written;
  }

  private void check() {
    if (unavailable) {
      throw new StoreUnavailable("table is down", new IllegalStateException());
    }
  }
}
