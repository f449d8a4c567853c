package io.timebridge.local.chaos;

import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Step;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.traffic.LedgerJudge.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import tools.jackson.databind.node.ObjectNode;

/** What all runs came to. */
record ChaosReport(Chaos.Order order, List<RunResult> results, Duration took) {
  ChaosReport {
    results = List.copyOf(results);
  }

  boolean clean() {
    return results.stream().noneMatch(RunResult::failed);
  }

  static List<String> names(Collection<Step> steps) {
    return EnumSet.copyOf(steps).stream().map(Step::text).toList();
  }

  /** One line for scripts. */
  String json() {
    ObjectNode line = Json.object().put("seed", order.seed()).put("runs", results.size());
    names(order.steps()).forEach(line.putArray("steps")::add);
    line.put("failed", (int) results.stream().filter(RunResult::failed).count());
    line.put("lost", sum(Verdict::lost)).put("doubled", sum(Verdict::doubled));
    line.put("stale", sum(Verdict::stale)).put("outOfOrder", sum(Verdict::outOfOrder));
    line.put("transients", sum(Verdict::transients));
    line.put(
        "transientMaxMillis",
        results.stream().mapToLong(r -> r.verdict().longestTransient().toMillis()).max().orElse(0));
    line.put("strikes", results.stream().mapToInt(r -> r.struck().size()).sum());
    line.put("missed", results.stream().mapToInt(r -> r.missed().size()).sum());
    line.put("cells", struck().size()).put("cellsOf", order.planner().cells().size());
    if (order.plant() != Plant.NONE) {
      line.put("plant", order.plant().text());
    }
    return Json.text(line.put("seconds", Math.round(took.toMillis() / 100.0) / 10.0));
  }

  private Set<Strike.Cell> struck() {
    Set<Strike.Cell> struck = new HashSet<>();
    results.forEach(r -> struck.addAll(r.struck()));
    return struck;
  }

  private int sum(ToIntFunction<Verdict> figure) {
    return results.stream().map(RunResult::verdict).mapToInt(figure).sum();
  }

  /** For people. */
  List<String> summary() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%d runs, %d strikes at %d of %d places"
            .formatted(
                results.size(),
                results.stream().mapToInt(r -> r.struck().size()).sum(),
                struck().size(),
                order.planner().cells().size()));
    lines.add(
        clean()
            ? "nothing lost, doubled, stale or out of order"
            : "FAILED: %d runs".formatted(results.stream().filter(RunResult::failed).count()));
    return lines;
  }
}
