package io.timebridge.bench;

import io.timebridge.bench.measure.RunResult;
import io.timebridge.bench.measure.Statistics;
import io.timebridge.bench.process.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What came out, for people and for scripts: per system the medians of its forks. */
final class LanesReport {
  private static final String ROW = "%-11s %-8s %10s %10s %7s %9s %9s %5s %8s %8s %6s %6s";

  private final LanesOrder order;
  private final Map<String, List<RunResult>> bySystem;

  LanesReport(LanesOrder order, List<RunResult> results) {
    this.order = order;
    this.bySystem =
        results.stream()
            .collect(
                Collectors.groupingBy(RunResult::system, LinkedHashMap::new, Collectors.toList()));
  }

  /** Whether no run saw an order violated. */
  boolean inOrder() {
    return bySystem.values().stream()
        .flatMap(List::stream)
        .allMatch(result -> result.orderViolations() == 0);
  }

  /** A table, and below it what DynamoDB was asked. */
  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "latency %d ms, concurrency %d, keys %d, shards %d, hot key %d %%%s, %d s, median of %d"
            .formatted(
                order.latency().toMillis(),
                order.concurrency(),
                order.keys(),
                order.shards(),
                order.hotKeyPercent(),
                order.fold() ? " (folded)" : "",
                order.seconds(),
                order.forks()));
    lines.add(
        ROW.formatted(
            "system",
            "feed",
            "rate/s",
            "others/s",
            "effic.",
            "p50 ms",
            "p99 ms",
            "viol.",
            "folded",
            "heap MiB",
            "cores",
            "load"));
    bySystem.forEach((system, forks) -> lines.add(row(system, forks)));
    bySystem.forEach((system, forks) -> {
      Map<String, Long> calls = calls(forks);
      if (!calls.isEmpty()) {
        lines.add(
            "%s asked DynamoDB %s times per second, %s per record: %s"
                .formatted(
                    system, number(perSecond(forks), 1), number(perRecord(forks), 5), calls));
      }
    });
    return lines;
  }

  private String row(String system, List<RunResult> forks) {
    return ROW.formatted(
        system,
        forks.getFirst().feed(),
        number(median(forks, RunResult::rate), 1),
        number(median(forks, RunResult::otherKeysRate), 1),
        number(efficiency(forks), 4),
        number(median(forks, RunResult::p50Ms), 2),
        number(median(forks, RunResult::p99Ms), 2),
        sum(forks, RunResult::orderViolations),
        number(median(forks, RunResult::foldedRecords), 0),
        number(median(forks, RunResult::peakHeapMiB), 1),
        number(median(forks, RunResult::cpuCores), 2),
        number(median(forks, RunResult::loadAverage), 1));
  }

  /** One line: {@code {"runs":[...]}}. */
  String json() {
    List<Map<String, Object>> runs = new ArrayList<>();
    bySystem.forEach((system, forks) -> runs.add(run(system, forks)));
    return Json.line(Map.of("runs", runs));
  }

  private Map<String, Object> run(String system, List<RunResult> forks) {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("system", system);
    run.put("feed", forks.getFirst().feed());
    run.put("latencyMs", order.latency().toMillis());
    run.put("concurrency", order.concurrency());
    run.put("keys", order.keys());
    run.put("shards", order.shards());
    run.put("hotKeyPercent", order.hotKeyPercent());
    run.put("fold", order.fold() && system.equals("timebridge"));
    run.put("forks", forks.size());
    run.put("rate", rounded(median(forks, RunResult::rate), 1));
    run.put("otherKeysRate", rounded(median(forks, RunResult::otherKeysRate), 1));
    run.put("efficiency", rounded(efficiency(forks), 4));
    run.put("p50Ms", rounded(median(forks, RunResult::p50Ms), 3));
    run.put("p99Ms", rounded(median(forks, RunResult::p99Ms), 3));
    run.put("orderViolations", sum(forks, RunResult::orderViolations));
    run.put("duplicates", sum(forks, RunResult::duplicates));
    run.put("foldedRecords", Math.round(median(forks, RunResult::foldedRecords)));
    run.put("peakHeapMiB", rounded(median(forks, RunResult::peakHeapMiB), 1));
    run.put("cpuCores", rounded(median(forks, RunResult::cpuCores), 2));
    run.put("loadAverage", rounded(median(forks, RunResult::loadAverage), 1));
    run.put("ranOut", forks.stream().anyMatch(RunResult::ranOut));
    run.put("dynamoDbCalls", calls(forks));
    run.put("dynamoDbCallsPerSecond", rounded(perSecond(forks), 2));
    run.put("dynamoDbCallsPerRecord", rounded(perRecord(forks), 6));
    run.put("perFork", forks);
    return run;
  }

  private double efficiency(List<RunResult> forks) {
    return Statistics.efficiency(
        median(forks, RunResult::rate), order.concurrency(), order.keys(), order.latency());
  }

  private static double median(List<RunResult> forks, ToDoubleFunction<RunResult> value) {
    return Statistics.median(forks.stream().mapToDouble(value).boxed().toList());
  }

  private static long sum(List<RunResult> forks, ToLongFunction<RunResult> value) {
    return forks.stream().mapToLong(value).sum();
  }

  private static Map<String, Long> calls(List<RunResult> forks) {
    Map<String, Long> calls = new TreeMap<>();
    forks.forEach(
        fork -> fork.dynamoDbCalls().forEach((call, count) -> calls.merge(call, count, Long::sum)));
    return calls;
  }

  private static double perRecord(List<RunResult> forks) {
    return allCalls(forks) / forks.stream().mapToDouble(RunResult::records).sum();
  }

  private static double perSecond(List<RunResult> forks) {
    return allCalls(forks) / forks.stream().mapToDouble(RunResult::windowSeconds).sum();
  }

  private static double allCalls(List<RunResult> forks) {
    return calls(forks).values().stream().mapToDouble(Long::doubleValue).sum();
  }

  private static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** Of no records there is no percentile, and no share; neither has a number in JSON. */
  private static @Nullable Double rounded(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return null;
    }
    double power = Math.pow(10, decimals);
    return Math.round(value * power) / power;
  }
}
