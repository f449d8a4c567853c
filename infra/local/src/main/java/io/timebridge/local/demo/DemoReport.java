package io.timebridge.local.demo;

import io.timebridge.local.traffic.Comparison;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a demo came to.
 *
 * @param parked keys whose events wait
 * @param lostWebhooks empty = none were to be lost
 * @param took from the first change of a person to the end of the comparison
 */
record DemoReport(
    long seed,
    int entries,
    Comparison.Result result,
    int parked,
    Optional<LostWebhooks.Found> lostWebhooks,
    Duration took) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  boolean agrees() {
    return result.agrees() && lostWebhooks.filter(found -> !found.equal()).isEmpty();
  }

  /** One line for scripts. */
  String json() {
    ObjectNode line = JSON.createObjectNode();
    line.put("seed", seed).put("entries", entries).put("live", result.live());
    line.put("timesheets", result.timesheets());
    line.put("missing", result.missing().count());
    line.put("duplicates", result.duplicates().count());
    line.put("wrong", result.wrong().count() + result.extra().count());
    line.put("parked", parked).put("jobs", result.jobs()).put("projects", result.projects());
    line.put("wrongProjects", result.wrongProjects().count());
    line.put("backups", result.backups()).put("wrongBackups", result.wrongBackups().count());
    lostWebhooks.ifPresent(found ->
        line.put("lostWebhooks", found.lost())
            .put("differed", found.found())
            .put("repaired", found.repaired())
            .put("differAgain", found.left()));
    return line.put("seconds", Math.round(took.toMillis() / 100.0) / 10.0).toString();
  }

  /** For people. */
  List<String> summary() {
    List<String> lines = new ArrayList<>();
    lines.add("entries created        %6d  (%d live at the end)".formatted(entries, result.live()));
    lines.add("timesheets             %6d".formatted(result.timesheets()));
    lines.add(
        "not bookable           %6d  (no label, or nobody knows the person or the task)"
            .formatted(result.unmappable()));
    lines.add(
        "keys parked            %6d  (each with its reason in Parked_Events)".formatted(parked));
    lines.add("open jobs / projects   %6d / %d".formatted(result.jobs(), result.projects()));
    lines.add("backups                %6d".formatted(result.backups()));
    lostWebhooks.ifPresent(found -> lines.add(found.text()));
    lines.add(
        "missing %d, duplicates %d, wrong %d, extra %d, wrong projects %d, wrong backups %d"
            .formatted(
                result.missing().count(),
                result.duplicates().count(),
                result.wrong().count(),
                result.extra().count(),
                result.wrongProjects().count(),
                result.wrongBackups().count()));
    result.examples().stream().limit(20).forEach(example -> lines.add("  " + example));
    lines.add(
        agrees()
            ? "both sides agree (seed %d, %.1f s)".formatted(seed, took.toMillis() / 1000.0)
            : "the two sides do NOT agree (seed %d, %.1f s)"
                .formatted(seed, took.toMillis() / 1000.0));
    return lines;
  }
}
