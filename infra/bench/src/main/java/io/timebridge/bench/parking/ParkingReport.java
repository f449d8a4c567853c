package io.timebridge.bench.parking;

import io.timebridge.bench.measure.Statistics;
import io.timebridge.bench.process.Json;
import io.timebridge.bench.scenario.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** What came out, for people and for scripts: medians over the forks. */
final class ParkingReport {
  /** What good keys keep of their rate. */
  private static final double KEPT = 0.95;

  private static final String ROW = "%-18s %10s %10s %8s %8s %8s %7s %6s %6s %6s";

  private final ParkingOrder order;
  private final List<ArmResult> results;

  ParkingReport(ParkingOrder order, List<ArmResult> results) {
    this.order = order;
    this.results = List.copyOf(results);
  }

  /** The promises that were not kept, for people; empty = all held. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    if (ratio() < KEPT) {
      broken.add(String.format(Locale.ROOT, "good keys keep %.3f of their rate", ratio()));
    }
    long applied = sum(true, ArmResult::applied);
    if (applied != 0) {
      broken.add(applied + " events of bad keys were applied");
    }
    if (sum(true, ArmResult::parked) == 0 || sum(true, ArmResult::tries) == 0) {
      broken.add("nothing was parked and tried again: nothing was proven");
    }
    return broken;
  }

  private double ratio() {
    return median(true, ArmResult::rate) / median(false, ArmResult::rate);
  }

  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%d good keys, %d bad ones; store %d ms, services %d ms, concurrency %d, %d s, median of %d"
            .formatted(
                order.goodKeys(),
                order.badKeys(),
                order.store().toMillis(),
                order.service().toMillis(),
                order.concurrency(),
                order.seconds(),
                order.forks()));
    lines.add(
        ROW.formatted(
            "", "rate/s", "calm/s", "p50 ms", "p99 ms", "parked", "tries", "dead", "cores",
            "load"));
    lines.add(row("without bad keys", false));
    lines.add(row("with bad keys", true));
    lines.add(String.format(Locale.ROOT, "good keys keep %.3f of their rate", ratio()));
    broken().forEach(what -> lines.add("DID NOT HOLD: " + what));
    return lines;
  }

  private String row(String name, boolean bad) {
    return ROW.formatted(
        name,
        number(median(bad, ArmResult::rate)),
        number(median(bad, ArmResult::calmRate)),
        number(median(bad, ArmResult::p50Ms)),
        number(median(bad, ArmResult::p99Ms)),
        sum(bad, ArmResult::parked),
        sum(bad, ArmResult::tries),
        sum(bad, ArmResult::dead),
        number(median(bad, ArmResult::cpuCores)),
        number(median(bad, ArmResult::loadAverage)));
  }

  String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bench", "parking");
    json.put("held", broken().isEmpty());
    json.put("goodKeys", order.goodKeys());
    json.put("badKeys", order.badKeys());
    json.put("storeMs", order.store().toMillis());
    json.put("serviceMs", order.service().toMillis());
    json.put("concurrency", order.concurrency());
    json.put("forks", order.forks());
    json.put("ratio", Numbers.rounded(ratio(), 4));
    json.put("idealRate", Numbers.rounded(order.idealRate(), 1));
    json.put("rateWithout", Numbers.rounded(median(false, ArmResult::rate), 1));
    json.put("rateWith", Numbers.rounded(median(true, ArmResult::rate), 1));
    json.put("p99MsWithout", Numbers.rounded(median(false, ArmResult::p99Ms), 2));
    json.put("p99MsWith", Numbers.rounded(median(true, ArmResult::p99Ms), 2));
    json.put("broken", broken());
    json.put("perFork", results);
    return Json.line(json);
  }

  private double median(boolean bad, ToDoubleFunction<ArmResult> value) {
    return Statistics.median(
        results.stream().filter(r -> r.bad() == bad).mapToDouble(value).boxed().toList());
  }

  private long sum(boolean bad, ToLongFunction<ArmResult> value) {
    return results.stream().filter(r -> r.bad() == bad).mapToLong(value).sum();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
