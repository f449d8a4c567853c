package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The entry rows in memory, with the same conditions as in DynamoDB: for tests and simulations.
 * Thread-safe.
 *
 * @implNote {@code lock} guards every map and counter.
 */
public final class InMemoryEntryStore implements EntryStore {
  /** What waits of one entry, in stream order, and why. */
  public record Waiting(Rejection why, List<StreamRecord> records) {
    public Waiting {
      records = List.copyOf(records);
    }

    private Waiting with(StreamRecord record) {
      List<StreamRecord> more = new ArrayList<>(records);
      more.add(record);
      return new Waiting(why, more);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<EntryId, EntryRow> rows = new HashMap<>();
  private final Map<EntryId, Waiting> waiting = new HashMap<>();
  private int reads;
  private int writes;

  /** The row as it is, without counting as a read. */
  public EntryRow row(EntryId id) {
    lock.lock();
    try {
      return rows.getOrDefault(id, EntryRow.absent());
    } finally {
      lock.unlock();
    }
  }

  /** Every row. */
  public Map<EntryId, EntryRow> rows() {
    lock.lock();
    try {
      return Map.copyOf(rows);
    } finally {
      lock.unlock();
    }
  }

  /** What is parked of an entry. */
  public Optional<Waiting> waiting(EntryId id) {
    lock.lock();
    try {
      return Optional.ofNullable(waiting.get(id));
    } finally {
      lock.unlock();
    }
  }

  /** Reads so far. */
  public int reads() {
    lock.lock();
    try {
      return reads;
    } finally {
      lock.unlock();
    }
  }

  /** Writes so far whose condition held; a transaction counts once. */
  public int writes() {
    lock.lock();
    try {
      return writes;
    } finally {
      lock.unlock();
    }
  }

  /** Puts a row in place of whatever is there: the state a test begins with. */
  public void put(EntryId id, EntryRow row) {
    lock.lock();
    try {
      rows.put(id, row);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets an entry altogether, with what waits of it. */
  public void forget(EntryId id) {
    lock.lock();
    try {
      rows.remove(id);
      waiting.remove(id);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public EntryRow read(EntryId id) {
    lock.lock();
    try {
      reads++;
      return rows.getOrDefault(id, EntryRow.absent());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Written begin(EntryId id, EntryRow seen, Intent intent) {
    return write(
        id,
        row -> row.rev() == seen.rev() && row.intent().isEmpty(),
        row -> announced(row, intent),
        row -> holds(row, intent.token()));
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) {
    String open = seen.intent().orElseThrow().token();
    return write(
        id,
        row -> row.rev() == seen.rev() && holds(row, open),
        row -> announced(row, intent),
        row -> holds(row, intent.token()));
  }

  @Override
  public Written result(EntryId id, String token, Result result) {
    return write(
        id, row -> holds(row, token), row -> concluded(row, result), row -> shows(row, result));
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) {
    return write(
        id,
        row -> row.rev() == seen.rev() && row.intent().isEmpty(),
        row -> concluded(row, result),
        row -> shows(row, result));
  }

  @Override
  public Written release(EntryId id, String token) {
    return write(
        id,
        row -> holds(row, token),
        row -> withIntent(row, Optional.empty(), row.tried()),
        row -> false);
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why) {
    lock.lock();
    try {
      Written written =
          write(
              id,
              row ->
                  row.lane() == EntryRow.Lane.STREAM
                      && row.seq().compareTo(record.sequence()) < 0
                      && (token.isPresent()
                          ? holds(row, token.get())
                          : row.intent().isEmpty() && row.rev() == seen.rev()),
              row -> parked(row, record, why),
              row -> row.lane() != EntryRow.Lane.STREAM && row.seq().equals(record.sequence()));
      if (written instanceof Written.Done) {
        waiting.putIfAbsent(id, new Waiting(why.rejection(), List.of(record)));
      }
      return written;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) {
    lock.lock();
    try {
      boolean kept = row(id).seq().equals(record.sequence());
      Written written =
          write(
              id,
              row ->
                  row.lane() != EntryRow.Lane.STREAM
                      && row.episode() == seen.episode()
                      && row.seq().compareTo(record.sequence()) < 0,
              row -> followed(row, record),
              row -> row.lane() != EntryRow.Lane.STREAM && row.seq().equals(record.sequence()));
      if (written instanceof Written.Done && !kept) {
        waiting.computeIfPresent(id, (i, before) -> before.with(record));
      }
      return written;
    } finally {
      lock.unlock();
    }
  }

  /**
   * @param mine tells the writer's own write, done before, from somebody else's
   */
  private Written write(
      EntryId id,
      Predicate<EntryRow> condition,
      UnaryOperator<EntryRow> change,
      Predicate<EntryRow> mine) {
    lock.lock();
    try {
      EntryRow row = rows.getOrDefault(id, EntryRow.absent());
      if (!condition.test(row)) {
        return mine.test(row) ? new Written.Done(row) : new Written.Lost();
      }
      writes++;
      EntryRow changed = change.apply(row);
      rows.put(id, changed);
      return new Written.Done(changed);
    } finally {
      lock.unlock();
    }
  }

  private static boolean holds(EntryRow row, String token) {
    return row.intent().filter(i -> i.token().equals(token)).isPresent();
  }

  private static boolean shows(EntryRow row, Result result) {
    return row.intent().isEmpty()
        && row.seq().equals(result.seq())
        && row.version() == result.version()
        && row.hash().equals(result.hash())
        && row.state() == result.state()
        && row.timesheetId() == result.timesheetId();
  }

  private static EntryRow announced(EntryRow row, Intent intent) {
    return withIntent(row, Optional.of(intent), Math.max(row.tried(), intent.version()));
  }

  private static EntryRow withIntent(EntryRow row, Optional<Intent> intent, long tried) {
    return new EntryRow(
        row.rev() + 1,
        row.version(),
        row.hash(),
        tried,
        row.state(),
        row.timesheetId(),
        row.place(),
        row.seq(),
        intent,
        row.lane(),
        row.parked(),
        row.episode());
  }

  private static EntryRow concluded(EntryRow row, Result result) {
    return new EntryRow(
        row.rev() + 1,
        result.version(),
        result.hash(),
        row.tried(),
        result.state(),
        result.timesheetId(),
        result.place(),
        result.seq(),
        Optional.empty(),
        row.lane(),
        row.parked(),
        row.episode());
  }

  private static EntryRow parked(EntryRow row, StreamRecord record, Parking why) {
    boolean gone = why.timesheetId().isPresent() && why.timesheetId().getAsLong() == 0;
    return new EntryRow(
        row.rev() + 1,
        row.version(),
        row.hash(),
        row.tried(),
        why.stateAfter(row.state()),
        why.timesheetId().orElse(row.timesheetId()),
        gone ? Optional.empty() : why.place().or(row::place),
        record.sequence(),
        Optional.empty(),
        EntryRow.Lane.PARKED,
        row.parked() + 1,
        row.episode() + 1);
  }

  private static EntryRow followed(EntryRow row, StreamRecord record) {
    return new EntryRow(
        row.rev(),
        row.version(),
        row.hash(),
        row.tried(),
        row.state(),
        row.timesheetId(),
        row.place(),
        record.sequence(),
        row.intent(),
        EntryRow.Lane.PARKED,
        row.parked() + 1,
        row.lane() == EntryRow.Lane.DEAD ? row.episode() + 1 : row.episode());
  }
}
