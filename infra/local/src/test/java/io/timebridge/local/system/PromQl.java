package io.timebridge.local.system;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a PromQL expression, and the labels in Prometheus' text form: enough to hold one to
 * the other. Not a parser: it knows the functions and the grammar that our expressions use, and
 * takes every other word for a metric.
 */
final class PromQl {
  private static final Set<String> WORDS =
      Set.of(
          "sum",
          "max",
          "min",
          "count",
          "avg",
          "rate",
          "increase",
          "time",
          "absent",
          "by",
          "and",
          "or",
          "unless",
          "on",
          "without",
          "histogram_quantile",
          "bool");

  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on) *\\(([^)]*)\\)");
  private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
  private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*\\]");
  private static final Pattern SELECTOR =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(?:\\{([^}]*)\\})?");
  private static final Pattern MATCHER =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(?:=~|!~|!=|=)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? [^ ]+");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"(?:[^\"\\\\]|\\\\.)*\"");

  private PromQl() {}

  /** Metric to the labels that the expression asks of it, those it groups by included. */
  static Map<String, Set<String>> used(String expression) {
    Set<String> grouped = new TreeSet<>();
    Matcher grouping = GROUPING.matcher(expression);
    while (grouping.find()) {
      for (String label : grouping.group(1).split(",")) {
        grouped.add(label.strip());
      }
    }
    String bare = TEXT.matcher(expression).replaceAll("\"\"");
    bare = RANGE.matcher(GROUPING.matcher(bare).replaceAll(" ")).replaceAll("");
    Map<String, Set<String>> used = new HashMap<>();
    Matcher selector = SELECTOR.matcher(bare);
    while (selector.find()) {
      if (!WORDS.contains(selector.group(1))) {
        Set<String> labels = used.computeIfAbsent(selector.group(1), m -> new TreeSet<>(grouped));
        if (selector.group(2) != null) {
          Matcher matcher = MATCHER.matcher(selector.group(2));
          while (matcher.find()) {
            labels.add(matcher.group(1));
          }
        }
      }
    }
    return used;
  }

  /** Metric to its labels, of a scrape. */
  static Map<String, Set<String>> scraped(String text) {
    Map<String, Set<String>> scraped = new HashMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> {
          Matcher sample = SAMPLE.matcher(line);
          if (!sample.matches()) {
            throw new AssertionError("not a sample: " + line);
          }
          Set<String> labels = scraped.computeIfAbsent(sample.group(1), m -> new HashSet<>());
          if (sample.group(2) != null) {
            Matcher label = LABEL.matcher(sample.group(2));
            while (label.find()) {
              labels.add(label.group(1));
            }
          }
        });
    return scraped;
  }
}
