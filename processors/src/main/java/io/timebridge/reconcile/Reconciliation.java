package io.timebridge.reconcile;

import io.timebridge.reconcile.Sides.Booked;
import io.timebridge.reconcile.Suspicions.Counts;
import io.timebridge.reconcile.Suspicions.Suspicion;
import io.timebridge.reconcile.Suspicions.Window;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Compares both services and our rows, some days at a time, and asks for what differs to be
 * verified.
 *
 * <p>A list is never believed by itself: each suspicion is looked at again ({@link SecondLook}).
 * What may be on its way through the stream is no difference ({@link OnTheWay}). A side that could
 * not be read makes its days incomplete, never different. And when most of what there ought to be
 * is gone at once, that is told as a doubt and not as a difference, unless a person says that it is
 * so.
 *
 * <p>Writes nothing but verify events, and so never past the order of an entry's own events. Memory
 * is bounded by {@value #MOST_HELD} entries and one person's report, whatever the range; by the
 * entries of one day, where there are more on it. For one thread.
 */
public final class Reconciliation {
  /** Entries held at a time. */
  static final int MOST_HELD = 60_000;

  private static final int WINDOW_DAYS = 7;
  private static final int MOST_PER_DAY = 1_000_000;
  private static final int LISTINGS = 3;

  /** Gathered before they are looked at again. */
  private static final int MOST_SUSPICIONS = 100_000;

  /** That many may be gone, whatever their share is. */
  private static final int FEW = 20;

  /**
   * What to do.
   *
   * @param settleFor entries changed less than this ago, or less than this before the oldest event
   *     that is not finished arrived, are left to their events
   * @param examples differences to show
   * @param believe whether everything may be gone at once, and a timesheet without a mark is never
   *     what somebody booked for an entry
   */
  public record Order(
      Days days, Duration settleFor, Repair repair, int examples, boolean believe, Limits limits) {}

  /**
   * How much is repaired at a time.
   *
   * @param checks published at most; the rest is told
   * @param deletions of timesheets whose entries are gone; when there are more, none is deleted
   * @param deletionsPercent of all timesheets with a mark, likewise; one may always be
   */
  public record Limits(long checks, long deletions, int deletionsPercent) {
    /** A person has looked. */
    public static final Limits NONE = new Limits(Long.MAX_VALUE, Long.MAX_VALUE, 100);

    /** Nobody looks. */
    public static final Limits UNATTENDED = new Limits(2_000, 20, 2);

    boolean areOnDeletions() {
      return deletions < Long.MAX_VALUE;
    }

    /** How many may be deleted of so many timesheets. */
    long deletionsOf(long timesheets) {
      return Math.min(deletions, Math.max(1, timesheets * deletionsPercent / 100));
    }
  }

  /** Follows a comparison. */
  public interface Progress {
    /** A little has been done. */
    void step(String sofar) throws CannotCompare, InterruptedException;

    /** A difference was found; {@code repair}: a check was asked for. */
    void found(Drift drift, boolean repair);
  }

  private final Sides sides;
  private final InstantSource clock;
  private final Order order;
  private final Progress progress;
  private final Tally tally;
  private final SecondLook secondLook;
  private final Instant started;
  private final Repairs repairs;
  private final Suspicions suspicions = new Suspicions();
  private final Set<EntryId> unreadable = new HashSet<>();
  private long looked;

  public Reconciliation(Sides sides, InstantSource clock, Order order, Progress progress) {
    this.sides = sides;
    this.clock = clock;
    this.order = order;
    this.progress = progress;
    this.tally = new Tally(order.examples());
    this.repairs = new Repairs(sides, order, tally, progress);
    this.secondLook = new SecondLook(sides, () -> progress.step(lookedAgain()));
    this.started = clock.instant();
  }

  /** Compares; once. */
  public Result run() throws InterruptedException {
    try {
      Booked booked = sides.booked(order.days());
      progress.step("rows read");
      for (Map.Entry<EntryId, String> row : booked.unreadable().entrySet()) {
        unreadable(row.getKey(), row.getValue());
      }
      Set<Long> people = new HashSet<>(sides.people());
      people.addAll(booked.people());
      windows(people, booked);
      judge();
      repairs.end();
    } catch (CannotCompare trouble) {
      tally.incomplete(String.valueOf(trouble.getMessage()));
      repairs.close();
    }
    return tally.result(order.days(), started, clock.instant());
  }

  /** Entries for which a check was asked for, to be looked at again. */
  public Repaired repaired(Map<EntryId, Set<Place>> drifts) {
    return new Repaired(secondLook, drifts);
  }

  private void windows(Set<Long> people, Booked booked) throws CannotCompare, InterruptedException {
    long width = WINDOW_DAYS;
    LocalDate from = order.days().from();
    while (!from.isAfter(order.days().to())) {
      Days window = order.days().part(from, width);
      try {
        long entries = window(window, people, booked);
        if (entries > MOST_HELD && window.count() > 1) {
          width = Math.max(1, window.count() * MOST_HELD / entries);
          continue; // the same days again, fewer at a time
        }
      } catch (CannotCompare trouble) {
        if (trouble.isForGood()) {
          throw trouble;
        }
        tally.incomplete(window + ": " + trouble.getMessage());
      }
      from = window.to().plusDays(1);
    }
  }

  /** Compares some days; when they have more entries than may be held, only says how many. */
  private long window(Days window, Set<Long> people, Booked booked)
      throws CannotCompare, InterruptedException {
    int most = window.count() == 1 ? MOST_PER_DAY : MOST_HELD;
    for (int listing = 1; ; listing++) {
      WindowScan scan = new WindowScan(sides, window, most);
      long entries = scan.list();
      progress.step(sofar(window));
      if (entries > most) {
        if (window.count() == 1) {
          throw new CannotCompare("more than " + most + " entries on one day", false, null);
        }
        return entries;
      }
      boolean last = listing == LISTINGS;
      if (!last && isFew(scan.entries(), booked.on(window))) {
        sides.pause();
        continue;
      }
      scan.compare(people, () -> progress.step(sofar(window)));
      if (!last && isMany(scan.unlisted().size(), scan.marked())) {
        sides.pause();
        continue;
      }
      scan.tellTo(tally, suspicions);
      if (suspicions.size() > MOST_SUSPICIONS) {
        judge();
      }
      return entries;
    }
  }

  /** A list that shows less than half of what our rows know may be a wrong one. */
  private static boolean isFew(long listed, long booked) {
    return booked > FEW && listed < booked / 2;
  }

  /** More than a few, and more than a tenth. */
  private static boolean isMany(long some, long all) {
    return some > FEW && some > all / 10;
  }

  private OnTheWay onTheWay() throws CannotCompare, InterruptedException {
    return suspicions.size() == 0
        ? OnTheWay.NOTHING
        : new OnTheWay(started, order.settleFor(), sides.finished(started));
  }

  /** Looks again at what was gathered, and tells what is left of it. */
  private void judge() throws CannotCompare, InterruptedException {
    List<Drift> drifts = new ArrayList<>();
    Counts gone = new Counts();
    Map<Window, Long> leftOut = new LinkedHashMap<>();
    long doubted = 0;
    looked = 0;
    OnTheWay onTheWay = onTheWay();
    for (Map<EntryId, Set<Place>> batch : Suspicions.batches(suspicions.places())) {
      for (Map.Entry<EntryId, Verdict> each : secondLook.judge(batch, onTheWay).entrySet()) {
        Suspicion before = suspicions.of(each.getKey()).orElseThrow();
        switch (each.getValue()) {
          case Verdict.Equal equal -> {
            if (before.unlisted()) {
              leftOut.merge(before.window(), 1L, Long::sum);
            }
          }
          case Verdict.Waits(String why) -> tally.waits(why);
          case Verdict.NotCompared(String why) -> tally.notCompared(why, 1);
          case Verdict.Unreadable(String problem) -> unreadable(each.getKey(), problem);
          case Verdict.Doubted maybe -> doubted++;
          case Verdict.Unsure unsure -> tally.unsure();
          case Verdict.Differs(Drift drift) -> {
            drifts.add(drift);
            drift.kinds().forEach(kind -> gone.add(before.window(), kind));
          }
        }
      }
      looked += batch.size();
      progress.step(lookedAgain());
    }
    if (doubted > 0) {
      tally.incomplete(onTheWay.doubt(doubted));
    }
    leftOut.forEach(this::requireWhole);
    tell(drifts, gone);
    suspicions.clear();
  }

  /** Told once, wherever it was met. */
  private void unreadable(EntryId id, String problem) throws CannotCompare, InterruptedException {
    if (unreadable.add(id)) {
      repairs.take(Drift.unreadable(id, problem));
    }
    if (unreadable.size() >= Booked.MOST_UNREADABLE) {
      throw new CannotCompare(
          "%d rows of Timesheet_Entries, or more, cannot be read".formatted(unreadable.size()),
          true,
          null);
    }
  }

  /** What FirstService's list leaves out, and has a timesheet, is found; the rest is not. */
  private void requireWhole(Window window, long leftOut) {
    if (isMany(leftOut, window.marked())) {
      tally.incomplete(
          "%s: FirstService's list leaves out entries that are there, %d of those that have a timesheet; others may be left out too"
              .formatted(window.days(), leftOut));
    }
  }

  private void tell(List<Drift> drifts, Counts gone) throws CannotCompare, InterruptedException {
    Set<String> doubts = new LinkedHashSet<>();
    for (Drift drift : drifts) {
      Window window = suspicions.of(drift.id()).orElseThrow().window();
      Optional<String> doubt = doubt(drift, window, gone);
      if (doubt.isPresent()) {
        doubts.add(doubt.get());
        continue;
      }
      repairs.take(drift);
    }
    doubts.forEach(tally::incomplete);
  }

  /**
   * So many of all.
   *
   * @param all that could be
   */
  private record Share(Days days, long some, long all) {
    boolean isMost() {
      return some > FEW && some > all / 2;
    }
  }

  /** Why a difference is not believed. */
  private Optional<String> doubt(Drift drift, Window window, Counts gone) {
    if (order.believe()) {
      return Optional.empty();
    }
    for (Kind kind : drift.kinds()) {
      Optional<Share> most = shares(kind, window, gone).filter(Share::isMost).findFirst();
      if (most.isPresent()) {
        return Optional.of(
            "%s: %d of %d would be %s; so many at once are not believed. Whoever knows that it is so says --believe"
                .formatted(most.get().days(), most.get().some(), most.get().all(), kind.word()));
      }
    }
    return Optional.empty();
  }

  private Stream<Share> shares(Kind kind, Window window, Counts gone) {
    return switch (kind) {
      case DELETED_IN_SECOND ->
          Stream.of(new Share(window.days(), gone.of(window, kind), window.booked()));
      case DELETED_IN_FIRST ->
          Stream.of(new Share(window.days(), gone.of(window, kind), window.marked()));
      case MISSING -> // few a week may be most of all
          Stream.of(
              new Share(window.days(), missing(each -> gone.of(window, each)), window.listed()),
              new Share(order.days(), missing(gone::ofAll), tally.entries()));
      default -> Stream.empty();
    };
  }

  /** What was booked by hand in part looks so, and the rest of it missing. */
  private static long missing(ToLongFunction<Kind> counted) {
    return counted.applyAsLong(Kind.MISSING) + counted.applyAsLong(Kind.UNMARKED_TWIN);
  }

  private String lookedAgain() {
    return "%d of %d suspicions looked at again".formatted(looked, suspicions.size());
  }

  private String sofar(Days window) {
    return "%s compared, %d suspicions so far".formatted(window, suspicions.size());
  }
}
