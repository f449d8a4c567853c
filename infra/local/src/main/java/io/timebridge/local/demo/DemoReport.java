package io.timebridge.local.demo;

import io.timebridge.local.traffic.Comparison;
import io.timebridge.local.traffic.JobChanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a demo came to.
 *
 * @param changes of jobs and clients, on their way and at every moment
 * @param tick the poller's period
 * @param wrongListings wrong forms that SecondService's listings took, each several times
 * @param parked keys whose events wait
 * @param lostWebhooks empty = none were to be lost
 * @param took from the first change of a person to the end of the comparison
 */
record DemoReport(
    long seed,
    int entries,
    Comparison.Result result,
    JobChanges.Report changes,
    Duration tick,
    int wrongListings,
    int parked,
    Optional<LostWebhooks.Found> lostWebhooks,
    Duration took) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Both sides agree, and all that happened to jobs on the way was right. */
  boolean isRight() {
    return result.agrees()
        && changes.isRight()
        && lostWebhooks.filter(found -> !found.equal()).isEmpty();
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
    ObjectNode kinds = line.putObject("jobChanges");
    new TreeMap<>(changes.byKind())
        .forEach((kind, arrivals) ->
            kinds
                .putObject(kind.text())
                .put("count", arrivals.count())
                .put("arrived", arrivals.took().size())
                .put("medianSeconds", seconds(arrivals.median()))
                .put("longestSeconds", seconds(arrivals.longest()))
                .put("medianTicks", ticks(arrivals.median()))
                .put("longestTicks", ticks(arrivals.longest())));
    line.put("tickSeconds", seconds(tick)).put("archivedWhileOpen", changes.archivedWhileOpen());
    line.put("wrongListings", wrongListings);
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
    new TreeMap<>(changes.byKind())
        .forEach((kind, arrivals) ->
            lines.add(
                "%-22s %6d  (%d arrived, after %.2f s, at most %.2f s = %.1f ticks)"
                    .formatted(
                        kind.text(),
                        arrivals.count(),
                        arrivals.took().size(),
                        seconds(arrivals.median()),
                        seconds(arrivals.longest()),
                        ticks(arrivals.longest()))));
    if (wrongListings > 0) {
      lines.add(
          "wrong listings         %6d  (forms, each for three looks at least)"
              .formatted(wrongListings));
    }
    lines.add("archived while open    %6d".formatted(changes.archivedWhileOpen()));
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
    Stream.concat(result.examples().stream(), changes.examples().stream())
        .limit(20)
        .forEach(example -> lines.add("  " + example));
    lines.add(
        isRight()
            ? "both sides agree (seed %d, %.1f s)".formatted(seed, took.toMillis() / 1000.0)
            : result.agrees()
                ? "both sides agree, but NOT all was right on the way (seed %d, %.1f s)"
                    .formatted(seed, took.toMillis() / 1000.0)
                : "the two sides do NOT agree (seed %d, %.1f s)"
                    .formatted(seed, took.toMillis() / 1000.0));
    return lines;
  }

  private static double seconds(Duration time) {
    return Math.round(time.toMillis() / 10.0) / 100.0;
  }

  private double ticks(Duration time) {
    return Math.round(10.0 * time.toNanos() / tick.toNanos()) / 10.0;
  }
}
