package io.timebridge.bench.takeover;

import io.timebridge.bench.process.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What came out, for people and for scripts. */
final class TakeoverReport {
  private final TakeoverOrder order;
  private final List<RunFigures> runs;

  TakeoverReport(TakeoverOrder order, List<RunFigures> runs) {
    this.order = order;
    this.runs = List.copyOf(runs);
  }

  /** Whether every promise held in every run. */
  boolean held() {
    return broken().isEmpty();
  }

  /** What did not hold, for people. */
  List<String> broken() {
    return runs.stream()
        .flatMap(run -> run.broken().stream().map(what -> "seed " + run.seed() + ": " + what))
        .toList();
  }

  List<String> summary() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%d records a run at %d/s, %d keys, latency %d ms, concurrency %d, %d shards%s"
            .formatted(
                order.records(),
                order.rate(),
                order.keys(),
                order.latency().toMillis(),
                order.concurrency(),
                order.shards(),
                order.plant() == Plant.NONE ? "" : ", planted: " + order.plant().text()));
    runs.forEach(run -> lines.add(line(run)));
    broken().forEach(what -> lines.add("DID NOT HOLD: " + what));
    return lines;
  }

  private static String line(RunFigures run) {
    return String.format(
        Locale.ROOT,
        "seed %d: carried out %d, lost %d, order violations %d, doubled %d; redelivered %d (recognised %d, reads at most %d), refused %d; %d shards taken over within %.1f s (leases %.1f s)",
        run.seed(),
        run.verdict().carriedOut(),
        run.verdict().lost(),
        run.verdict().orderViolations(),
        run.verdict().doubled(),
        run.redeliveries().records(),
        run.redeliveries().recognised(),
        run.redeliveries().mostReads(),
        run.redeliveries().refused(),
        run.shardsTaken(),
        run.takeoverSeconds(),
        run.leasesTakenSeconds());
  }

  /** One line; sums and maxima of the runs first, then each of them. */
  String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bench", "takeover");
    json.put("held", held());
    json.put("records", order.records());
    json.put("keys", order.keys());
    json.put("latencyMs", order.latency().toMillis());
    json.put("concurrency", order.concurrency());
    json.put("shards", order.shards());
    json.put("rate", order.rate());
    json.put("plant", order.plant().text());
    json.put("lost", sum(run -> run.verdict().lost()));
    json.put("orderViolations", sum(run -> run.verdict().orderViolations()));
    json.put("doubled", sum(run -> run.verdict().doubled()));
    json.put("redelivered", sum(run -> run.redeliveries().records()));
    json.put("recognised", sum(run -> run.redeliveries().recognised()));
    json.put(
        "mostReadsPerRedelivery",
        runs.stream().mapToInt(run -> run.redeliveries().mostReads()).max().orElse(0));
    json.put("refused", sum(run -> run.redeliveries().refused()));
    json.put(
        "takeoverSecondsMax",
        runs.stream().mapToDouble(RunFigures::takeoverSeconds).max().orElse(0));
    json.put("runs", runs.stream().map(TakeoverReport::run).toList());
    return Json.line(json);
  }

  private long sum(ToLongFunction<RunFigures> value) {
    return runs.stream().mapToLong(value).sum();
  }

  private static Map<String, Object> run(RunFigures run) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seed", run.seed());
    json.put("carriedOut", run.verdict().carriedOut());
    json.put("lost", run.verdict().lost());
    json.put("orderViolations", run.verdict().orderViolations());
    json.put("doubled", run.verdict().doubled());
    json.put("strangers", run.verdict().strangers());
    json.put("redelivered", run.redeliveries().records());
    json.put("recognised", run.redeliveries().recognised());
    json.put("mostReadsPerRedelivery", run.redeliveries().mostReads());
    json.put("refused", run.redeliveries().refused());
    json.put("shardsTaken", run.shardsTaken());
    json.put("leasesTakenSeconds", run.leasesTakenSeconds());
    json.put("firstRecordSeconds", run.firstRecordSeconds());
    json.put("replacementSeconds", run.replacementSeconds());
    json.put("carriedOutBy", new TreeMap<>(run.carriedOutBy()));
    json.put("events", run.events());
    json.put("broken", run.broken());
    return json;
  }
}
