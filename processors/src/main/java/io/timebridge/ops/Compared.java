package io.timebridge.ops;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.reconcile.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The last comparison of both services. Thread-safe. */
@FunctionalInterface
interface Compared {
  /** In the form of {@link io.timebridge.reconcile.ResultJson}; empty = there was none. */
  Optional<JsonNode> last() throws StoreTrouble, InterruptedException;

  /** As the overview shows it. */
  static ComparedLine line(JsonNode result) {
    List<ComparedLine.Kinds> kinds = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      long entries = result.path("kinds").path(kind.word()).asLong(0);
      if (entries > 0) {
        kinds.add(new ComparedLine.Kinds(kind.word(), kind.meaning(), entries));
      }
    }
    return new ComparedLine(
        Instant.parse(result.path("ended").asString()),
        result.path("from").asString() + " to " + result.path("to").asString(),
        result.path("equal").asBoolean(false),
        result.path("complete").asBoolean(false),
        result.path("drifts").asLong(0),
        result.path("lost").asLong(0),
        kinds);
  }
}
