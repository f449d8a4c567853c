package io.timebridge.processors;

import io.timebridge.bootstrap.Matching;
import io.timebridge.bootstrap.Matching.How;
import io.timebridge.bootstrap.Matching.Match;
import io.timebridge.bootstrap.WebhookPlan;
import io.timebridge.mapping.Finding;
import io.timebridge.mapping.Finding.Suggestion;
import io.timebridge.mapping.MappingCheck;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code bootstrap} found and did, as lines and as JSON. */
final class BootstrapReport {
  private static final int MOST_LINES = 20;
  private static final String LINE = "%-10s %s%n";

  private final boolean dryRun;
  private final ObjectNode node = Admin.JSON.createObjectNode();
  private final List<String> lines = new ArrayList<>();
  private final List<String> left = new ArrayList<>();
  private int changes;

  BootstrapReport(boolean dryRun) {
    this.dryRun = dryRun;
    node.put("dryRun", dryRun);
  }

  void login(String how) {
    node.put("login", how);
    line("login", how);
  }

  void secret(String how) {
    node.put("webhookSecret", how);
    line("secret", how);
  }

  /** Something that only a person can do. */
  void left(String what) {
    left.add(what);
  }

  void changed(int more) {
    changes += more;
  }

  boolean isComplete() {
    return left.isEmpty();
  }

  private void line(String what, String text) {
    lines.add(LINE.formatted(what, Shown.line(text)));
  }

  void webhooks(WebhookPlan plan) {
    ArrayNode array = node.putArray("webhooks");
    for (WebhookPlan.Step step : plan.steps()) {
      array
          .addObject()
          .put("route", step.route().path())
          .put("url", step.url())
          .put("subscription", step.subscription())
          .put("found", Shown.word(step.found()).replace('_', '-'));
      line("webhook", "%-14s %s".formatted(word(step), step.url()));
    }
    ArrayNode elsewhere = node.putArray("webhooksElsewhere");
    plan.elsewhere()
        .forEach(hook -> elsewhere.addObject().put("id", hook.id()).put("url", hook.url()));
  }

  private static String word(WebhookPlan.Step step) {
    return switch (step.found()) {
      case FINE -> "fine";
      case MISSING -> "missing";
      case OFF -> "switched off";
      case OTHER_SUBSCRIPTIONS -> "other events";
      case DOUBLED -> "doubled";
      case MOVED -> "moved";
      case RENEWED -> "renewed";
    };
  }

  void matching(Matching matching) {
    matches("clients", matching.clients());
    matches("projects", matching.projects());
  }

  private void matches(String what, List<Match> matches) {
    ObjectNode of = node.putObject(what);
    for (How how : How.values()) {
      of.put(how.name().toLowerCase(Locale.ROOT), Matching.count(matches, how));
    }
    line(
        what,
        "%d matched, %d of the same name to be adopted, %d missing, to be made by the workers"
            .formatted(
                Matching.count(matches, How.MATCHED),
                Matching.count(matches, How.ADOPTED),
                Matching.count(matches, How.MISSING)));
    ArrayNode others = of.putArray("others");
    int shown = 0;
    for (Match match : matches) {
      if (match.how() == How.MATCHED && match.remark().isEmpty()) {
        continue;
      }
      others
          .addObject()
          .put("secondId", match.secondId())
          .put("name", match.name())
          .put("how", Shown.word(match.how()))
          .put("firstId", match.firstId())
          .put("remark", match.remark());
      if (shown++ < MOST_LINES) {
        line("", line(match));
      }
    }
    if (shown > MOST_LINES) {
      line("", (shown - MOST_LINES) + " more; --json has all");
    }
  }

  private static String line(Match match) {
    String remark = match.remark().isEmpty() ? "" : ": " + match.remark();
    return "%-8s %d \"%s\"%s%s"
        .formatted(
            Shown.word(match.how()),
            match.secondId(),
            match.name(),
            match.firstId() > 0 ? " is " + match.firstId() : "",
            remark);
  }

  /**
   * @param sure suggestions that can be accepted
   * @param written whether they were
   */
  void mappings(MappingCheck.Report checked, List<Suggestion> sure, boolean written) {
    long unmapped =
        checked.findings().stream().filter(f -> f.kind() == Finding.Kind.UNMAPPED_LABEL).count();
    ObjectNode of =
        node.putObject("mappings")
            .put("mapped", checked.mappings() + (written ? sure.size() : 0))
            .put("unmapped", unmapped - (written ? sure.size() : 0))
            .put("accepted", written ? sure.size() : 0);
    ArrayNode suggestions = of.putArray("suggestions");
    sure.forEach(suggestion -> suggestions.add(MappingCheckCommand.json(suggestion)));
    line(
        "mappings",
        "%d labels mapped, %d not; %s"
            .formatted(
                checked.mappings() + (written ? sure.size() : 0),
                unmapped - (written ? sure.size() : 0),
                suggested(sure.size(), written)));
    if (!written) {
      sure.stream().limit(MOST_LINES).forEach(s -> line("", MappingCheckCommand.command(s)));
    }
    if (unmapped > sure.size() || checked.findings().size() > unmapped) {
      line("", "./timebridge mapping check says more");
    }
  }

  private static String suggested(int suggestions, boolean written) {
    if (written) {
      return suggestions + " mapped now to the task of the same name";
    }
    return suggestions == 0
        ? "nothing to suggest"
        : suggestions + " have a task of the same name; --accept-suggestions maps them";
  }

  void print(PrintWriter out, boolean json) {
    if (json) {
      node.put("changes", changes);
      ArrayNode toDo = node.putArray("leftToDo");
      left.forEach(toDo::add);
      out.println(node.toPrettyString());
      return;
    }
    lines.forEach(out::print);
    left.forEach(what -> out.printf(LINE, "TO DO", Shown.line(what)));
    if (changes > 0) {
      out.printf("%d changes were made%n", changes);
    } else {
      out.println(dryRun ? "nothing was changed (dry run)" : "nothing was changed");
    }
  }
}
