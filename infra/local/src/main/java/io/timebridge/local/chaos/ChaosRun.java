package io.timebridge.local.chaos;

import io.timebridge.local.chaos.ChaosTraffic.Action;
import io.timebridge.local.chaos.Strike.Cell;
import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.traffic.LedgerJudge;
import io.timebridge.local.traffic.LedgerJudge.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * One run: traffic with everything going wrong, strikes in turn, then nothing wrong any more,
 * quiet, judgement. For one use.
 */
final class ChaosRun {
  private static final Duration PACE = Duration.ofMillis(40);
  private static final Duration NUDGE_EVERY = Duration.ofMillis(400);
  private static final Duration LONGEST_WAIT_FOR_STRIKE = Duration.ofSeconds(12);
  private static final Duration SCARCITY = Duration.ofMillis(700);
  private static final Duration LOOK_EVERY = Duration.ofMillis(300);

  /** Nothing has happened for this long with nothing on its way: whatever is wrong stays so. */
  private static final Duration STAYS = Duration.ofSeconds(6);

  private static final Duration LONGEST_WAIT_FOR_REST = Duration.ofSeconds(60);

  private static final Duration LONGEST_WAIT_FOR_WORKERS = Duration.ofSeconds(30);

  /** While somebody polls, it looks so often at least. */
  private static final Duration LOOKS_WITHIN = Duration.ofSeconds(2);

  /**
   * What all runs have in common.
   *
   * @param latest longest that a call of SecondService may take to land by chance
   * @param oneAtATime whether a strike waits until all workers are up: somebody has to be there who
   *     takes over, and wrongly so if that is what is planted
   */
  record Stage(
      ChaosSystem system,
      Workers workers,
      Striker striker,
      Company company,
      LedgerTail first,
      LedgerTail second,
      Duration latest,
      boolean oneAtATime,
      Consumer<String> progress) {}

  private final Stage stage;
  private final long seed;
  private final Random random;
  private final People people;
  private final Background background;
  private final Admissions admissions = new Admissions();
  private final List<Cell> struck = new ArrayList<>();
  private final List<Cell> missed = new ArrayList<>();

  private boolean locked;

  /** Whether everything was finished at the last look. */
  private boolean quiet;

  ChaosRun(Stage stage, long seed) {
    this.stage = stage;
    this.seed = seed;
    this.random = new Random(seed);
    this.people =
        new People(
            stage.company(),
            stage.system().simulators().first(),
            stage.system().simulators().second(),
            seed);
    this.background = new Background(stage.system(), seed, stage.latest());
  }

  RunResult run(List<Strike> strikes) throws IOException, InterruptedException {
    long started = System.nanoTime();
    stage.striker().admitTo(admissions);
    people.deliveries(0);
    background.begin();
    List<Action> actions = ChaosTraffic.generate(seed).actions();
    int lockedAt = random.nextInt(Math.max(1, strikes.size()));
    int scarceAt = random.nextInt(Math.max(1, strikes.size()));
    int done = 0;
    for (int s = 0; s < strikes.size(); s++) {
      if (stage.oneAtATime()) {
        awaitWorkers();
      }
      boolean polling = strikes.get(s).cell().step().isOfPolling();
      if (polling) {
        people.flip();
      }
      Striker.Armed armed = stage.striker().arm(strikes.get(s));
      int end = actions.size() * (s + 1) / strikes.size();
      if (s == lockedAt) {
        background.lock();
      }
      act(actions.subList(done, end), armed);
      background.unlock();
      done = end;
      if (s == scarceAt) {
        background.scarce();
        Thread.sleep(SCARCITY);
        background.plenty();
      }
      await(armed);
      people.flipBack();
    }
    stage.striker().disarm();
    background.end();
    people.calmDeliveries();
    Verdict verdict = atRest();
    return new RunResult(
        seed,
        people.entryCount(),
        verdict,
        struck,
        missed,
        quiet,
        stage.workers().diedAlone(),
        admissions.count(),
        Duration.ofNanos(System.nanoTime() - started));
  }

  private void act(List<Action> actions, Striker.Armed armed) throws InterruptedException {
    for (Action action : actions) {
      people.act(action);
      if (armed.isStruck()) {
        people.flipBack(); // while nobody polls
      }
      Thread.sleep(PACE);
    }
  }

  private void awaitWorkers() throws InterruptedException {
    long start = System.nanoTime();
    while (!stage.workers().allUp()
        && System.nanoTime() - start < LONGEST_WAIT_FOR_WORKERS.toNanos()) {
      Thread.sleep(LOOK_EVERY);
    }
  }

  private void await(Striker.Armed armed) throws InterruptedException {
    long start = System.nanoTime();
    Cell cell = armed.strike().cell();
    while (!armed.awaitStruck(NUDGE_EVERY)) {
      if (System.nanoTime() - start > LONGEST_WAIT_FOR_STRIKE.toNanos()) {
        background.unlock();
        missed.add(cell);
        stage.progress().accept("missed: " + cell);
        return;
      }
      nudge(cell);
    }
    background.unlock();
    struck.add(cell);
  }

  /** Brings something about that leads to the step: for those of parking, every other time. */
  private void nudge(Cell cell) {
    if (cell.step().isOfPolling()) {
      people.flip();
      return;
    }
    if (!cell.step().isOfParking()) {
      people.nudge(cell.service());
      return;
    }
    locked = !locked;
    if (locked) {
      background.lock();
      people.nudgeToWait();
    } else {
      background.unlock();
    }
  }

  /** Until everything is right twice in a row and finished, or stays wrong, or time is up. */
  private Verdict atRest() throws InterruptedException {
    long start = System.nanoTime();
    long unchangedSince = start;
    int effects = -1;
    boolean rightBefore = false;
    while (true) {
      boolean finished = finished();
      List<Effect> first = stage.first().read();
      List<Effect> second = stage.second().read();
      Verdict verdict =
          LedgerJudge.judge(first, second, people.scope(), admissions.effects(), Instant.now());
      boolean changed = first.size() + second.size() != effects;
      effects = first.size() + second.size();
      if (changed || !finished) {
        unchangedSince = System.nanoTime();
      }
      boolean right = finished && verdict.lost() + verdict.stale() + verdict.doubled() == 0;
      quiet = finished;
      boolean stays = System.nanoTime() - unchangedSince > STAYS.toNanos();
      if ((right && rightBefore && !changed)
          || stays
          || System.nanoTime() - start > LONGEST_WAIT_FOR_REST.toNanos()) {
        return verdict;
      }
      rightBefore = right;
      Thread.sleep(LOOK_EVERY);
    }
  }

  private boolean finished() {
    boolean idle = stage.workers().idle();
    long onTheirWay =
        stage.system().simulators().first().get("/__sim/delivery").path("pending").longValue()
            + stage.system().simulators().first().state().path("latePending").longValue()
            + stage.system().simulators().second().state().path("latePending").longValue();
    return idle
        && stage.workers().lookedWithin(LOOKS_WITHIN)
        && onTheirWay == 0
        && stage.system().drained(stage.workers().checkpoints())
        && stage.system().nothingWaits();
  }
}
