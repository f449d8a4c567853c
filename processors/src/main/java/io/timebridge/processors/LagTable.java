package io.timebridge.processors;

import io.timebridge.lag.ApplicationLag;
import io.timebridge.lag.CircuitStatus;
import io.timebridge.lag.Drain;
import io.timebridge.lag.Figure;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.Latency;
import io.timebridge.lag.OldestKey;
import io.timebridge.lag.Parked;
import io.timebridge.lag.ProcessLine;
import io.timebridge.lag.ShardLine;
import io.timebridge.lag.ShardLine.Work;
import io.timebridge.lag.State;
import io.timebridge.lag.Words;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A report as text: a table for each application, then processes and what is parked. */
final class LagTable {
  private static final String NONE = "-";

  /** Last digits of a sequence number, which tell two of a shard from each other. */
  private static final int DIGITS = 10;

  private static final int LONGEST_KEY = 24;

  private final PrintWriter out;
  private final LagReport report;

  private LagTable(PrintWriter out, LagReport report) {
    this.out = out;
    this.report = report;
  }

  static void print(PrintWriter out, LagReport report) {
    new LagTable(out, report).print();
  }

  private void print() {
    for (ApplicationLag application : report.applications()) {
      print(application);
      out.println();
    }
    printProcesses();
    printParked(report.parked());
  }

  private void print(ApplicationLag application) {
    out.printf(
        "%s (stream %s): %s%s%n",
        application.app(),
        application.stream(),
        word(application.state()),
        application.behind().filter(b -> !b.value().isZero()).map(this::sum).orElse("")
            + records(application));
    latency(application.latency()).ifPresent(text -> out.println("  " + text));
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "SHARD",
            "STATE",
            "BEHIND",
            "RECORDS",
            "IN/S",
            "OUT/S",
            "DRAIN",
            "FLIGHT",
            "HELD",
            "OLDEST KEY",
            "FOR",
            "LAST ARRIVAL",
            "OWNER",
            "LEASE",
            "CHECKPOINT"));
    application.shards().forEach(shard -> rows.add(row(shard)));
    printAligned(rows);
    for (ShardLine shard : application.shards()) {
      out.printf(
          "  %s: %s%s%n",
          shard.shard(),
          Shown.line(shard.why()),
          shard.note().isEmpty() ? "" : " (" + Shown.line(shard.note()) + ")");
    }
  }

  private static Optional<String> latency(Latency latency) {
    return latency
        .within(0.5)
        .flatMap(half ->
            latency
                .within(0.99)
                .map(most ->
                    "from arrival to effect: half within %s, 99 %% within %s (last minute, %d events)"
                        .formatted(Words.time(half), Words.time(most), latency.events())));
  }

  private String sum(Figure<Duration> behind) {
    return ", " + time(behind) + " behind";
  }

  private static String records(ApplicationLag application) {
    Figure<Long> records = application.records();
    boolean some = records.value() > 0 || records.kind() == Figure.Kind.ESTIMATED;
    return some ? ", " + number(records) + " records" : "";
  }

  private List<String> row(ShardLine shard) {
    Optional<Work> work = shard.work();
    Optional<OldestKey> oldest = work.flatMap(Work::oldest);
    return List.of(
        shard.shard(),
        word(shard.state()),
        shard.behind().map(LagTable::time).orElse(NONE),
        shard.records().map(LagTable::number).orElse(NONE),
        rate(shard.in()),
        rate(shard.out()),
        drain(shard.drain()),
        work.map(w -> Integer.toString(w.inFlight())).orElse(NONE),
        work.map(w -> Integer.toString(w.held())).orElse(NONE),
        oldest.map(o -> cut(Shown.line(o.key()))).orElse(NONE),
        oldest.map(o -> since(o.since())).orElse(NONE),
        shard.lastArrival().map(l -> since(l) + " ago").orElse(NONE),
        shard.owner().map(Shown::line).orElse(NONE),
        shard.leaseAge().map(a -> a.sign() + Words.time(a.value())).orElse(NONE),
        shard.checkpoint().map(LagTable::end).orElse(NONE));
  }

  private String since(Instant time) {
    Duration since = Duration.between(time, report.at());
    return Words.time(since.isNegative() ? Duration.ZERO : since);
  }

  static String word(State state) {
    return state.name().replace('_', ' ');
  }

  private static String time(Figure<Duration> time) {
    return time.sign() + (time.value().isZero() ? "0" : Words.time(time.value()));
  }

  private static String number(Figure<Long> number) {
    return number.sign() + number.value();
  }

  private static String rate(OptionalDouble rate) {
    return rate.isEmpty()
        ? NONE
        : String.format(Locale.ROOT, rate.getAsDouble() < 10 ? "%.1f" : "%.0f", rate.getAsDouble());
  }

  private static String drain(Drain drain) {
    return switch (drain) {
      case Drain.Nothing nothing -> "0";
      case Drain.Within(Duration time) -> Words.time(time);
      case Drain.Never never -> "never";
      case Drain.Unknown unknown -> NONE;
    };
  }

  private static String cut(String key) {
    return key.length() <= LONGEST_KEY ? key : key.substring(0, LONGEST_KEY - 1) + "…";
  }

  private static String end(String checkpoint) {
    boolean number = !checkpoint.isEmpty() && checkpoint.chars().allMatch(Character::isDigit);
    return number && checkpoint.length() > DIGITS
        ? "…" + checkpoint.substring(checkpoint.length() - DIGITS)
        : checkpoint;
  }

  private void printProcesses() {
    if (report.processes().isEmpty()) {
      out.println("processes: none tells of itself");
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("PROCESS", "STATE", "SEEN", "UP", "SHARDS", "VERSION", "CIRCUITS"));
    for (ProcessLine process : report.processes()) {
      rows.add(
          List.of(
              Shown.line(process.worker()),
              process.alive() ? "alive" : "dead",
              since(process.seenAt()) + " ago",
              Words.time(Duration.between(process.startedAt(), process.seenAt()).abs()),
              Integer.toString(process.shards()),
              Shown.line(process.version()),
              process.circuits().isEmpty()
                  ? NONE
                  : process.circuits().stream()
                      .map(this::circuit)
                      .collect(Collectors.joining(", "))));
    }
    printAligned(rows);
  }

  private String circuit(CircuitStatus circuit) {
    return "%s %s for %s"
        .formatted(
            Shown.line(circuit.service()),
            Shown.word(circuit.position()).replace('_', '-'),
            since(circuit.since()));
  }

  private void printParked(Parked parked) {
    if (parked.keys() == 0) {
      out.println("parked: nothing");
      return;
    }
    out.printf(
        "parked: %s%d keys with %d records, %d of them dead, the oldest for %s; see `./timebridge dlq list`%n",
        parked.more() ? "at least " : "",
        parked.keys(),
        parked.records(),
        parked.dead(),
        parked.oldest().map(this::since).orElse(NONE));
  }

  private void printAligned(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
