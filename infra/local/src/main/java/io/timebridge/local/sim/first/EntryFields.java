package io.timebridge.local.sim.first;

import io.timebridge.local.sim.first.Rows.Entry;
import io.timebridge.local.sim.http.BadRequest;
import io.timebridge.local.sim.http.Json;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** An entry as the control API describes it. */
final class EntryFields {
  private EntryFields() {}

  /** A new entry; user_id, project_id, day and seconds are needed. */
  static Entry create(long id, JsonNode body, long now) {
    Entry base =
        new Entry(
            id,
            Json.whole(body, "user_id"),
            Json.whole(body, "project_id"),
            day(Json.string(body, "day")),
            Json.whole(body, "seconds"),
            "",
            List.of(),
            null,
            null,
            false,
            "default",
            false,
            false,
            now,
            now);
    return edit(base, body, now);
  }

  /** The old entry with the fields that are given. */
  static Entry edit(Entry old, JsonNode body, long now) {
    long seconds = Json.whole(body, "seconds", old.seconds());
    if (seconds < 0) {
      throw new BadRequest("field seconds is " + seconds + "; it must not be negative");
    }
    return new Entry(
        old.id(),
        Json.whole(body, "user_id", old.user()),
        Json.whole(body, "project_id", old.project()),
        Json.optionalString(body, "day").map(EntryFields::day).orElse(old.day()),
        seconds,
        Json.optionalString(body, "note").orElse(old.note()),
        Json.has(body, "label_ids") ? labels(body.path("label_ids")) : old.labels(),
        Json.optionalString(body, "from").orElse(old.from()),
        Json.optionalString(body, "to").orElse(old.to()),
        Json.flag(body, "draft", old.draft()),
        Json.optionalString(body, "timer_state").orElse(old.timerState()),
        Json.flag(body, "locked", old.locked()),
        false,
        old.createdAt(),
        now);
  }

  private static List<Long> labels(JsonNode ids) {
    List<Long> labels = new ArrayList<>();
    for (JsonNode id : ids) {
      if (!id.isIntegralNumber()) {
        throw new BadRequest("field label_ids holds " + id + "; it must hold ids");
      }
      labels.add(id.longValue());
    }
    return List.copyOf(labels);
  }

  static LocalDate day(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new BadRequest("'" + text + "' is not a day; write YYYY-MM-DD");
    }
  }
}
