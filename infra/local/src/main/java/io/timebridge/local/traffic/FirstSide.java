package io.timebridge.local.traffic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** FirstService's state as far as it is compared. */
record FirstSide(
    List<Entry> entries,
    Map<Long, Project> projects,
    List<Client> clients,
    Map<Long, Long> labelParents,
    Map<Long, Optional<Long>> userExternalIds) {

  private static final Set<String> RUNNING = Set.of("start", "started", "running", "active");

  /**
   * @param booking whether it is an entry to be booked at all: neither a draft nor running
   * @param json as the state has it
   */
  record Entry(
      long id,
      long user,
      long project,
      String day,
      long seconds,
      List<Long> labels,
      long version,
      boolean deleted,
      boolean booking,
      JsonNode json) {}

  record Project(
      long id, String name, boolean active, Optional<Long> externalId, Optional<Long> clientId) {}

  record Client(long id, String name, Optional<Long> externalId) {}

  static FirstSide read(JsonNode state) {
    Map<Long, Project> projects = new LinkedHashMap<>();
    for (JsonNode project : Fields.list(state, "projects")) {
      long id = Fields.id(project, "id");
      Optional<Long> client =
          Fields.optionalId(project.path("client"), "id")
              .or(() -> Fields.optionalId(project, "client_id"));
      projects.put(
          id,
          new Project(
              id,
              Fields.text(project, "name"),
              Fields.flag(project, "active"),
              Fields.optionalId(project, "external_id"),
              client));
    }
    Map<Long, Long> parents = new LinkedHashMap<>();
    for (JsonNode label : Fields.list(state, "labels")) {
      parents.put(Fields.id(label, "id"), Fields.optionalId(label, "parent_id").orElse(0L));
    }
    Map<Long, Optional<Long>> users = new LinkedHashMap<>();
    for (JsonNode user : Fields.list(state, "users")) {
      users.put(Fields.id(user, "id"), Fields.optionalId(user, "external_id"));
    }
    return new FirstSide(
        Fields.list(state, "events").stream().map(FirstSide::entry).toList(),
        projects,
        Fields.list(state, "clients").stream()
            .map(c ->
                new Client(
                    Fields.id(c, "id"),
                    Fields.text(c, "name"),
                    Fields.optionalId(c, "external_id")))
            .toList(),
        parents,
        users);
  }

  private static Entry entry(JsonNode event) {
    JsonNode duration = event.path("duration");
    JsonNode seconds = duration.isObject() ? duration.path("total_seconds") : duration;
    if (!seconds.isIntegralNumber()) {
      throw new IllegalArgumentException("no seconds in duration: " + event);
    }
    List<Long> labels = new ArrayList<>();
    event.path("label_ids").values().forEach(label -> labels.add(label.longValue()));
    return new Entry(
        Fields.id(event, "id"),
        Fields.id(event.path("user"), "id"),
        Fields.optionalId(event.path("project"), "id").orElse(0L),
        Fields.text(event, "day"),
        seconds.longValue(),
        labels,
        Fields.id(event, "updated_at"),
        Fields.flag(event, "deleted"),
        !Fields.flag(event, "draft") && !RUNNING.contains(Fields.text(event, "timer_state")),
        event);
  }

  boolean isAncestor(long ancestor, long label) {
    long at = labelParents.getOrDefault(label, 0L);
    for (int depth = 0; at != 0 && depth <= labelParents.size(); depth++) {
      if (at == ancestor) {
        return true;
      }
      at = labelParents.getOrDefault(at, 0L);
    }
    return false;
  }
}
