package io.timebridge.processors;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.Alerts.NotTold;
import io.timebridge.alerts.Alerts.Told;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.reconcile.CannotCompare;
import io.timebridge.reconcile.Days;
import io.timebridge.reconcile.Drift;
import io.timebridge.reconcile.Kind;
import io.timebridge.reconcile.Reconciliation;
import io.timebridge.reconcile.Repair;
import io.timebridge.reconcile.Result;
import io.timebridge.reconcile.ResultStore;
import io.timebridge.reconcile.Sides;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import io.timebridge.turn.Turn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The comparison that a deployment does by itself, one process at a time, every {@code
 * reconcile.every}. Keeps the result, and tells people each night that anything differs or could
 * not be compared, once, and when that is over; where it is compared more often, what lasts is told
 * again each day. Not while the timesheet stream is known to be behind. A run that is cut short is
 * begun anew by whoever looks first; one that came to its end is not done again because its result
 * could not be kept or told: only that is tried again. One that fails is tried again by the same
 * process, {@value #TRIES} times in all; then that is its result. Nobody looks, and so little is
 * repaired at a time. Used by one thread.
 *
 * @implNote A night's number is the episode of its alert. So it counts neither at which minute a
 *     night's comparison ends, nor how often it is told, nor by whom.
 */
final class ReconcileSchedule {
  private static final Logger LOG = LoggerFactory.getLogger(ReconcileSchedule.class);

  static final String PROBLEM = "reconcile";

  /** As {@link LagWatch} calls it. */
  private static final String BEHIND = "behind-" + StreamName.TIMESHEET_EVENTS.streamName();

  private static final Duration LOOK_EVERY = Duration.ofMinutes(10);

  /** From {@code not-before}. */
  private static final Duration BEGINS_WITHIN = Duration.ofHours(4);

  /**
   * Longer than the longest step takes, with all its patience: a scan of all rows, or a listing of
   * some days. Renewed at each step.
   */
  private static final Duration HOLD = Duration.ofHours(1);

  private static final Duration RENEW_EVERY = Duration.ofSeconds(30);
  private static final int EXAMPLES = 20;
  static final int TRIES = 3;

  private final Supplier<Sides> sides;
  private final Turn turn;
  private final ResultStore results;
  private final Alerts alerts;
  private final Settings.Reconcile settings;
  private final InstantSource clock;
  private Optional<Result> owed = Optional.empty();
  private boolean turnIsOver;
  private int failed;

  /**
   * @param sides new ones for each comparison
   */
  ReconcileSchedule(
      Supplier<Sides> sides,
      Turn turn,
      ResultStore results,
      Alerts alerts,
      Settings.Reconcile settings,
      InstantSource clock) {
    this.sides = sides;
    this.turn = turn;
    this.results = results;
    this.alerts = alerts;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * In the background; looks every {@link #LOOK_EVERY} whether it is time, and at what was found
   * last, so that those who watch the store know what another process has found.
   */
  Repeated repeated() {
    return new Repeated("reconcile", LOOK_EVERY, this::look);
  }

  void look() throws StoreTrouble, InterruptedException {
    try {
      results.last();
    } catch (StoreTrouble trouble) { // the next result may take its place
      LOG.warn("reconcile: {}", trouble.getMessage());
    }
    runIfDue();
  }

  /** Compares, if it is time and nobody else does. */
  void runIfDue() throws StoreTrouble, InterruptedException {
    if (owed.isPresent()) {
      finish(owed.get());
      return;
    }
    if (settings.every().isZero() || (failed == 0 && !isTime())) {
      return;
    }
    if (!turn.takeAfter(since(), HOLD)) {
      failed = 0;
      return;
    }
    boolean again = false;
    try {
      if (alerts.told(BEHIND).open()) {
        LOG.info("reconcile: not while the stream is behind");
        return;
      }
      owed = compare();
      again = failed > 0;
    } catch (NotTold trouble) {
      throw new StoreTrouble("reconcile: " + trouble.getMessage(), trouble);
    } finally {
      if (owed.isEmpty() && !again) {
        turn.give();
      }
    }
    if (owed.isPresent()) {
      finish(owed.get());
    }
  }

  /** Until it has come to its end, {@code owed} stays, and this is done again. */
  private void finish(Result result) throws StoreTrouble, InterruptedException {
    if (!turnIsOver) {
      turn.done();
      turnIsOver = true;
    }
    if (clock.instant().isBefore(result.ended().plus(settings.every()))) {
      results.keep(result);
      tell(result);
    } else {
      LOG.warn("reconcile: a result of {} could not be told, and is too old now", result.ended());
    }
    owed = Optional.empty();
    turnIsOver = false;
  }

  private boolean isTime() {
    if (settings.notBefore().isEmpty() || isOften()) {
      return true;
    }
    LocalTime now = LocalTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    long late =
        Math.floorMod(now.toSecondOfDay() - settings.notBefore().get().toSecondOfDay(), 24 * 3600);
    return late < BEGINS_WITHIN.toSeconds();
  }

  private boolean isOften() {
    return settings.every().compareTo(Duration.ofDays(1)) < 0;
  }

  /** One that began late must not push the next one out of its hours. */
  private Duration since() {
    return settings.notBefore().isEmpty() || isOften()
        ? settings.every()
        : settings.every().minus(BEGINS_WITHIN).minus(Duration.ofHours(1));
  }

  /** Empty: it did not come to its end. */
  private Optional<Result> compare() throws InterruptedException {
    Instant now = clock.instant();
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    Days days = new Days(today.minusDays(settings.days()), today.plusDays(1));
    try {
      Optional<Result> result = compare(days);
      failed = 0;
      return result;
    } catch (RuntimeException defect) { // is told to people, not met by one process after the other
      failed++;
      LOG.error("reconcile: failed {} times", failed, defect);
      if (failed < TRIES) {
        return Optional.empty();
      }
      failed = 0;
      return Optional.of(
          Result.failed(
              days,
              now,
              clock.instant(),
              "the comparison failed %d times: %s; the worker's log says where"
                  .formatted(TRIES, defect.getClass().getSimpleName())));
    }
  }

  private Optional<Result> compare(Days days) throws InterruptedException {
    Turns turns = new Turns();
    Result result =
        new Reconciliation(
                sides.get(),
                clock,
                new Reconciliation.Order(
                    days,
                    settings.settleFor(),
                    Repair.valueOf(settings.repair().name()),
                    EXAMPLES,
                    false,
                    Reconciliation.Limits.UNATTENDED),
                turns)
            .run();
    if (turns.lost) {
      return Optional.empty(); // another process has begun to compare, and will say what it finds
    }
    LOG.info(
        "reconcile: days={} entries={} timesheets={} drifts={} lost={} repairs={} complete={}",
        result.days(),
        result.entries(),
        result.timesheets(),
        result.drifts(),
        result.lost(),
        result.repairs(),
        result.isComplete());
    return Optional.of(result);
  }

  private void tell(Result result) throws StoreTrouble, InterruptedException {
    try {
      Told told = alerts.told(PROBLEM);
      boolean taken = result.isEqual() ? isOver(result, told) : isRaised(result, told);
      if (!taken) {
        throw new StoreTrouble("reconcile: not told, another process is just telling", null);
      }
    } catch (NotTold trouble) {
      throw new StoreTrouble("reconcile: " + trouble.getMessage(), trouble);
    }
  }

  private boolean isOver(Result result, Told told) throws NotTold, InterruptedException {
    return !told.open()
        || alerts.over(over(result), told.episode() + 1)
        || !alerts.told(PROBLEM).open();
  }

  private boolean isRaised(Result result, Told told) throws NotTold, InterruptedException {
    long episode = Math.max(isOften() ? 1 : night(result), told.episode());
    if (alerts.raise(raised(result), episode)) {
      return true;
    }
    Told now = alerts.told(PROBLEM);
    return now.open() && now.episode() >= episode;
  }

  /** Days since 1970, each from when a comparison may begin. */
  private long night(Result result) {
    long begins = settings.notBefore().map(LocalTime::toSecondOfDay).orElse(0);
    return Math.floorDiv(
        result.started().getEpochSecond() - begins, Duration.ofDays(1).toSeconds());
  }

  private static Alert raised(Result result) {
    String kinds =
        new TreeMap<Kind, Long>(result.kinds())
            .entrySet().stream()
                .map(each -> each.getKey().word() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    long unreadable = result.kinds().getOrDefault(Kind.UNREADABLE, 0L);
    String differs =
        "%d entries differ (%s): %d were never applied, so webhooks got lost; %d were changed since or by hand%s.\n%d checks were published by itself."
            .formatted(
                result.drifts(),
                kinds,
                result.lost(),
                result.drifts() - result.lost() - unreadable,
                unreadable == 0 ? "" : "; %d have a row that cannot be read".formatted(unreadable),
                result.repairs());
    String incomplete =
        result.isComplete()
            ? ""
            : "\nNot everything could be compared: "
                + result.incomplete().stream()
                    .findFirst()
                    .orElse(result.unsure() + " suspicions could not be settled");
    String held = result.held().stream().map(why -> "\n" + why).collect(Collectors.joining());
    return new Alert(
        PROBLEM,
        result.drifts() > 0
            ? "FirstService and SecondService differ in %d entries".formatted(result.drifts())
            : "FirstService and SecondService could not be compared",
        "Compared: %s.\n%s%s%s"
            .formatted(
                result.days(), result.drifts() > 0 ? differs : "Nothing differs", held, incomplete),
        List.of(
            "See which: `./timebridge reconcile --last`, or as it is now: `./timebridge reconcile`",
            "Have the rest put right: `./timebridge reconcile --repair --wait`; it writes over what was changed in SecondService, and deletes what is deleted in FirstService",
            "Where many were never applied: see whether the webhooks are still registered and on: `./timebridge doctor`"),
        List.of("timebridge", "reconcile"));
  }

  private static Alert over(Result result) {
    return new Alert(
        PROBLEM,
        "Over: FirstService and SecondService differ",
        "Compared: %s. Both are equal.".formatted(result.days()),
        List.of(),
        List.of("timebridge", "reconcile"));
  }

  /** Keeps the turn while the comparison gets on. */
  private final class Turns implements Reconciliation.Progress {
    private Instant renewed = clock.instant();
    private boolean lost;

    @Override
    public void step(String sofar) throws CannotCompare, InterruptedException {
      Instant now = clock.instant();
      if (now.isBefore(renewed.plus(RENEW_EVERY))) {
        return;
      }
      renewed = now;
      try {
        lost = !turn.take(HOLD);
      } catch (StoreTrouble trouble) {
        throw new CannotCompare(String.valueOf(trouble.getMessage()), true, trouble);
      }
      if (lost) {
        throw new CannotCompare("another process has begun to compare", true, null);
      }
    }

    @Override
    public void found(Drift drift, boolean repair) {
      LOG.info(
          "reconcile: entry={} differs={} cause={} verify={}",
          drift.id(),
          drift.kinds(),
          drift.cause(),
          repair);
    }
  }
}
