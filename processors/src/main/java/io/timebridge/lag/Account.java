package io.timebridge.lag;

import io.timebridge.lag.Judge.Evidence;
import io.timebridge.lag.Judge.Verdict;
import io.timebridge.lag.Lineage.Stage;
import io.timebridge.lag.ShardLine.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Puts together what was seen of an application: its leases, its stream, and what its workers say.
 * Used by one thread.
 */
public final class Account {
  private static final Duration PER_SECOND = Duration.ofSeconds(1);

  private final Duration late;
  private final Map<String, History> histories = new HashMap<>();

  /**
   * @param checkpointEvery the workers' setting: a checkpoint may be late by twice as much, and by
   *     a second
   */
  public Account(Duration checkpointEvery) {
    this.late = checkpointEvery.multipliedBy(2).plusSeconds(1);
  }

  /**
   * What was seen of an application.
   *
   * @param app its name in {@code worker.apps}
   * @param stages of its shards
   * @param leases by shard
   * @param backlogs by shard; of shards that are not done
   */
  public record Seen(
      String app,
      String application,
      String stream,
      Map<String, Stage> stages,
      Map<String, Lease> leases,
      Map<String, Backlog> backlogs,
      LeaseSights sights) {}

  /** The report of what was seen. */
  public LagReport report(
      Instant at, List<Seen> applications, List<ProcessStatus> processes, Parked parked) {
    List<ApplicationLag> lags = new ArrayList<>();
    for (Seen seen : applications) {
      lags.add(application(at, seen, processes));
    }
    return new LagReport(
        at,
        lags,
        processes.stream()
            .sorted(Comparator.comparing(ProcessStatus::startedAt).reversed())
            .map(p -> ProcessLine.of(p, at))
            .toList(),
        parked);
  }

  private ApplicationLag application(Instant at, Seen seen, List<ProcessStatus> processes) {
    Map<String, ProcessStatus> byWorker =
        processes.stream().collect(Collectors.toMap(ProcessStatus::worker, p -> p, (a, b) -> a));
    List<ShardLine> lines = new ArrayList<>();
    seen.stages()
        .forEach((shard, stage) -> {
          Optional<Lease> lease = Optional.ofNullable(seen.leases().get(shard));
          Optional<ProcessStatus> process =
              lease.flatMap(Lease::owner).map(owner -> byWorker.get(owner));
          lines.add(
              stage == Stage.DONE
                  ? closed(shard, lease)
                  : new Line(at, seen, shard, stage, lease, process).line());
        });
    Latency latency =
        Latency.sum(
            processes.stream()
                .filter(process -> process.isAlive(at))
                .map(p -> p.latencies().getOrDefault(seen.application(), Latency.NONE))
                .toList());
    return new ApplicationLag(seen.app(), seen.application(), seen.stream(), latency, lines);
  }

  private static ShardLine closed(String shard, Optional<Lease> lease) {
    return new ShardLine(
        shard,
        State.CLOSED,
        "all of it is finished; KCL deletes its lease by itself",
        lease.flatMap(Lease::owner),
        Optional.empty(),
        0,
        lease.map(Lease::checkpoint),
        Optional.empty(),
        Optional.of(Figure.measured(Duration.ZERO)),
        Optional.of(Figure.measured(0L)),
        OptionalDouble.of(0),
        OptionalDouble.of(0),
        new Drain.Nothing(),
        Optional.empty(),
        "");
  }

  /** One shard that is not done. */
  private final class Line {
    private final Instant at;
    private final Seen seen;
    private final String shard;
    private final Stage stage;
    private final Optional<Lease> lease;
    private final Optional<ProcessStatus> process;
    private final boolean owned;

    /** What the shard's living owner says of it. */
    private final Optional<ShardStatus> told;

    private final Backlog backlog;

    Line(
        Instant at,
        Seen seen,
        String shard,
        Stage stage,
        Optional<Lease> lease,
        Optional<ProcessStatus> process) {
      this.at = at;
      this.seen = seen;
      this.shard = shard;
      this.stage = stage;
      this.lease = lease;
      this.process = process;
      this.owned = seen.sights().isOwned(shard);
      this.told =
          process.filter(p -> owned && p.isAlive(at)).flatMap(p -> status(p, seen.application()));
      this.backlog =
          Optional.ofNullable(seen.backlogs().get(shard)).orElseGet(() -> Backlog.unseen(at, ""));
    }

    private Optional<ShardStatus> status(ProcessStatus of, String application) {
      return of.applications().getOrDefault(application, List.of()).stream()
          .filter(s -> s.shard().equals(shard))
          .findFirst();
    }

    ShardLine line() {
      Optional<Figure<Duration>> behind = backlog.behind().or(this::toldBehind);
      Optional<Figure<Long>> records = backlog.records().or(this::toldRecords);
      Optional<Instant> last = lastArrival();
      OptionalDouble in = in(last);
      OptionalDouble out = out();
      Verdict verdict = verdict(behind, last);
      return new ShardLine(
          shard,
          verdict.state(),
          verdict.why(),
          lease.flatMap(Lease::owner),
          lease.flatMap(Lease::owner).map(owner -> leaseAge()),
          lease.map(Lease::switches).orElse(0L),
          lease.map(Lease::checkpoint),
          last,
          behind,
          records,
          in,
          out,
          drain(records, in, out),
          told.map(t -> new Work(t.inFlight(), t.held(), t.oldest())),
          behind.isEmpty() ? backlog.note() : backlog.trouble());
    }

    /** Where the stream did not say: as of the worker's last word. */
    private Optional<Figure<Duration>> toldBehind() {
      return told.filter(t -> !t.window().isEmpty())
          .map(t -> t.window().getLast())
          .map(s ->
              Figure.estimated(
                  s.isBehind()
                      ? s.behind().plus(notNegative(Duration.between(s.at(), at)))
                      : Duration.ZERO));
    }

    /** Where the stream did not say: none, or at least what the worker holds. */
    private Optional<Figure<Long>> toldRecords() {
      if (told.isEmpty() || told.get().window().isEmpty()) {
        return Optional.empty();
      }
      ShardStatus its = told.get();
      if (!its.window().getLast().isBehind()) {
        return Optional.of(Figure.measured(0L));
      }
      return its.held() == 0 ? Optional.empty() : Optional.of(Figure.atLeast((long) its.held()));
    }

    private Optional<Instant> lastArrival() {
      Optional<Instant> its = told.flatMap(ShardStatus::lastArrival);
      return backlog
          .last()
          .map(seenLast -> its.filter(t -> t.isAfter(seenLast)).orElse(seenLast))
          .or(() -> its);
    }

    private boolean isQuiet(Optional<Instant> last) {
      return last.map(l -> Duration.between(l, at).compareTo(Backlog.RATE_OVER) > 0).orElse(true);
    }

    private OptionalDouble in(Optional<Instant> last) {
      if (backlog.in().isPresent()) {
        return backlog.in();
      }
      if (last.isPresent() && isQuiet(last)) {
        return OptionalDouble.of(0);
      }
      return rate(Sample::taken);
    }

    private OptionalDouble out() {
      return owned ? rate(Sample::finished) : OptionalDouble.of(0);
    }

    private OptionalDouble rate(ToLongFunction<Sample> count) {
      List<Sample> window = told.map(ShardStatus::window).orElse(List.of());
      if (window.size() < 2) {
        return OptionalDouble.empty();
      }
      Sample first = window.getFirst();
      Sample latest = window.getLast();
      double seconds =
          (double) Duration.between(first.at(), latest.at()).toMillis() / PER_SECOND.toMillis();
      return seconds <= 0
          ? OptionalDouble.empty()
          : OptionalDouble.of((count.applyAsLong(latest) - count.applyAsLong(first)) / seconds);
    }

    private Verdict verdict(Optional<Figure<Duration>> behind, Optional<Instant> last) {
      List<Sample> own =
          behind.map(b -> history().add(shard, at, b.value(), checkpoint())).orElse(List.of());
      if (stage == Stage.WAITS) {
        return new Verdict(State.WAITING, "waits for the shard that it was made of");
      }
      if (!owned) {
        return new Verdict(State.NO_OWNER, whyUnowned());
      }
      List<Sample> window = told.map(ShardStatus::window).orElse(own);
      Verdict verdict =
          Judge.judge(
              new Evidence(
                  at,
                  behind.map(Figure::value),
                  window,
                  isQuiet(last),
                  late,
                  told.isEmpty(),
                  told.flatMap(ShardStatus::oldest)));
      return verdict.state().severity() > 0
          ? new Verdict(verdict.state(), verdict.why() + circuits())
          : verdict;
    }

    private History history() {
      return histories.computeIfAbsent(seen.application(), a -> new History(late));
    }

    private String checkpoint() {
      return lease.map(Lease::checkpoint).orElse("");
    }

    private String whyUnowned() {
      if (lease.isEmpty()) {
        return "no worker has ever taken it";
      }
      return lease.get().owner().isEmpty()
          ? "given back, and no worker takes it"
          : "its worker has not renewed the lease for %s%s"
              .formatted(leaseAge().isAtLeast() ? "at least " : "", Words.time(leaseAge().value()));
    }

    /** A dead worker may have said later than this process began to look that it lives. */
    private Figure<Duration> leaseAge() {
      Figure<Duration> age = seen.sights().age(shard);
      if (owned || age.isMeasured()) {
        return age;
      }
      Duration silent = process.map(p -> Duration.between(p.at(), at)).orElse(Duration.ZERO);
      return age.map(a -> a.compareTo(silent) < 0 ? silent : a);
    }

    /** Of the worker that has the shard, the services that it does not call at present. */
    private String circuits() {
      return process
          .map(p ->
              p.circuits().stream()
                  .filter(c -> c.position() != CircuitStatus.Position.CLOSED)
                  .map(c -> "; the circuit of " + c.service() + " is not closed")
                  .collect(Collectors.joining()))
          .orElse("");
    }

    private Drain drain(Optional<Figure<Long>> records, OptionalDouble in, OptionalDouble out) {
      if (records.map(r -> r.value() == 0 && r.isMeasured()).orElse(false)) {
        return new Drain.Nothing();
      }
      if (out.isPresent() && out.getAsDouble() == 0) {
        return new Drain.Never();
      }
      if (records.isEmpty() || in.isEmpty() || out.isEmpty()) {
        return new Drain.Unknown();
      }
      double net = out.getAsDouble() - in.getAsDouble();
      if (net <= 0) {
        return new Drain.Never();
      }
      return records.get().isAtLeast()
          ? new Drain.Unknown()
          : new Drain.Within(Duration.ofMillis(Math.round(records.get().value() * 1000 / net)));
    }
  }

  private static Duration notNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
