package io.timebridge.bench.backlog;

import io.timebridge.bench.process.Json;
import io.timebridge.bench.scenario.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came out, for people and for scripts. */
final class BacklogReport {
  private final BacklogFigures figures;

  BacklogReport(BacklogFigures figures) {
    this.figures = figures;
  }

  /** Whether every promise held. */
  boolean held() {
    return figures.broken().isEmpty();
  }

  List<String> broken() {
    return figures.broken();
  }

  List<String> summary() {
    BacklogOrder order = figures.order();
    Peaks.Seen peaks = figures.drained().peaks();
    List<String> lines = new ArrayList<>();
    lines.add(
        "%d records of %d bytes, %d keys, %d shards, concurrency %d; worker with -Xmx%dm"
            .formatted(
                order.records(),
                order.bytes(),
                order.keys(),
                order.shards(),
                order.concurrency(),
                order.heap() >> 20));
    lines.add(
        "stalled for %d s: %d finished, %d checkpoints; at most %d records held, %.1f MiB of payload"
            .formatted(
                order.stall().toSeconds(),
                figures.stalled().judge().finished(),
                figures.stalled().checkpoints(),
                figures.stalled().peaks().held(),
                Numbers.mib(figures.stalled().peaks().heldBytes())));
    lines.add(
        String.format(
            Locale.ROOT,
            "drained in %.1f s, %.0f records/s: lost %d, order violations %d, handled again %d",
            figures.drained().seconds(),
            figures.rate(),
            figures.lost(),
            figures.drained().judge().violations(),
            figures.drained().judge().again()));
    lines.add(
        String.format(
            Locale.ROOT,
            "heap: at most %.1f MiB in use, %.1f MiB right after a garbage collection, %.1f MiB after one of the whole heap at the end of the stall",
            Numbers.mib(peaks.heapBytes()),
            Numbers.mib(peaks.afterGcBytes()),
            Numbers.mib(figures.stalled().peaks().liveBytes())));
    broken().forEach(what -> lines.add("DID NOT HOLD: " + what));
    return lines;
  }

  String json() {
    BacklogOrder order = figures.order();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bench", "backlog");
    json.put("held", held());
    json.put("records", order.records());
    json.put("keys", order.keys());
    json.put("bytes", order.bytes());
    json.put("heapMiB", order.heap() >> 20);
    json.put("shards", order.shards());
    json.put("concurrency", order.concurrency());
    json.put("stallSeconds", order.stall().toMillis() / 1000.0);
    json.put("latencyMs", order.latency().toMillis());
    json.put("fillSeconds", Numbers.rounded(figures.fillSeconds(), 1));
    json.put("finishedWhileStalled", figures.stalled().judge().finished());
    json.put("checkpointsWhileStalled", figures.stalled().checkpoints());
    json.put("shardsMovedWhileStalled", figures.leasesMoved());
    json.put("stalled", peaks(figures.stalled().peaks()));
    json.put("whole", peaks(figures.drained().peaks()));
    json.put("drainSeconds", Numbers.rounded(figures.drained().seconds(), 2));
    json.put("rate", figures.rate());
    json.put("finished", figures.drained().judge().finished());
    json.put("lost", figures.lost());
    json.put("orderViolations", figures.drained().judge().violations());
    json.put("handledAgain", figures.drained().judge().again());
    json.put("strangers", figures.drained().judge().strangers());
    json.put("broken", broken());
    return Json.line(json);
  }

  private static Map<String, Object> peaks(Peaks.Seen peaks) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("peakHeapMiB", Numbers.mib(peaks.heapBytes()));
    json.put("peakHeapAfterGcMiB", Numbers.mib(peaks.afterGcBytes()));
    json.put("liveHeapMiB", Numbers.mib(peaks.liveBytes()));
    json.put("peakHeld", peaks.held());
    json.put("peakHeldBytes", peaks.heldBytes());
    return json;
  }
}
