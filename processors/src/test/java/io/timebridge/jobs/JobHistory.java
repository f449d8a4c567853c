package io.timebridge.jobs;

import io.timebridge.failure.RememberedParkedEvents;
import io.timebridge.ordering.Outcome;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * One random history: events of a few jobs and clients; two or three processes that each believe
 * all keys to be theirs, take steps in any order, freeze and die; one store, one FirstService.
 */
final class JobHistory {
  private static final Duration LANDS_WITHIN = Duration.ofSeconds(30);
  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(4);
  private static final int MOST_STEPS = 20_000;

  /**
   * What is done wrong on purpose.
   *
   * @param landsWithin as the settings have it, whatever the service does
   * @param visibleWithin likewise
   */
  record Bug(
      SimulatedStates.Fault store,
      SimulatedService.Fault call,
      Duration landsWithin,
      Duration visibleWithin) {
    static final Bug NONE =
        new Bug(
            SimulatedStates.Fault.NONE, SimulatedService.Fault.NONE, LANDS_WITHIN, VISIBLE_WITHIN);

    static Bug of(SimulatedStates.Fault store) {
      return new Bug(store, NONE.call, NONE.landsWithin, NONE.visibleWithin);
    }

    static Bug of(SimulatedService.Fault call) {
      return new Bug(NONE.store, call, NONE.landsWithin, NONE.visibleWithin);
    }

    static Bug waiting(Duration landsWithin, Duration visibleWithin) {
      return new Bug(NONE.store, NONE.call, landsWithin, visibleWithin);
    }
  }

  private final Random random;
  private final Bug bug;
  private final Steps steps;
  private final SimulatedService service;
  private final InMemoryJobStates store = new InMemoryJobStates();
  private final Map<String, List<StreamRecord>> lanes = new TreeMap<>();
  private final Map<String, Integer> checkpoints = new HashMap<>();
  private final List<StreamRecord> parked = new ArrayList<>();
  private final List<JobLedgerCheck.Published> published = new ArrayList<>();

  private JobHistory(long seed, Bug bug) {
    this.random = new Random(seed);
    this.bug = bug;
    this.steps = new Steps(random, Duration.ofSeconds(100), 4);
    this.service = new SimulatedService(steps, random, LANDS_WITHIN, VISIBLE_WITHIN);
  }

  /**
   * Runs the history of that seed to its end.
   *
   * @return what is wrong with it, and every step of how it came about; empty = nothing
   */
  static Optional<String> problem(long seed, Bug bug) throws InterruptedException {
    return problem(seed, bug, new HashSet<>());
  }

  /**
   * As {@link #problem(long, Bug)}.
   *
   * @param struckAt gets the steps at which a process was frozen or died
   */
  static Optional<String> problem(long seed, Bug bug, Set<String> struckAt)
      throws InterruptedException {
    JobHistory history = new JobHistory(seed, bug);
    Optional<String> problem = history.run();
    struckAt.addAll(history.steps.struckAt());
    if (problem.isEmpty()) {
      return problem;
    }
    JobHistory again = new JobHistory(seed, bug);
    again.steps.traced();
    return again.run().map(same -> same + "\n" + again.steps.trace());
  }

  private Optional<String> run() throws InterruptedException {
    somethingIsThereAlready();
    publish();
    int processes = 2 + random.nextInt(2);
    for (int p = 0; p < processes; p++) {
      String name = "p" + p;
      steps.start(() -> live(name));
    }
    steps.run(MOST_STEPS);
    service.land(Long.MAX_VALUE);
    return new JobLedgerCheck(published, service.projects(), service.clients()).problem();
  }

  /** Things of the right name that belong to nobody, and a client that belongs. */
  private void somethingIsThereAlready() {
    if (random.nextInt(3) == 0) {
      long client = service.addClient(0, "Acme", random.nextBoolean() ? "" : "11").id();
      if (random.nextBoolean()) {
        service.addProject(0, "same - J", "", client);
      }
    }
  }

  private void publish() {
    int count = 5 + random.nextInt(4);
    for (int i = 1; i <= count; i++) {
      JobEvent event = event(i);
      Position at = new Position(event.epoch(), BigInteger.valueOf(i));
      published.add(new JobLedgerCheck.Published(at, event));
      lanes
          .computeIfAbsent(event.key(), k -> new ArrayList<>())
          .add(
              new StreamRecord(
                  "s",
                  at.sequence(),
                  new Envelope(
                      "i" + i,
                      Envelope.Source.SECOND_SERVICE,
                      Route.JOB_CHANGE,
                      event.key(),
                      Instant.EPOCH,
                      Map.of(),
                      event.encode(),
                      null)));
    }
  }

  /** Mostly of a state no other event has, so that the ledger tells which one was applied. */
  private JobEvent event(int i) {
    int client = 11 + random.nextInt(2);
    int epoch = random.nextInt(5) == 0 ? 1 : 2;
    if (random.nextInt(4) == 0) {
      return new JobEvent.Client("", epoch, client, "C", random.nextInt(3) == 0 ? "Acme" : "C" + i);
    }
    String name = random.nextInt(3) == 0 ? "same" : "n" + i;
    return new JobEvent.Job(
        "", epoch, 1 + random.nextInt(2), "J", name, client, "C", "Acme", random.nextInt(5) > 0);
  }

  private void live(String name) throws InterruptedException {
    for (int incarnation = 1; ; incarnation++) {
      try {
        work(name + "." + incarnation);
        return;
      } catch (Steps.Crash crash) {
        steps.sleep(Duration.ofMillis(random.nextInt(60_000)));
      }
    }
  }

  /**
   * One incarnation of a process, from where the checkpoints are to the end of every lane, and of
   * what was parked.
   */
  private void work(String incarnation) throws InterruptedException {
    JobApplier applier = applier(incarnation);
    Map<String, Integer> done = new HashMap<>(checkpoints);
    Map<String, Long> notBefore = new HashMap<>();
    while (true) {
      List<String> open =
          lanes.keySet().stream()
              .filter(key -> done.getOrDefault(key, 0) < lane(key).size())
              .toList();
      if (!parked.isEmpty() && (open.isEmpty() || random.nextInt(10) == 0)) {
        redrive(applier, incarnation);
        continue;
      }
      if (open.isEmpty()) {
        return;
      }
      long next = open.stream().mapToLong(k -> notBefore.getOrDefault(k, 0L)).min().orElseThrow();
      steps.sleep(Duration.ofNanos(Math.max(0, next - steps.now())));
      List<String> ready =
          open.stream().filter(key -> notBefore.getOrDefault(key, 0L) <= steps.now()).toList();
      String key = ready.get(random.nextInt(ready.size()));
      int place = done.getOrDefault(key, 0);
      StreamRecord record = lane(key).get(place);
      Outcome outcome = applier.handle(record);
      steps.log(() -> incarnation + " " + key + "[" + place + "] " + outcome);
      if (outcome instanceof Outcome.Retry retry) {
        notBefore.put(key, steps.now() + wait(retry));
      } else {
        if (outcome instanceof Outcome.Parked) {
          parked.add(record);
        }
        done.put(key, place + 1);
        if (random.nextBoolean()) {
          checkpoints.merge(key, place + 1, Math::max);
        }
      }
    }
  }

  /** Handles a parked record out of its order, as an operator would. */
  private void redrive(JobApplier applier, String incarnation) throws InterruptedException {
    StreamRecord record = parked.get(random.nextInt(parked.size()));
    Outcome outcome = applier.handle(record);
    steps.log(() -> incarnation + " redrives " + record.key() + " " + outcome);
    if (outcome instanceof Outcome.Applied || outcome instanceof Outcome.Skipped) {
      parked.remove(record);
    }
    steps.sleep(Duration.ofSeconds(1 + random.nextInt(10)));
  }

  /** At least what is asked for, often far more. */
  private long wait(Outcome.Retry retry) {
    return (long)
        (retry.after().orElse(Duration.ofMillis(400)).toNanos() * (1 + 9 * random.nextDouble()));
  }

  private List<StreamRecord> lane(String key) {
    return lanes.getOrDefault(key, List.of());
  }

  private JobApplier applier(String incarnation) {
    return new JobApplier(
        new JobApplier.Parts(
            service.seenBy(incarnation, bug.call()),
            new SimulatedStates(incarnation, store, steps, random, bug.store()),
            new RememberedParkedEvents(),
            settings(),
            incarnation,
            () -> Instant.EPOCH.plusNanos(steps.now()),
            steps::now,
            steps::sleep,
            job -> {}));
  }

  private Settings.FirstService settings() {
    Settings.FirstService usual = USUAL;
    return new Settings.FirstService(
        usual.url(),
        usual.accountId(),
        usual.clientId(),
        usual.clientSecret(),
        usual.accessToken(),
        usual.refreshToken(),
        usual.webhookSecrets(),
        Duration.ofSeconds(5),
        bug.landsWithin(),
        bug.visibleWithin(),
        usual.gate());
  }

  private static final Settings.FirstService USUAL =
      new SettingsLoader().load((aws, path) -> Map.of()).settings().firstService();
}
