package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.Finding;
import io.timebridge.mapping.Finding.Suggestion;
import io.timebridge.mapping.MappingCheck;
import io.timebridge.mapping.MappingCheck.Report;
import io.timebridge.process.Foreground;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code mapping check}. */
@Command(
    name = "check",
    description = {
      "Compares the mappings with FirstService's labels and the tasks of SecondService's open jobs; changes nothing.",
      "Finds: labels without a task, those in use first; labels of nearly the same name that are not mapped alike;",
      "mappings to tasks that no open job has; mappings of labels that are gone. Suggests mappings by name.",
      "Exit codes: 0 nothing found, 1 findings or failed, 2 unusable options or settings."
    })
final class MappingCheckCommand extends MappingAction {
  private static final int MOST_DAYS = 366;
  private static final int MOST_JOBS = 100_000;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "30",
      description =
          "A label is in use when an entry of the last N days has it, 1 to 366 (default: ${DEFAULT-VALUE}).")
  private int days;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "2000",
      description =
          "Looks at the tasks of at most N open jobs, the newest; one call each (default: ${DEFAULT-VALUE}).")
  private int jobs;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  @Override
  void check() {
    if (days < 1 || days > MOST_DAYS) {
      throw new Unusable("--days " + days + ": must be 1 to " + MOST_DAYS);
    }
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw new Unusable("--jobs " + jobs + ": must be 1 to " + MOST_JOBS);
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException {
    HttpFirstService first = tools.first().service();
    LocalDate today = LocalDate.now(tools.clock.withZone(ZoneOffset.UTC));
    Report report =
        new MappingCheck(
                table(tools),
                first,
                first,
                tools.second(),
                tools.settings.timesheet().excludedParentLabels(),
                this::tell)
            .run(today.minusDays(days), today.plusDays(1), jobs);
    if (json) {
      out().println(json(report).toPrettyString());
    } else {
      print(report);
    }
    return report.findings().isEmpty() ? Foreground.OK : Foreground.FAILED;
  }

  private void print(Report report) {
    for (Finding finding : report.findings()) {
      String label = finding.label().isEmpty() ? "" : " " + quoted(finding.label());
      out()
          .printf(
              "%-16s %d%s: %s%n",
              word(finding), finding.labelId(), label, Shown.line(finding.detail()));
      finding.suggestion().ifPresent(this::print);
    }
    report.notes().forEach(note -> say(Shown.line(note)));
    out()
        .printf(
            "%d findings; %d labels, %d mappings, %d entries of the last %d days, tasks of %d of %d open jobs%n",
            report.findings().size(),
            report.labels(),
            report.mappings(),
            report.entries(),
            days,
            report.jobs(),
            report.openJobs());
  }

  private void print(Suggestion suggestion) {
    out()
        .printf(
            "%-16s %s: %s%n",
            suggestion.sure() ? "  suggested" : "  perhaps",
            command(suggestion),
            Shown.line(suggestion.why()));
  }

  /** To be typed as it stands, unless the name holds what no terminal shows. */
  static String command(Suggestion suggestion) {
    return switch (suggestion.task()) {
      case TaskRef.ById(long id) ->
          "./timebridge mapping set %d --task-id %d".formatted(suggestion.labelId(), id);
      case TaskRef.ByName(String name) when Shown.line(name).equals(name) ->
          "./timebridge mapping set %d -- '%s'"
              .formatted(suggestion.labelId(), name.replace("'", "'\\''"));
      case TaskRef.ByName(String name) ->
          "label %d to task %s (its name holds control characters: import it from a file)"
              .formatted(suggestion.labelId(), quoted(name));
    };
  }

  static String word(Finding finding) {
    return finding.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private ObjectNode json(Report report) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("labels", report.labels())
            .put("mappings", report.mappings())
            .put("entries", report.entries())
            .put("days", days)
            .put("jobs", report.jobs())
            .put("openJobs", report.openJobs());
    ArrayNode notes = node.putArray("notes");
    report.notes().forEach(notes::add);
    ArrayNode findings = node.putArray("findings");
    report.findings().forEach(finding -> findings.add(json(finding)));
    return node;
  }

  static ObjectNode json(Finding finding) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("kind", word(finding))
            .put("labelId", finding.labelId())
            .put("label", finding.label().isEmpty() ? null : finding.label())
            .put("uses", finding.uses());
    finding.task().ifPresent(task -> put(node, task));
    node.put("detail", finding.detail());
    finding.suggestion().ifPresent(suggestion -> node.set("suggestion", json(suggestion)));
    return node;
  }

  static ObjectNode json(Suggestion suggestion) {
    ObjectNode node = JSON.createObjectNode().put("labelId", suggestion.labelId());
    return put(node, suggestion.task()).put("sure", suggestion.sure()).put("why", suggestion.why());
  }
}
