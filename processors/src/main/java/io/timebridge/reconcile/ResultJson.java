package io.timebridge.reconcile;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A result as JSON: {@code from, to, started, ended, equal, complete, entries, timesheets, foreign,
 * drifts, lost, repairs, unsure, kinds, waits, notCompared, incomplete, held, examples}. Never
 * holds a note.
 */
public final class ResultJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ResultJson() {}

  /**
   * @param examples at most
   */
  public static ObjectNode of(Result result, int examples) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("from", result.days().from().toString())
            .put("to", result.days().to().toString())
            .put("started", result.started().toString())
            .put("ended", result.ended().toString())
            .put("equal", result.isEqual())
            .put("complete", result.isComplete())
            .put("entries", result.entries())
            .put("timesheets", result.timesheets())
            .put("foreign", result.foreign())
            .put("drifts", result.drifts())
            .put("lost", result.lost())
            .put("repairs", result.repairs())
            .put("unsure", result.unsure());
    ObjectNode kinds = json.putObject("kinds");
    new TreeMap<>(result.kinds()).forEach((kind, count) -> kinds.put(kind.word(), count));
    counts(json.putObject("waits"), result.waits());
    counts(json.putObject("notCompared"), result.notCompared());
    result.incomplete().forEach(json.putArray("incomplete")::add);
    result.held().forEach(json.putArray("held")::add);
    var list = json.putArray("examples");
    result.examples().stream().limit(examples).forEach(drift -> list.add(of(drift)));
    return json;
  }

  private static void counts(ObjectNode into, Map<String, Long> counts) {
    new TreeMap<>(counts).forEach(into::put);
  }

  private static ObjectNode of(Drift drift) {
    ObjectNode json = JSON.createObjectNode().put("entry", drift.id().value());
    var kinds = json.putArray("kinds");
    drift.kinds().stream().sorted().map(Kind::word).forEach(kinds::add);
    json.put("cause", drift.cause().text());
    drift.timesheetIds().forEach(json.putArray("timesheets")::add);
    drift.person().ifPresent(person -> json.put("person", person));
    drift.day().ifPresent(day -> json.put("day", day.toString()));
    return json.put("firstService", drift.first()).put("secondService", drift.second());
  }
}
