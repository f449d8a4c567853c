package io.timebridge.bench.parking;

import io.timebridge.bench.process.Json;
import io.timebridge.bench.scenario.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came out, for people and for scripts. */
final class BehindReport {
  private final BehindFigures figures;

  BehindReport(BehindFigures figures) {
    this.figures = figures;
  }

  List<String> broken() {
    return figures.broken();
  }

  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d events behind one key, a deletion among every %d; worker with -Xmx%dm",
            figures.order().events(),
            BehindOrder.DELETION_EVERY,
            figures.order().heap() >> 20));
    lines.add(
        String.format(
            Locale.ROOT,
            "drained in %.1f s, %.0f events/s, with %d changes at SecondService; order violations %d, timesheets left %d",
            figures.seconds(),
            rate(),
            figures.verdict().effects(),
            figures.verdict().violations(),
            figures.verdict().timesheets()));
    lines.add(flow("other keys before", figures.alone()));
    lines.add(flow("other keys meanwhile", figures.during()));
    lines.add(
        String.format(
            Locale.ROOT,
            "heap: at most %.1f MiB right after a garbage collection",
            Numbers.mib(figures.heapBytes())));
    broken().forEach(what -> lines.add("DID NOT HOLD: " + what));
    return lines;
  }

  private static String flow(String name, Behind.Others.Flow flow) {
    return String.format(
        Locale.ROOT,
        "%s: %d of %d edits done in %.1f s; p50 %.0f ms, p99 %.0f ms from edit to timesheet",
        name,
        flow.done(),
        flow.edits(),
        flow.seconds(),
        flow.p50Ms(),
        flow.p99Ms());
  }

  private double rate() {
    return figures.order().events() / Math.max(1e-3, figures.seconds());
  }

  String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bench", "parking-behind");
    json.put("held", broken().isEmpty());
    json.put("events", figures.order().events());
    json.put("heapMiB", figures.order().heap() >> 20);
    json.put("drainSeconds", Numbers.rounded(figures.seconds(), 1));
    json.put("rate", Numbers.rounded(rate(), 1));
    json.put("verdict", figures.verdict());
    json.put("othersBefore", figures.alone());
    json.put("othersMeanwhile", figures.during());
    json.put("peakHeapAfterGcMiB", Numbers.mib(figures.heapBytes()));
    json.put("broken", broken());
    return Json.line(json);
  }
}
