package io.timebridge.processors;

import io.timebridge.reconcile.Kind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A comparison's result for people, from its JSON. */
final class ReconcileTable {
  private static final String ROW = "%-20s %9s  %s%n";

  private final PrintWriter out;

  ReconcileTable(PrintWriter out) {
    this.out = out;
  }

  void print(JsonNode result) {
    out.printf(
        "%s to %s: %d entries, %d timesheets with a mark, %d without (people's own)%n",
        text(result, "from"),
        text(result, "to"),
        number(result, "entries"),
        number(result, "timesheets"),
        number(result, "foreign"));
    out.printf(ROW, "KIND", "ENTRIES", "MEANING");
    for (Kind kind : Kind.values()) {
      long count = number(result.path("kinds"), kind.word());
      if (count > 0) {
        out.printf(ROW, kind.word(), count, kind.meaning());
      }
    }
    counts("waits", result.path("waits"));
    counts("not compared", result.path("notCompared"));
    if (number(result, "unsure") > 0) {
      out.printf(
          ROW, "unsure", number(result, "unsure"), "SecondService's reports would not settle");
    }
    result
        .path("incomplete")
        .valueStream()
        .forEach(problem -> out.printf("INCOMPLETE %s%n", Shown.line(problem.asString(""))));
    result
        .path("held")
        .valueStream()
        .forEach(why -> out.printf("HELD BACK %s%n", Shown.line(why.asString(""))));
    result.path("examples").valueStream().forEach(this::example);
    out.println(verdict(result));
  }

  private void counts(String what, JsonNode counts) {
    for (Map.Entry<String, JsonNode> each : counts.properties()) {
      out.printf(ROW, what, each.getValue().asLong(0), Shown.line(each.getKey()));
    }
  }

  private void example(JsonNode drift) {
    List<String> kinds = new ArrayList<>();
    drift.path("kinds").valueStream().forEach(kind -> kinds.add(kind.asString("")));
    out.printf(
        "entry %d, %s, %s (%s)%n",
        number(drift, "entry"),
        drift.has("person")
            ? "person " + number(drift, "person") + ", " + text(drift, "day")
            : drift.has("day") ? text(drift, "day") : "nowhere",
        String.join(", ", kinds),
        text(drift, "cause"));
    out.printf("    FirstService:  %s%n", Shown.line(text(drift, "firstService")));
    out.printf("    SecondService: %s%n", Shown.line(text(drift, "secondService")));
  }

  private static String verdict(JsonNode result) {
    long drifts = number(result, "drifts");
    long unreadable = number(result.path("kinds"), Kind.UNREADABLE.word());
    String differ =
        drifts == 0
            ? ""
            : "%d entries differ: %d never applied, %d changed since or by hand%s; %d checks published"
                .formatted(
                    drifts,
                    number(result, "lost"),
                    drifts - number(result, "lost") - unreadable,
                    unreadable == 0 ? "" : ", %d not compared".formatted(unreadable),
                    number(result, "repairs"));
    String left =
        result.has("stillDiffer")
            ? "; %d still differ".formatted(number(result, "stillDiffer"))
            : "";
    if (!result.path("complete").asBoolean(false)) {
      return "NOT COMPLETE" + (differ.isEmpty() ? "" : ": " + differ + left);
    }
    return differ.isEmpty() ? "equal" : differ + left;
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asString("");
  }

  private static long number(JsonNode node, String field) {
    return node.path(field).asLong(0);
  }
}
