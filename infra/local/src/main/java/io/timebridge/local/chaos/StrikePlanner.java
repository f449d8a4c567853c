package io.timebridge.local.chaos;

import io.timebridge.local.chaos.Strike.Cell;
import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Says which strikes a run gets: a function of its seed, the steps and the plant alone, so that one
 * run can be repeated by itself. Runs of consecutive seeds walk through all cells in one fixed
 * mixed order; {@value #RUNS_FOR_ALL} of them meet every cell. Immutable; thread-safe.
 */
final class StrikePlanner {
  /** So many runs in a row strike every cell at least once. */
  static final int RUNS_FOR_ALL = 20;

  private static final int LEAST_PER_RUN = 3;

  private final List<Cell> cells;
  private final int perRun;
  private final Timing timing;
  private final boolean addsOnly;

  /**
   * How long things take.
   *
   * @param failover after which a silent worker loses its shards
   * @param lease after which a silent poller loses its place
   * @param span after which a foreign intent may be taken over
   * @param latestFirst longest that a held call to FirstService may then take to land
   * @param latestSecond the same of SecondService
   */
  record Timing(
      Duration failover,
      Duration lease,
      Duration span,
      Duration latestFirst,
      Duration latestSecond) {}

  StrikePlanner(Set<Step> steps, Plant plant, Timing timing) {
    List<Cell> all = new ArrayList<>();
    for (Step step : EnumSet.copyOf(steps)) {
      for (Service service : Service.values()) {
        for (Blow blow : Blow.values()) {
          Cell cell = new Cell(step, service, blow);
          if (exists(cell) && shows(plant, cell)) {
            all.add(cell);
          }
        }
      }
    }
    Collections.shuffle(all, new Random(48)); // one order for all seeds, so that rows of them meet
    this.cells = List.copyOf(all);
    this.perRun = Math.max(LEAST_PER_RUN, (all.size() + RUNS_FOR_ALL - 1) / RUNS_FOR_ALL);
    this.timing = timing;
    this.addsOnly = plant != Plant.NONE;
  }

  /**
   * What waits is an entry's; a call of its drain can be struck as any other's. What a poller does
   * comes to FirstService, and it makes no changing call itself.
   */
  private static boolean exists(Cell cell) {
    boolean both = !cell.step().isOfParking() && !cell.step().isOfPolling();
    Service own = cell.step().isOfPolling() ? Service.FIRST : Service.SECOND;
    return both
        || (cell.service() == own && (cell.blow() == Blow.KILL || cell.blow() == Blow.FREEZE));
  }

  /** Every cell there is to strike. */
  List<Cell> cells() {
    return cells;
  }

  /** The strikes of the run with that seed, in order. */
  List<Strike> strikes(long seed) {
    if (cells.isEmpty()) {
      return List.of();
    }
    Random random = new Random(seed);
    List<Strike> strikes = new ArrayList<>();
    for (int i = 0; i < perRun; i++) {
      Cell cell = cells.get((int) Math.floorMod(seed * perRun + i, (long) cells.size()));
      strikes.add(strike(cell, random));
    }
    Collections.shuffle(strikes, random);
    return strikes;
  }

  private Strike strike(Cell cell, Random random) {
    boolean beyondSpan = random.nextInt(3) == 0;
    boolean polling = cell.step().isOfPolling();
    long least = (polling ? timing.lease() : timing.failover()).toMillis() * 3 / 2;
    Duration frozen =
        beyondSpan && !polling
            ? timing.span().plusMillis(300 + random.nextInt(700))
            : Duration.ofMillis(least + random.nextInt(800));
    Duration latest =
        cell.service() == Service.FIRST ? timing.latestFirst() : timing.latestSecond();
    long drawn = latest.toMillis() / 2 + random.nextLong(latest.toMillis() / 2);
    long late = addsOnly ? latest.toMillis() : drawn;
    boolean landsLate = addsOnly || cell.blow() == Blow.LATE || random.nextBoolean();
    return new Strike(
        cell,
        1 + random.nextInt(cell.service() == Service.FIRST && !(polling && !addsOnly) ? 1 : 3),
        addsOnly || random.nextInt(3) == 0,
        Duration.ofMillis(addsOnly ? 800 : random.nextInt(300)),
        frozen,
        landsLate ? Duration.ofMillis(late) : Duration.ZERO,
        Duration.ofMillis(random.nextInt(1500)),
        polling && !addsOnly && random.nextInt(3) == 0);
  }

  /**
   * Whether a strike at that cell can bring a plant to light; without a plant, every cell counts.
   */
  static boolean shows(Plant plant, Cell cell) {
    if (plant == Plant.NONE) {
      return true;
    }
    if (plant.isOfPolling() != cell.step().isOfPolling()
        || (!plant.isOfPolling() && cell.service() != Service.SECOND)) {
      return false;
    }
    return switch (plant) {
      case NONE -> true;
      case SKIP_INTENT ->
          cell.blow() == Blow.KILL
              && (cell.step() == Step.CALL_SENT || cell.step() == Step.ANSWER_RECEIVED);
      case IGNORE_DEADLINE -> cell.blow() == Blow.KILL && cell.step() == Step.CALL_SENT;
      case CHECKPOINT_EARLY ->
          cell.blow() == Blow.KILL
              && (cell.step() == Step.INTENT_WRITTEN || cell.step() == Step.FETCHED);
      case REMEMBER_BEFORE_PUBLISH ->
          cell.blow() == Blow.KILL && cell.step() == Step.POLL_ANNOUNCED;
      case SKIP_ANNOUNCEMENT -> cell.blow() == Blow.KILL && cell.step() == Step.POLL_PUBLISHED;
      case UNPARK_UNCONDITIONAL -> cell.step() == Step.DRAINED || cell.step() == Step.UNPARKED;
      case RETRY_IN_PLACE ->
          cell.step() == Step.CALL_SENT
              && (cell.blow() == Blow.DROPPED || cell.blow() == Blow.LATE);
    };
  }
}
