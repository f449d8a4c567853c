package io.timebridge.local.simulated;

import io.timebridge.failure.WakeUp;
import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Plants;
import io.timebridge.local.planted.Step;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryDrain;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.EntrySweep;
import io.timebridge.timesheet.InMemoryEntryStore;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.TimesheetApplier;
import io.timebridge.timesheet.VerifyRequests;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** One seed: people, faults, calm, rest, judgement. */
final class Run {
  /** Faults end at this time. */
  private static final Duration CALM_AFTER = Duration.ofSeconds(25);

  private static final Duration LONGEST = Duration.ofMinutes(30);

  /**
   * Nothing comes any more once it has been at rest for this long: longer than {@code
   * lands-within}, after which a check that is owed is asked for.
   */
  private static final Duration REST = Duration.ofSeconds(20);

  private static final Duration SWEEP_EVERY = Duration.ofSeconds(3);
  private static final Duration ASLEEP_FOR = Duration.ofSeconds(20);
  private static final Duration REDRIVE_EVERY = Duration.ofSeconds(7);

  private static final int USERS = 2;

  private final long seed;
  private final Settings settings;
  private final Plant plant;
  private final boolean breaksAssumptions;
  private final Kernel kernel;
  private final Strikes strikes;
  private final Wire first;
  private final Wire second;
  private final Books books;
  private final InMemoryEntryStore rows;
  private final SimulatedQueue queue;
  private final Map<EntryId, History> histories = new LinkedHashMap<>();
  private final List<Shard> shards = List.of(new Shard("shard-0"), new Shard("shard-1"));
  private int verifiesUnderWay;

  /**
   * @param steps at which processes are struck
   * @param breaksAssumptions whether calls may leave after their time: then only the state at rest
   *     is judged
   * @param words lines of the trace to keep in words
   */
  Run(
      long seed,
      Settings settings,
      Set<Step> steps,
      Plant plant,
      boolean breaksAssumptions,
      int words) {
    this.seed = seed;
    this.settings = settings;
    this.plant = plant;
    this.breaksAssumptions = breaksAssumptions;
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.kernel = new Kernel(random, new Trace(words));
    this.strikes =
        new Strikes(
            kernel,
            steps,
            new Strikes.Budget(
                // a late sender that dies before it can ask for a check is for reconcile to repair
                breaksAssumptions ? 0 : random.nextInt(4),
                random.nextInt(3),
                random.nextInt(4),
                random.nextInt(3)));
    int landsWithin = Math.toIntExact(settings.secondService().landsWithin().toMillis());
    this.first = new Wire(kernel, strikes, 100, false);
    this.second = new Wire(kernel, strikes, landsWithin * 19 / 20, breaksAssumptions);
    this.rows = new InMemoryEntryStore(kernelClock());
    this.queue = new SimulatedQueue(kernel, strikes, second);
    this.books =
        new Books(kernel, Math.toIntExact(settings.secondService().visibleWithin().toMillis()));
  }

  RunResult run() {
    int entries = 1 + kernel.random().nextInt(4);
    long locked = kernel.chance(0.8) ? 1 + kernel.random().nextInt(entries) : 0;
    Duration from = kernel.millis(0, 4_000);
    Duration to = from.plus(kernel.millis(1_000, kernel.chance(0.8) ? 3_500 : 15_000));
    books.lock(locked, from.toNanos(), to.toNanos());
    for (long id = 1; id <= entries; id++) {
      // Some go on being edited while what waits of them is worked off.
      boolean edited = id == locked && kernel.chance(0.6);
      Duration last = edited ? to.plus(kernel.millis(0, 1_200)) : Duration.ZERO;
      History history = History.draw(new EntryId(id), kernel.random(), USERS, last);
      histories.put(history.id(), history);
      for (History.Delivery d : history.deliveries()) {
        kernel.after(
            d.at(), () -> shardOf(history.id()).append(d.route(), history.id().key(), d.body()));
      }
    }
    kernel.after(REDRIVE_EVERY, this::redrive);
    Fleet fleet = new Fleet(kernel, shards, 2, kernel.random().nextInt(3), this::worker);
    kernel.after(
        CALM_AFTER,
        () -> {
          strikes.calm();
          first.calm();
          second.calm();
        });
    kernel.runUntil(() -> kernel.now() >= CALM_AFTER.toNanos(), CALM_AFTER);
    boolean rest = restsWithin(LONGEST, fleet);
    return judge(!rest);
  }

  /** Everything finished, and nothing more comes for a while. */
  private boolean restsWithin(Duration longest, Fleet fleet) {
    long end = kernel.now() + longest.toNanos();
    while (kernel.now() < end) {
      if (!kernel.runUntil(() -> isDone(fleet), Duration.ofNanos(end - kernel.now()))) {
        return false;
      }
      long until = kernel.now() + REST.toNanos();
      kernel.runUntil(() -> !isDone(fleet) || kernel.now() >= until, REST);
      if (isDone(fleet)) {
        return openIntents().isEmpty();
      }
    }
    return false;
  }

  private boolean isDone(Fleet fleet) {
    return !fleet.hasFrozen()
        && second.underWay() == 0
        && verifiesUnderWay == 0
        && queue.isEmpty()
        && rows.rows().values().stream().noneMatch(EntryRow::waits)
        && shards.get(0).isDone()
        && shards.get(1).isDone();
  }

  private List<String> openIntents() {
    return rows.rows().entrySet().stream()
        .filter(row -> row.getValue().intent().isPresent())
        .map(row -> "entry %s: a call is still announced".formatted(row.getKey()))
        .sorted()
        .toList();
  }

  private Shard shardOf(EntryId id) {
    return shards.get((int) (id.value() % shards.size()));
  }

  private SimulatedWorker worker(Host host) {
    ServiceGate firstGate = new ServiceGate("FirstService", settings.firstService().gate(), host);
    ServiceGate secondGate =
        new ServiceGate("SecondService", settings.secondService().gate(), host);
    EntryStore store =
        Plants.entries(plant, new SimulatedStore(host, kernel, strikes, second, rows));
    SecondService service =
        Plants.second(plant, new SimulatedSecond(host, kernel, second, secondGate, books));
    VerifyRequests verify = (id, places, why) -> verify(host, id, places);
    TimesheetApplier applier =
        new TimesheetApplier(
            new TimesheetApplier.Parts(
                new SimulatedFirst(host, kernel, first, firstGate, strikes, histories),
                service,
                store,
                label -> Optional.of(new TaskMapping.TaskRef.ByName("Design")),
                verify,
                (record, problem) -> new Outcome.Parked(problem),
                queue.from(host),
                settings.secondService(),
                settings.timesheet(),
                host.name(),
                host,
                host::nanos,
                host::pause,
                host::start));
    EntryDrain drain =
        new EntryDrain(store, applier, (record, problem) -> new Outcome.Parked(problem));
    queue.consume(host, drain);
    host.start(() -> sweep(host, new EntrySweep(store, applier, ASLEEP_FOR, kernelClock())));
    Handler<StreamRecord> handler = Plants.handler(plant, applier, host::start, host::pause);
    return new SimulatedWorker(host, kernel, strikes, told(host, handler));
  }

  /** Rows are touched at the world's time; hosts' clocks are anywhere. */
  private InstantSource kernelClock() {
    return () -> Instant.EPOCH.plusNanos(kernel.now());
  }

  private void sweep(Host host, EntrySweep sweep) {
    try {
      while (true) {
        host.pause(SWEEP_EVERY);
        try {
          sweep.sweep();
        } catch (EntryStore.Unavailable trouble) {
          host.pause(SWEEP_EVERY); // the next one comes
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** As a person does once the cause is gone: every dead key is sent again. */
  private void redrive() {
    rows.rows().entrySet().stream()
        .filter(row -> row.getValue().lane() == EntryRow.Lane.DEAD)
        .sorted(Comparator.comparingLong(row -> row.getKey().value()))
        .forEach(row ->
            queue.sendAgain(new WakeUp(row.getKey().key(), row.getValue().episode(), "redrive")));
    if (kernel.now() < LONGEST.toNanos()) {
      kernel.after(REDRIVE_EVERY, this::redrive);
    }
  }

  private Handler<StreamRecord> told(Host host, Handler<StreamRecord> handler) {
    return (key, records) -> {
      Outcome outcome = handler.handle(key, records);
      StreamRecord record = records.getLast();
      host.trace(Trace.OUTCOME, record.sequence().longValueExact());
      if (kernel.trace().wantsWords()) {
        int index = Integer.parseInt(host.name().substring(1));
        kernel
            .trace()
            .say(
                kernel.now(),
                index,
                "entry %s record %s of %s (%d in one): %s %s"
                    .formatted(
                        key,
                        record.sequence(),
                        record.shard(),
                        records.size(),
                        outcome,
                        rows.row(EntryId.parse(key).orElseThrow())));
      }
      return outcome;
    };
  }

  private void verify(Host host, EntryId id, Collection<Place> places)
      throws EntryStore.Unavailable {
    try {
      host.pause(kernel.millis(1, 20));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    if (second.isHostile() && kernel.chance(0.1)) {
      throw new EntryStore.Unavailable("throttled", new IllegalStateException("throttled"));
    }
    String list =
        places.stream()
            .map(place -> "\"" + place.text() + "\"")
            .sorted()
            .collect(Collectors.joining(","));
    verifiesUnderWay++;
    kernel.after(
        kernel.millis(1, 50),
        () -> {
          verifiesUnderWay--;
          shardOf(id)
              .append(
                  Route.VERIFY,
                  id.key(),
                  "{\"payload\":{\"id\":%s,\"places\":[%s]}}".formatted(id, list));
        });
  }

  private RunResult judge(boolean stuck) {
    int lost = 0;
    int doubled = breaksAssumptions ? 0 : books.doubled();
    int stale = 0;
    List<String> wrongs = new ArrayList<>(breaksAssumptions ? List.of() : books.wrongs());
    for (History history : histories.values()) {
      List<SecondService.Timesheet> live = books.live(history.id().value());
      History.Version last = history.last();
      if (last.gone() ? !live.isEmpty() : live.size() > 1) {
        doubled++;
        wrongs.add("entry %s at rest: %s".formatted(history.id(), live));
      } else if (!last.gone() && live.isEmpty()) {
        lost++;
        wrongs.add("entry %s at rest: no timesheet".formatted(history.id()));
      } else if (!last.gone() && !isNewest(history, live.getFirst())) {
        stale++;
        wrongs.add(
            "entry %s at rest: n%d wanted, %s is there"
                .formatted(history.id(), last.n(), live.getFirst()));
      }
    }
    if (stuck) {
      wrongs.addAll(openIntents());
      shards.forEach(shard ->
          wrongs.add(
              "%s: checkpoint %s of %d"
                  .formatted(shard.name(), shard.checkpoint(), shard.log().size())));
    }
    for (Map.Entry<EntryId, EntryRow> row : rows.rows().entrySet()) {
      if (row.getValue().lane() != EntryRow.Lane.STREAM) {
        wrongs.add("entry %s is parked: %s".formatted(row.getKey(), row.getValue()));
        stuck = true;
      }
    }
    return new RunResult(
        seed,
        kernel.trace().hash(),
        lost,
        doubled,
        stale,
        breaksAssumptions ? 0 : books.outOfOrder(),
        stuck,
        books.offNanos(),
        strikes.hits(),
        wrongs,
        List.copyOf(kernel.trace().lines()));
  }

  private static boolean isNewest(History history, SecondService.Timesheet timesheet) {
    return Books.numberOf(timesheet) == history.last().n()
        && timesheet.day().toString().equals(history.last().json().path("day").asString());
  }
}
