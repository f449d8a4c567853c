package io.timebridge.reconcile;

import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.services.second.SecondService.Timesheet;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Bookings.Wanted;
import io.timebridge.timesheet.EntryContent;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Intent;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.ReferenceMark;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Both services and the rows in memory, with differences planted by chance, and lists that lie if
 * they are told to. What was planted is known by the way it was planted, not by comparing.
 */
public final class World implements Sides {
  static final LocalDate BEGIN = LocalDate.of(2026, 6, 1);
  static final int DAYS = 24;
  static final Days ALL = new Days(BEGIN, BEGIN.plusDays(DAYS - 1));
  static final Instant LIMIT = Instant.parse("2026-06-30T00:00:00Z");
  private static final long OLD = LIMIT.getEpochSecond() - 100_000;

  /** When entries were changed for the last time that are not young. */
  static final Instant CHANGED = Instant.ofEpochSecond(OLD + 7);

  final Random random;
  final Map<EntryId, Entry> entries = new TreeMap<>();
  final Map<EntryId, Wanted> wanted = new HashMap<>();
  final Map<Long, ReportedTimesheet> sheets = new TreeMap<>();
  final Map<EntryId, EntryRow> rows = new HashMap<>();
  public final Map<EntryId, Set<Place>> verified = new TreeMap<>();
  final Map<EntryId, Set<Kind>> planted = new TreeMap<>();
  final Map<EntryId, Cause> causes = new TreeMap<>();
  final Set<EntryId> waiting = new TreeSet<>();
  final Set<EntryId> notCompared = new TreeSet<>();
  private final int people;
  private final Random lies;
  double lying;
  boolean reportsEmpty;
  boolean listEmpty;
  boolean goneToAll;
  Set<LocalDate> unreadable = Set.of();
  int pauses;

  /** What happens while a comparison pauses. */
  Runnable meanwhile = () -> {};

  /** Rows that cannot be read. */
  final Map<EntryId, String> broken = new TreeMap<>();

  /** Entries that FirstService cannot be asked for. */
  final Set<EntryId> unanswered = new HashSet<>();

  Finished finished = new Finished(Optional.of(Instant.MAX), "");
  int looksAtTheStream;

  /** Whether comparing meets a defect. */
  public boolean defective;

  public int comparisons;
  int twins;
  private int callsOfStep;
  int mostCallsOfStep;
  private long lastEntry;
  private long lastSheet = 5000;

  public World(long seed, int people) {
    this.random = new Random(seed);
    this.lies = new Random(seed + 1);
    this.people = people;
  }

  /** What a person may have done, or a network lost. */
  public enum Fate {
    IN_STEP,
    CREATE_LOST,
    BOOKED_BY_HAND,
    UPDATE_LOST,
    TOUCHED_AND_EDITED_BY_HAND,
    DELETE_LOST,
    DELETED_BY_HAND,
    EDITED_BY_HAND,
    MARK_LOST,
    COPIED_BY_HAND,
    ROW_WRONG,
    ROW_GONE,
    PARKED,
    UNDER_WAY,
    YOUNG,
    NOT_TO_BE_BOOKED,
    NOT_TO_BE_BOOKED_ANY_MORE,
    UNCLEAR,
    UNCLEAR_SINCE,
    DELETED_ON_BOTH
  }

  void populate(int count, double drifting) {
    Fate[] fates = Fate.values();
    for (int i = 0; i < count; i++) {
      entry(random.nextDouble() < drifting ? fates[random.nextInt(fates.length)] : Fate.IN_STEP);
    }
    for (int i = 0; i < count / 10; i++) {
      sheet(timesheet(new EntryId(1), "somebody's own words"));
    }
  }

  public EntryId entry(Fate fate) {
    EntryId id = new EntryId(lastEntry += 1 + random.nextInt(5));
    Timesheet is = timesheet(id, "note " + id);
    Entry entry = live(id, OLD, is, "note " + id);
    entries.put(id, entry);
    wanted.put(id, new Wanted.Booking(is));
    long tid = sheet(is);
    row(id, entry, tid, is);
    switch (fate) {
      case IN_STEP -> {}
      case CREATE_LOST -> {
        sheets.remove(tid);
        rows.remove(id);
        plant(id, Cause.LOST, Kind.MISSING);
      }
      case BOOKED_BY_HAND -> {
        rows.remove(id);
        put(tid, is, "typed before Timebridge was there");
        twins++;
        plant(id, Cause.BY_HAND, Kind.UNMARKED_TWIN);
      }
      case TOUCHED_AND_EDITED_BY_HAND -> {
        Set<Kind> kinds = new TreeSet<>();
        entries.put(id, live(id, OLD + 7, is, "note " + id));
        Timesheet by = changed(is, kinds);
        put(tid, by, ReferenceMark.describe(id, noteOf(kinds, id)));
        plant(id, Cause.CHANGED, kinds.toArray(Kind[]::new));
      }
      case UPDATE_LOST -> {
        Set<Kind> kinds = new TreeSet<>();
        Timesheet now = changed(is, kinds);
        entries.put(id, live(id, OLD + 7, now, noteOf(kinds, id)));
        wanted.put(id, new Wanted.Booking(now));
        plant(id, Cause.LOST, kinds.toArray(Kind[]::new));
      }
      case DELETE_LOST -> {
        entries.remove(id);
        plant(id, Cause.LOST, Kind.DELETED_IN_FIRST);
      }
      case DELETED_BY_HAND -> {
        sheets.remove(tid);
        plant(id, Cause.CHANGED, Kind.DELETED_IN_SECOND);
      }
      case EDITED_BY_HAND -> {
        Set<Kind> kinds = new TreeSet<>();
        Timesheet by = changed(is, kinds);
        put(tid, by, ReferenceMark.describe(id, noteOf(kinds, id)));
        plant(id, Cause.CHANGED, kinds.toArray(Kind[]::new));
      }
      case MARK_LOST -> {
        put(tid, is, "without a mark");
        plant(id, Cause.CHANGED, Kind.NOTE);
      }
      case COPIED_BY_HAND -> {
        Timesheet copy = at(is, person(), day());
        sheet(copy);
        plant(id, Cause.CHANGED, Kind.DOUBLE);
      }
      case ROW_WRONG -> {
        row(id, entry, tid + 1_000_000, is);
        plant(id, Cause.CHANGED, Kind.ROW);
      }
      case ROW_GONE -> {
        rows.remove(id);
        plant(id, Cause.LOST, Kind.ROW);
      }
      case PARKED -> {
        sheets.remove(tid);
        rows.put(id, with(rows.get(id), EntryRow.Lane.PARKED, Optional.empty()));
        waiting.add(id);
      }
      case UNDER_WAY -> {
        sheets.remove(tid);
        Intent open = new Intent("t", Intent.Op.UPDATE, OLD, Set.of(), Duration.ofSeconds(1));
        rows.put(id, with(rows.get(id), EntryRow.Lane.STREAM, Optional.of(open)));
        waiting.add(id);
      }
      case YOUNG -> {
        Timesheet now = changed(is, new TreeSet<>());
        entries.put(id, live(id, LIMIT.getEpochSecond() + 5, now, "young"));
        wanted.put(id, new Wanted.Booking(now));
        waiting.add(id);
      }
      case NOT_TO_BE_BOOKED -> {
        sheets.remove(tid);
        rows.remove(id);
        wanted.put(id, new Wanted.Nothing("no-label"));
      }
      case NOT_TO_BE_BOOKED_ANY_MORE -> wanted.put(id, new Wanted.Nothing("no-label"));
      case UNCLEAR -> {
        sheets.remove(tid);
        rows.remove(id);
        wanted.put(id, new Wanted.Unclear("UNMAPPED_LABEL", "no task"));
        plant(id, Cause.LOST, Kind.NOT_BOOKABLE);
      }
      case UNCLEAR_SINCE -> {
        wanted.put(id, new Wanted.Unclear("UNMAPPED_LABEL", "no task"));
        notCompared.add(id);
      }
      case DELETED_ON_BOTH -> {
        entries.remove(id);
        sheets.remove(tid);
      }
    }
    return id;
  }

  private void plant(EntryId id, Cause cause, Kind... kinds) {
    planted.put(id, Set.of(kinds));
    causes.put(id, cause);
  }

  private static String noteOf(Set<Kind> kinds, EntryId id) {
    return kinds.contains(Kind.NOTE) ? "another note " + id : "note " + id;
  }

  /** At least one thing differs. */
  private Timesheet changed(Timesheet is, Set<Kind> kinds) {
    Timesheet now = is;
    while (kinds.isEmpty()) {
      if (random.nextBoolean()) {
        kinds.add(Kind.HOURS);
        now = hours(now, now.hours().add(BigDecimal.ONE));
      }
      if (random.nextInt(3) == 0) {
        kinds.add(Kind.DAY);
        now = at(now, now.personId(), now.day().equals(BEGIN) ? BEGIN.plusDays(9) : BEGIN);
      }
      if (random.nextInt(4) == 0) {
        kinds.add(Kind.PERSON);
        now = at(now, now.personId() % people + 1, now.day());
      }
      if (random.nextInt(4) == 0) {
        kinds.add(Kind.JOB);
        now = on(now, now.jobId() + 1, now.taskId());
      }
      if (random.nextInt(4) == 0) {
        kinds.add(Kind.TASK);
        now = on(now, now.jobId(), now.taskId() + 1);
      }
      if (random.nextInt(4) == 0) {
        kinds.add(Kind.NOTE);
      }
    }
    return now;
  }

  private long person() {
    return 1L + random.nextInt(people);
  }

  private LocalDate day() {
    return BEGIN.plusDays(random.nextInt(DAYS));
  }

  private Timesheet timesheet(EntryId id, String note) {
    boolean own = note.startsWith("somebody");
    return new Timesheet(
        7,
        40 + random.nextInt(5),
        60 + random.nextInt(5),
        person(),
        BigDecimal.valueOf(1 + random.nextInt(8000), 3),
        day(),
        own ? note : ReferenceMark.describe(id, note));
  }

  private static Timesheet at(Timesheet t, long person, LocalDate day) {
    return new Timesheet(
        t.clientId(), t.jobId(), t.taskId(), person, t.hours(), day, t.description());
  }

  private static Timesheet on(Timesheet t, long job, long task) {
    return new Timesheet(
        t.clientId(), job, task, t.personId(), t.hours(), t.day(), t.description());
  }

  private static Timesheet hours(Timesheet t, BigDecimal hours) {
    return new Timesheet(
        t.clientId(), t.jobId(), t.taskId(), t.personId(), hours, t.day(), t.description());
  }

  private static Entry live(EntryId id, long version, Timesheet t, String note) {
    return Entry.of(
        version,
        new EntryContent(
            id,
            t.personId(),
            1,
            Long.toString(t.jobId()),
            "7",
            t.hours().multiply(BigDecimal.valueOf(3600)).longValue(),
            t.day(),
            note,
            List.of(t.taskId()),
            Optional.empty()));
  }

  private long sheet(Timesheet t) {
    put(++lastSheet, t, t.description());
    return lastSheet;
  }

  /** What somebody does meanwhile, and the workers after it. */
  void deleteOnBoth(EntryId id) {
    entries.remove(id);
    sheets.remove(rows.getOrDefault(id, EntryRow.absent()).timesheetId());
  }

  /** What a worker does with an entry as it is. */
  void apply(EntryId id, String note) {
    if (wanted.get(id) instanceof Wanted.Booking(Timesheet now)) {
      put(
          rows.getOrDefault(id, EntryRow.absent()).timesheetId(),
          now,
          ReferenceMark.describe(id, note));
    }
  }

  /** Where an entry's timesheet is to be. */
  Place place(EntryId id) {
    return rows.getOrDefault(id, EntryRow.absent()).place().orElseThrow();
  }

  private void put(long id, Timesheet t, String description) {
    sheets.put(
        id,
        new ReportedTimesheet(
            id, t.personId(), t.jobId(), t.taskId(), t.day(), t.hours(), description));
  }

  private void row(EntryId id, Entry entry, long tid, Timesheet t) {
    rows.put(
        id,
        new EntryRow(
            3,
            entry.version(),
            entry.hash(),
            entry.version(),
            EntryRow.State.LIVE,
            tid,
            Optional.of(new Place(t.personId(), t.day())),
            BigInteger.ONE,
            Optional.empty(),
            EntryRow.Lane.STREAM,
            0,
            0,
            EntryRow.Wake.NONE));
  }

  private static EntryRow with(EntryRow r, EntryRow.Lane lane, Optional<Intent> intent) {
    return new EntryRow(
        r.rev(),
        r.version(),
        r.hash(),
        r.tried(),
        r.state(),
        r.timesheetId(),
        r.place(),
        r.seq(),
        intent,
        lane,
        lane == EntryRow.Lane.STREAM ? 0 : 1,
        1,
        EntryRow.Wake.NONE);
  }

  private void called() {
    mostCallsOfStep = Math.max(mostCallsOfStep, ++callsOfStep);
  }

  void stepped() {
    callsOfStep = 0;
  }

  private boolean lie() {
    return lies.nextDouble() < lying;
  }

  private <T> List<T> list(List<T> all) {
    if (!lie()) {
      return all;
    }
    return switch (lies.nextInt(3)) {
      case 0 -> List.of();
      case 1 -> all.subList(0, all.size() / 2);
      default -> {
        List<T> twice = new ArrayList<>(all);
        twice.addAll(all);
        yield twice;
      }
    };
  }

  @Override
  public void entries(Days days, Runnable anew, Consumer<Entry> each) throws CannotCompare {
    if (unreadable.stream().anyMatch(days::holds)) {
      throw new CannotCompare("FirstService events: HTTP 500", false, null);
    }
    anew.run();
    List<Entry> all =
        entries.values().stream().filter(e -> days.holds(e.day().orElseThrow())).toList();
    (listEmpty ? List.<Entry>of() : list(all)).forEach(each);
  }

  @Override
  public Optional<Entry> entry(EntryId id) throws CannotCompare {
    called();
    if (unanswered.contains(id)) {
      throw new CannotCompare("FirstService event: HTTP 500", false, null);
    }
    return goneToAll ? Optional.empty() : Optional.ofNullable(entries.get(id));
  }

  @Override
  public Wanted wanted(Entry entry) {
    called();
    return wanted.get(entry.id());
  }

  @Override
  public Set<Long> people() {
    Set<Long> all = new HashSet<>();
    for (long person = 1; person <= people; person++) {
      all.add(person);
    }
    return all;
  }

  @Override
  public List<Sheet> sheets(long person, Days days) {
    called();
    List<Sheet> all =
        sheets.values().stream()
            .filter(t -> t.personId() == person && days.holds(t.day()))
            .map(t -> Sheet.of(t, person))
            .toList();
    return reportsEmpty ? List.of() : list(all);
  }

  @Override
  public Rows rows(Collection<EntryId> ids) {
    Map<EntryId, EntryRow> found = new HashMap<>(rows);
    found.keySet().retainAll(ids);
    found.keySet().removeAll(broken.keySet());
    Map<EntryId, String> unreadable = new HashMap<>(broken);
    unreadable.keySet().retainAll(ids);
    return new Rows(found, unreadable);
  }

  @Override
  public Finished finished(Instant wanted) {
    looksAtTheStream++;
    return finished;
  }

  @Override
  public Booked booked(Days days) {
    comparisons++;
    if (defective) {
      throw new IllegalStateException("planted");
    }
    Map<LocalDate, Integer> perDay = new HashMap<>();
    Set<Long> persons = new HashSet<>();
    Map<EntryId, String> unreadable = new TreeMap<>(broken);
    unreadable.values().removeIf(problem -> !problem.startsWith("not a place"));
    for (Map.Entry<EntryId, EntryRow> row : rows.entrySet()) {
      row.getValue()
          .place()
          .filter(p -> !unreadable.containsKey(row.getKey()))
          .filter(p -> days.holds(p.day()))
          .ifPresent(p -> {
            perDay.merge(p.day(), 1, Integer::sum);
            persons.add(p.personId());
          });
    }
    return new Booked(persons, perDay, unreadable);
  }

  @Override
  public String whyParked(EntryId id) {
    return "UNMAPPED_LABEL";
  }

  @Override
  public void verify(EntryId id, Collection<Place> places, String why) {
    verified.put(id, Set.copyOf(places));
  }

  @Override
  public void pause() {
    pauses++;
    meanwhile.run();
  }
}
