package io.timebridge.local.simulated;

import io.timebridge.local.planted.Step;
import io.timebridge.local.simulated.OutageResult.Figures;
import io.timebridge.local.simulated.OutageSimulation.Order;
import io.timebridge.ordering.Backoff;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.gate.Allowance;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.InMemoryEntryStore;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.TimesheetApplier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * One seed: two workers with half of the limits each, people at work all the time, half a minute of
 * health, the outage, rest, judgement. In every second run a worker is killed or frozen meanwhile.
 */
final class OutageRun {
  private static final Duration BEGINS = Duration.ofSeconds(30);
  private static final Duration PEOPLE_GO_ON = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofHours(3);
  private static final Duration REST = Duration.ofSeconds(20);
  private static final Duration SETTLED = Duration.ofMinutes(1);
  private static final int USERS = 2;
  private static final int WORKERS = 2;
  private static final int FEW_KEYS = 10;

  /** Of the full rate: the ramp's first ten seconds are at some fifteen percent. */
  private static final double CLEARLY_BELOW = 0.3;

  /** Hosts' clocks are up to half a percent off. */
  private static final long A_SECOND = Duration.ofMillis(990).toNanos();

  /** Store operations per second of an outage and worker: those who try, some four each. */
  private static final double MOST_STORE_OPERATIONS = 2;

  /** What a worker that starts in the middle does until it knows better. */
  private static final int STORE_OPERATIONS_OF_A_START = 400;

  private static final int GIVEN_UP_AFTER = 20;

  private final long seed;
  private final Settings settings;
  private final Order order;
  private final Down down;
  private final Kernel kernel;
  private final Strikes strikes;
  private final Wire first;
  private final Wire second;
  private final Books books;
  private final InMemoryEntryStore rows;
  private final Map<EntryId, History> histories = new LinkedHashMap<>();
  private final List<Shard> shards = List.of(new Shard("shard-0"), new Shard("shard-1"));
  private final List<Long> starts = new ArrayList<>();
  private final long from = BEGINS.toNanos();
  private final long to;
  private long storeOperations;
  private int parked;
  private int verifiesUnderWay;

  OutageRun(long seed, Settings settings, Order order) {
    this.seed = seed;
    this.settings = settings;
    this.order = order;
    this.to = BEGINS.plus(order.outage()).toNanos();
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    Down[] ways = {Down.REFUSED, Down.ERRORS, Down.TIME_OUTS, Down.SLOW, Down.MIXED};
    Down drawn = ways[random.nextInt(ways.length)];
    this.down = order.down().orElse(drawn);
    this.kernel = new Kernel(random, new Trace(0));
    int struck = random.nextInt(2);
    this.strikes =
        new Strikes(kernel, EnumSet.allOf(Step.class), new Strikes.Budget(struck, struck, 0, 0));
    int landsWithin = Math.toIntExact(settings.secondService().landsWithin().toMillis());
    this.first = new Wire(kernel, strikes, 100, false);
    this.second = new Wire(kernel, strikes, landsWithin * 19 / 20, false);
    first.calm();
    second.calm();
    second.onCall(() -> starts.add(kernel.now()));
    this.rows = new InMemoryEntryStore(() -> Instant.EPOCH.plusNanos(kernel.now()));
    this.books =
        new Books(kernel, Math.toIntExact(settings.secondService().visibleWithin().toMillis()));
  }

  OutageResult run() {
    Duration people = Duration.ofNanos(to).plus(PEOPLE_GO_ON);
    for (long id = 1; id <= order.keys(); id++) {
      int states =
          order.keys() <= FEW_KEYS
              ? 20 + kernel.random().nextInt(20)
              : 2 + kernel.random().nextInt(4);
      History history = History.edited(new EntryId(id), kernel.random(), USERS, people, states);
      histories.put(history.id(), history);
      for (History.Delivery d : history.deliveries()) {
        kernel.after(
            d.at(), () -> shardOf(history.id()).append(d.route(), history.id().key(), d.body()));
      }
    }
    Fleet fleet = new Fleet(kernel, shards, WORKERS, 0, this::worker);
    kernel.after(Duration.ofNanos(from), () -> second.goes(down));
    // A worker that starts after the recovery would know of no outage.
    kernel.after(Duration.ofNanos(to).minus(REST.multipliedBy(2)), strikes::calm);
    kernel.after(Duration.ofNanos(to), () -> second.goes(Down.NOT));
    kernel.runUntil(() -> kernel.now() >= people.toNanos(), people);
    Duration caughtUp = restsWithin(fleet);
    return judge(caughtUp);
  }

  /** From the recovery until all is done and nothing more comes; negative when that is never. */
  private Duration restsWithin(Fleet fleet) {
    long end = kernel.now() + LONGEST.toNanos();
    while (kernel.runUntil(() -> isDone(fleet), Duration.ofNanos(end - kernel.now()))) {
      long done = kernel.now();
      kernel.runUntil(() -> !isDone(fleet) || kernel.now() >= done + REST.toNanos(), REST);
      if (isDone(fleet)) {
        return Duration.ofNanos(done - to);
      }
    }
    return Duration.ofNanos(-1);
  }

  private boolean isDone(Fleet fleet) {
    return !fleet.hasFrozen()
        && second.underWay() == 0
        && verifiesUnderWay == 0
        && shards.get(0).isDone()
        && shards.get(1).isDone();
  }

  private Shard shardOf(EntryId id) {
    return shards.get((int) (id.value() % shards.size()));
  }

  private SimulatedWorker worker(Host host) {
    Settings.Gate limits = settings.secondService().gate();
    ServiceGate firstGate = new ServiceGate("FirstService", settings.firstService().gate(), host);
    ServiceGate secondGate = new ServiceGate("SecondService", limits, host);
    secondGate.allow(
        new Allowance(
            limits.concurrentCalls() / WORKERS,
            (double) limits.callsPerSecond() / WORKERS,
            settings.secondService().sessions()),
        () -> true);
    SecondService service = new SimulatedSecond(host, kernel, second, secondGate, books);
    TimesheetApplier applier =
        new TimesheetApplier(
            new TimesheetApplier.Parts(
                new SimulatedFirst(host, kernel, first, firstGate, strikes, histories),
                order.plant() == OutagePlant.HERD ? new Unadmitted(service) : service,
                new SimulatedStore(host, kernel, strikes, second, rows).onCall(this::stored),
                label -> Optional.of(new TaskMapping.TaskRef.ByName("Design")),
                (id, places, why) -> verify(id, places),
                (record, problem) -> new Outcome.Parked(problem),
                wakeUp -> {}, // nothing is parked, or the run is wrong
                settings.secondService(),
                settings.timesheet(),
                host.name(),
                host,
                host::nanos,
                host::pause,
                host::start));
    return new SimulatedWorker(
        host,
        kernel,
        strikes,
        watched(applier),
        new KeyLanes.Limits(100, 10_000, 32 << 20, 40_000, 96 << 20),
        new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30), kernel.random()));
  }

  private void stored() {
    boolean settled = kernel.now() >= from + SETTLED.toNanos() && kernel.now() < to;
    storeOperations += settled ? 1 : 0;
  }

  private Handler<StreamRecord> watched(Handler<StreamRecord> handler) {
    Map<String, Integer> failures = new HashMap<>();
    return (key, records) -> {
      Outcome outcome = handler.handle(key, records);
      if (outcome instanceof Outcome.Retry
          && order.plant() == OutagePlant.SPEND_BUDGET
          && failures.merge(key, 1, Integer::sum) >= GIVEN_UP_AFTER) {
        outcome = new Outcome.Parked("it failed too often");
      }
      if (outcome instanceof Outcome.Parked) {
        parked++;
      }
      return outcome;
    };
  }

  private void verify(EntryId id, Collection<Place> places) {
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

  private OutageResult judge(Duration caughtUp) {
    int lost = 0;
    int stale = 0;
    boolean stuck = caughtUp.isNegative();
    List<String> wrongs = new ArrayList<>(books.wrongs());
    for (History history : histories.values()) {
      List<SecondService.Timesheet> live = books.live(history.id().value());
      if (live.isEmpty()) {
        lost++;
        wrongs.add("entry %s at rest: no timesheet".formatted(history.id()));
      } else if (Books.numberOf(live.getFirst()) != history.last().n()) {
        stale++;
        wrongs.add(
            "entry %s at rest: n%d wanted, %s is there"
                .formatted(history.id(), history.last().n(), live.getFirst()));
      }
    }
    for (Map.Entry<EntryId, EntryRow> row : rows.rows().entrySet()) {
      if (row.getValue().lane() != EntryRow.Lane.STREAM) {
        wrongs.add("entry %s is parked: %s".formatted(row.getKey(), row.getValue()));
        parked++;
      }
    }
    if (parked > 0) {
      wrongs.add(parked + " events were parked in an outage");
    }
    if (stuck) {
      wrongs.add("it did not come to rest");
    }
    Figures figures = figures(caughtUp);
    wrongs.addAll(judge(figures));
    return new OutageResult(
        seed,
        down,
        lost,
        books.doubled(),
        stale,
        books.outOfOrder(),
        parked,
        stuck,
        figures,
        wrongs);
  }

  private Figures figures(Duration caughtUp) {
    long minute = to + Duration.ofMinutes(1).toNanos();
    List<Long> after = starts.stream().filter(at -> at >= to && at < minute).toList();
    int most = 0;
    int begin = 0;
    for (int i = 0; i < after.size(); i++) {
      while (after.get(i) - after.get(begin) >= A_SECOND) {
        begin++;
      }
      most = Math.max(most, i - begin + 1);
    }
    long tenth = after.isEmpty() ? 0 : after.getFirst() + Duration.ofSeconds(10).toNanos();
    int firstTen = (int) after.stream().filter(at -> at < tenth).count();
    return new Figures(
        starts.stream().filter(at -> at >= from && at < to).count(),
        storeOperations / settledSeconds(),
        most,
        firstTen,
        caughtUp);
  }

  private double settledSeconds() {
    return (to - from - SETTLED.toNanos()) / 1e9;
  }

  private List<String> judge(Figures figures) {
    int limit = settings.secondService().gate().callsPerSecond();
    List<String> wrongs = new ArrayList<>();
    if (figures.mostPerSecond() > limit) {
      wrongs.add(
          "%d calls in one second, %d are allowed".formatted(figures.mostPerSecond(), limit));
    }
    if (figures.firstTenSeconds() > 10 * limit * CLEARLY_BELOW) {
      wrongs.add(
          "%d calls in the first ten seconds after the outage: no ramp"
              .formatted(figures.firstTenSeconds()));
    }
    double most = MOST_STORE_OPERATIONS * WORKERS + STORE_OPERATIONS_OF_A_START / settledSeconds();
    if (figures.storePerSecond() > most) {
      wrongs.add(
          "%.1f operations on rows per second of the outage: a herd"
              .formatted(figures.storePerSecond()));
    }
    return wrongs;
  }
}
