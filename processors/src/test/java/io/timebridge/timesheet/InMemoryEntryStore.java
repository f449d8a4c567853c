package io.timebridge.timesheet;

import io.timebridge.ordering.StreamRecord;
import io.timebridge.stream.EntryId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** The conditional writes in memory, for tests of the rules; counts reads and writes. */
final class InMemoryEntryStore implements EntryStore {
  final Map<EntryId, EntryRow> rows = new HashMap<>();
  final Map<EntryId, List<StreamRecord>> parked = new HashMap<>();
  final Map<EntryId, Rejection> rejections = new HashMap<>();
  int reads;
  int writes;

  /** Called after each write with its name: a test throws from here to play a crash. */
  Crash crash = step -> {};

  /** Named steps at which a test may crash. */
  interface Crash {
    void after(String step) throws Unavailable;
  }

  private final ReentrantLock lock = new ReentrantLock();

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
  public Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return write(
        "begin",
        id,
        row -> row.rev() == seen.rev() && row.intent().isEmpty(),
        row -> with(row, Optional.of(intent), Math.max(row.tried(), intent.version())));
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    String open = seen.intent().orElseThrow().token();
    return write(
        "take-over",
        id,
        row -> row.rev() == seen.rev() && holds(row, open),
        row -> with(row, Optional.of(intent), Math.max(row.tried(), intent.version())));
  }

  @Override
  public Written result(EntryId id, String token, Result result) throws Unavailable {
    return write("result", id, row -> holds(row, token), row -> with(row, result));
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) throws Unavailable {
    return write(
        "note",
        id,
        row -> row.rev() == seen.rev() && row.intent().isEmpty(),
        row -> with(row, result));
  }

  @Override
  public Written release(EntryId id, String token) throws Unavailable {
    return write(
        "release", id, row -> holds(row, token), row -> with(row, Optional.empty(), row.tried()));
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable {
    Written written =
        write(
            "park",
            id,
            row ->
                row.lane() == EntryRow.Lane.STREAM
                    && row.seq().compareTo(record.sequence()) < 0
                    && (token.isPresent()
                        ? holds(row, token.get())
                        : row.intent().isEmpty() && row.rev() == seen.rev()),
            row ->
                new EntryRow(
                    row.rev() + 1,
                    row.version(),
                    row.hash(),
                    row.tried(),
                    why.timesheetId() > 0 ? EntryRow.State.LIVE : row.state(),
                    why.timesheetId() > 0 ? why.timesheetId() : row.timesheetId(),
                    why.place().or(row::place),
                    record.sequence(),
                    Optional.empty(),
                    EntryRow.Lane.PARKED,
                    row.parked() + 1,
                    row.episode() + 1));
    if (written instanceof Written.Done) {
      parked.computeIfAbsent(id, i -> new ArrayList<>()).add(record);
      rejections.put(id, why.rejection());
    }
    return written;
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable {
    Written written =
        write(
            "follow",
            id,
            row ->
                row.lane() != EntryRow.Lane.STREAM
                    && row.episode() == seen.episode()
                    && row.seq().compareTo(record.sequence()) < 0,
            row ->
                new EntryRow(
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
                    row.episode()));
    if (written instanceof Written.Done) {
      parked.computeIfAbsent(id, i -> new ArrayList<>()).add(record);
    }
    return written;
  }

  private Written write(
      String step,
      EntryId id,
      java.util.function.Predicate<EntryRow> condition,
      UnaryOperator<EntryRow> change)
      throws Unavailable {
    Written written;
    lock.lock();
    try {
      EntryRow row = rows.getOrDefault(id, EntryRow.absent());
      if (!condition.test(row)) {
        return new Written.Lost();
      }
      writes++;
      EntryRow changed = change.apply(row);
      rows.put(id, changed);
      written = new Written.Done(changed);
    } finally {
      lock.unlock();
    }
    crash.after(step);
    return written;
  }

  private static boolean holds(EntryRow row, String token) {
    return row.intent().filter(i -> i.token().equals(token)).isPresent();
  }

  private static EntryRow with(EntryRow row, Optional<Intent> intent, long tried) {
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

  private static EntryRow with(EntryRow row, Result result) {
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
}
