package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
  }

  /** The same while it changes. */
  private record Row(Rejection why, ArrayDeque<StreamRecord> records) {
    Row(Rejection why, StreamRecord first) {
      this(why, new ArrayDeque<>(List.of(first)));
    }

    List<StreamRecord> first(int most) {
      return records.stream().limit(most).toList();
    }
  }

  private static final Duration HISTORY_FOR = Duration.ofDays(90);

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<EntryId, EntryRow> rows = new HashMap<>();
  private final Map<EntryId, Row> waiting = new HashMap<>();

  /** When a row was last written. */
  private final Map<EntryId, Instant> touched = new HashMap<>();

  private final InstantSource clock;
  private final Historian historian;
  private int reads;
  private int writes;

  public InMemoryEntryStore() {
    this(InstantSource.system());
  }

  /**
   * @param clock tells when a row was written, for {@link #asleep}
   */
  public InMemoryEntryStore(InstantSource clock) {
    this.clock = clock;
    this.historian = new Historian("", HISTORY_FOR, clock);
  }

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
      return Optional.ofNullable(waiting.get(id))
          .map(row -> new Waiting(row.why(), List.copyOf(row.records())));
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
        row -> announced(row, intent).telling(whole(seen, row, historian.announced(intent))),
        row -> holds(row, intent.token()));
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) {
    String open = seen.intent().orElseThrow().token();
    return write(
        id,
        row -> row.rev() == seen.rev() && holds(row, open),
        row ->
            announced(row, intent)
                .telling(whole(seen, row, historian.takenOver(seen.intent(), intent))),
        row -> holds(row, intent.token()));
  }

  @Override
  public Written result(EntryId id, String token, Result result) {
    return write(
        id,
        row -> holds(row, token),
        row -> plus(row.concluded(result), historian.concluded(token, result)),
        row -> shows(row, result));
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) {
    return write(
        id,
        row -> row.rev() == seen.rev() && row.intent().isEmpty(),
        row -> row.concluded(result).telling(whole(seen, row, historian.noted(result))),
        row -> shows(row, result));
  }

  @Override
  public Written release(EntryId id, String token) {
    return write(
        id,
        row -> holds(row, token),
        row -> plus(withIntent(row, Optional.empty(), row.tried()), historian.givenBack(token)),
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
              row ->
                  told(
                      row.parked(record.sequence(), why),
                      row,
                      seen,
                      token,
                      historian.parked(token, record, why)),
              row -> row.lane() != EntryRow.Lane.STREAM && row.seq().equals(record.sequence()));
      if (written instanceof Written.Done) {
        waiting.putIfAbsent(id, new Row(why.rejection(), record));
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
              row ->
                  row.followed(record.sequence())
                      .telling(row.history().followedBy(historian.followed(record))),
              row -> row.lane() != EntryRow.Lane.STREAM && row.seq().equals(record.sequence()));
      if (written instanceof Written.Done && !kept) {
        Optional.ofNullable(waiting.get(id)).ifPresent(row -> row.records().add(record));
      }
      return written;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Written woken(EntryId id, long episode) {
    return write(
        id,
        row -> row.episode() == episode && row.wake() == EntryRow.Wake.OWED,
        row ->
            row.waiting(row.rev(), row.seq(), row.parked(), row.lane(), episode, EntryRow.Wake.SENT)
                .telling(row.history().wokenBy(historian.woken(episode))),
        row -> row.episode() == episode && row.wake() == EntryRow.Wake.SENT);
  }

  @Override
  public Optional<Rejection.Reason> waitsBecause(EntryId id) {
    return waiting(id).map(w -> w.why().reason());
  }

  @Override
  public List<StreamRecord> waiting(EntryId id, int most) {
    lock.lock();
    try {
      reads++;
      return first(id, most);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Written drained(
      EntryId id,
      EntryRow seen,
      Optional<String> token,
      Optional<Result> result,
      List<BigInteger> sequences) {
    lock.lock();
    try {
      List<BigInteger> first =
          first(id, sequences.size()).stream().map(StreamRecord::sequence).toList();
      int taken = first.equals(sequences) ? sequences.size() : 0;
      Written written =
          write(
              id,
              row ->
                  (result.isPresent() || token.isPresent())
                      ? mayConclude(row, seen, token)
                      : (row.rev() == seen.rev()),
              row -> {
                EntryRow done =
                    told(
                        drained(row, result, taken),
                        row,
                        seen,
                        token,
                        historian.drained(token, result, sequences));
                return done.waits() ? done : done.telling(done.history().atRest());
              },
              row -> result.filter(r -> shows(row, r.at(row.seq()))).isPresent());
      if (written instanceof Written.Done && taken > 0) {
        waiting.computeIfPresent(id, (i, row) -> without(row, taken));
      }
      return written;
    } finally {
      lock.unlock();
    }
  }

  private List<StreamRecord> first(EntryId id, int most) {
    return Optional.ofNullable(waiting.get(id)).map(row -> row.first(most)).orElse(List.of());
  }

  private static @Nullable Row without(Row row, int taken) {
    for (int i = 0; i < taken; i++) {
      row.records().remove();
    }
    return row.records().isEmpty() ? null : row;
  }

  private static boolean mayConclude(EntryRow row, EntryRow seen, Optional<String> token) {
    return token.isPresent()
        ? holds(row, token.get())
        : row.intent().isEmpty() && row.rev() == seen.rev();
  }

  private static EntryRow drained(EntryRow row, Optional<Result> result, int taken) {
    EntryRow done =
        result
            .map(r -> row.concluded(r.at(row.seq())))
            .orElseGet(() -> withIntent(row, row.intent(), row.tried()));
    int left = row.parked() - taken;
    if (taken == 0 || left > 0) {
      return done.waiting(done.rev(), row.seq(), left, row.lane(), row.episode(), row.wake());
    }
    return done.waiting(
        done.rev(), row.seq(), 0, EntryRow.Lane.STREAM, row.episode(), EntryRow.Wake.NONE);
  }

  @Override
  public Written rejectedAgain(EntryId id, EntryRow seen, Optional<String> token, Parking why) {
    lock.lock();
    try {
      Written written =
          write(
              id,
              row -> mayConclude(row, seen, token),
              row ->
                  row.parked(row.seq(), why)
                      .waiting(
                          row.rev() + 1,
                          row.seq(),
                          row.parked(),
                          row.lane(),
                          row.episode(),
                          row.wake())
                      .telling(
                          told(row, row, seen, token, historian.rejectedAgain(token, why))
                              .history()),
              row -> false);
      if (written instanceof Written.Done) {
        waiting.computeIfPresent(id, (i, w) -> new Row(why.rejection(), w.records()));
      }
      return written;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Written bury(EntryId id, EntryRow seen) {
    return write(
        id,
        row ->
            row.rev() == seen.rev()
                && row.parked() == seen.parked()
                && row.lane() == EntryRow.Lane.PARKED,
        row ->
            row.waiting(
                    row.rev() + 1,
                    row.seq(),
                    row.parked(),
                    EntryRow.Lane.DEAD,
                    row.episode(),
                    EntryRow.Wake.DEAD)
                .telling(whole(seen, row, historian.dead())),
        row -> false);
  }

  @Override
  public Written wakeAgain(EntryId id, EntryRow seen) {
    return write(
        id,
        row -> row.waits() && row.episode() == seen.episode(),
        row ->
            row.waiting(
                    row.rev() + 1,
                    row.seq(),
                    row.parked(),
                    EntryRow.Lane.PARKED,
                    row.episode() + 1,
                    EntryRow.Wake.OWED)
                .telling(row.history().owing(historian.owed())),
        row -> false);
  }

  @Override
  public List<EntryId> asleep(Instant owedSince, Instant sentSince, int most) {
    lock.lock();
    try {
      return rows.entrySet().stream()
          .filter(e -> sleeps(e.getValue(), touched(e.getKey()), owedSince, sentSince))
          .map(Map.Entry::getKey)
          .sorted(Comparator.comparing(this::touched).thenComparingLong(EntryId::value))
          .limit(most)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public ParkedKeys parked(Optional<String> after, int most) {
    lock.lock();
    try {
      List<ParkedKey> all =
          rows.entrySet().stream()
              .filter(e -> e.getValue().waits() && e.getValue().wake() != EntryRow.Wake.OWED)
              .map(e -> parkedKey(e.getKey(), e.getValue()))
              .sorted(Comparator.comparing(InMemoryEntryStore::position))
              .filter(key -> after.isEmpty() || position(key).compareTo(after.get()) > 0)
              .toList();
      List<ParkedKey> some = all.subList(0, Math.min(most, all.size()));
      return new ParkedKeys(
          some,
          some.size() < all.size() ? Optional.of(position(some.getLast())) : Optional.empty());
    } finally {
      lock.unlock();
    }
  }

  private ParkedKey parkedKey(EntryId id, EntryRow row) {
    Set<Cause> causes = waiting(id).map(w -> w.why().waitsFor()).orElse(Set.of());
    return new ParkedKey(id, row, causes, touched(id));
  }

  private static String position(ParkedKey key) {
    return "%d %020d %020d"
        .formatted(
            key.row().lane() == EntryRow.Lane.DEAD ? 0 : 1,
            key.touched().equals(Instant.MIN) ? 0 : key.touched().toEpochMilli(),
            key.id().value());
  }

  private Instant touched(EntryId id) {
    return touched.getOrDefault(id, Instant.MIN);
  }

  private static boolean sleeps(EntryRow row, Instant since, Instant owed, Instant sent) {
    return switch (row.wake()) {
      case OWED -> since.isBefore(owed);
      case SENT -> since.isBefore(sent);
      case NONE, DEAD -> false;
    };
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
      touched.put(id, clock.instant());
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
    return withIntent(row, Optional.of(intent.readBack()), Math.max(row.tried(), intent.version()));
  }

  /** Of a write that has read the row; what stands apart may be newer than it has seen. */
  private History whole(EntryRow seen, EntryRow row, HistoryItem item) {
    History is = row.history();
    return new History(historian.whole(seen, item).items(), is.followed(), is.owed(), is.woken());
  }

  /** Of a write that holds the intent. */
  private static EntryRow plus(EntryRow row, HistoryItem item) {
    return row.telling(row.history().plus(item));
  }

  private EntryRow told(
      EntryRow done, EntryRow row, EntryRow seen, Optional<String> token, HistoryItem item) {
    return token.isPresent() ? plus(done, item) : done.telling(whole(seen, row, item));
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
        row.episode(),
        row.wake(),
        row.history());
  }
}
