package io.timebridge.local.sim.first;

import io.timebridge.local.sim.first.Rows.Client;
import io.timebridge.local.sim.first.Rows.Entry;
import io.timebridge.local.sim.first.Rows.Project;
import io.timebridge.local.sim.first.Rows.User;
import io.timebridge.local.sim.http.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** An Event as FirstService sends it, whole. */
final class EventShape {
  private EventShape() {}

  /**
   * Draws one up.
   *
   * @param labels the chosen labels and their parents
   * @param plainSeconds whether the duration is a plain number of seconds
   */
  static ObjectNode of(
      Entry entry,
      User user,
      Project project,
      Client client,
      List<Long> labels,
      boolean plainSeconds) {
    ObjectNode json = Json.object().put("id", entry.id()).put("uid", uid(entry.id()));
    json.putObject("user").put("id", user.id()).put("email", user.email()).put("name", user.name());
    json.set("project", project(project, client));
    if (plainSeconds) {
      json.put("duration", entry.seconds());
    } else {
      json.set("duration", duration(entry.seconds()));
    }
    json.put("day", entry.day().toString())
        .put("note", entry.note())
        .put("from", entry.from())
        .put("to", entry.to());
    json.set("label_ids", Rows.ids(labels));
    json.put("updated_at", entry.updatedAt()).put("created_at", entry.createdAt());
    json.put("billed", false).put("billable", true).put("locked", entry.locked());
    json.put("locked_reason", entry.locked() ? "locked by an admin" : null);
    json.putNull("invoice_id");
    json.put("deleted", entry.deleted()).put("draft", entry.draft());
    json.putNull("suggestion_id");
    json.put("timer_state", entry.timerState());
    json.putNull("external_id");
    json.put("estimated", false);
    json.putNull("state");
    return json;
  }

  private static String uid(long id) {
    return UUID.nameUUIDFromBytes(("entry " + id).getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static ObjectNode project(Project project, Client client) {
    ObjectNode json =
        Json.object()
            .put("id", project.id())
            .put("active", project.active())
            .put("external_id", project.externalId())
            .put("name", project.name());
    json.set("client", client.shortJson());
    return json.put("required_labels", project.requiredLabels());
  }

  /**
   * {@code total_hours} is rounded to two decimals, {@code total_minutes} down: only {@code
   * total_seconds} is exact.
   */
  private static ObjectNode duration(long seconds) {
    long hours = seconds / 3600;
    long minutes = seconds / 60 % 60;
    BigDecimal totalHours =
        BigDecimal.valueOf(seconds).divide(BigDecimal.valueOf(3600), 2, RoundingMode.HALF_UP);
    return Json.object()
        .put("hours", hours)
        .put("minutes", minutes)
        .put("seconds", seconds % 60)
        .put("formatted", "%02d:%02d".formatted(hours, minutes))
        .put("total_hours", totalHours)
        .put("total_seconds", seconds)
        .put("total_minutes", seconds / 60);
  }
}
