package io.timebridge.local.traffic;

import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.traffic.LedgerJudge.Scope;
import io.timebridge.local.traffic.LedgerJudge.Tally;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Every version of every entry, as the timesheet it asks for. */
final class Bookings {
  private static final Pattern MARK = Pattern.compile("\\[TB#([1-9][0-9]{0,17})\\]\\s*\\z");

  private final Scope scope;
  private final Map<Long, Long> persons = new HashMap<>();
  private final Map<JobTask, Long> tasks = new HashMap<>();
  private final Map<Long, List<Optional<Booked>>> versions = new LinkedHashMap<>();

  private record JobTask(long job, String name) {}

  private Bookings(Scope scope) {
    this.scope = scope;
  }

  static Bookings of(List<Effect> first, List<Effect> second, Scope scope) {
    Bookings bookings = new Bookings(scope);
    for (Effect effect : second) {
      if (effect.op().equals("task.add")) {
        JsonNode task = effect.content();
        bookings.tasks.put(
            new JobTask(Fields.id(task, "idJob"), Fields.text(task, "strName")),
            Fields.id(task, "idTask"));
      }
    }
    first.forEach(bookings::read);
    return bookings;
  }

  private void read(Effect effect) {
    JsonNode content = effect.content();
    switch (effect.op()) {
      case "user.add" ->
          Fields.optionalId(content, "external_id")
              .ifPresent(person -> persons.put(Fields.id(content, "id"), person));
      case "event.create", "event.edit", "event.delete" -> {
        long entry = Fields.id(content, "id");
        if (scope.entries().contains(entry)) {
          versions
              .computeIfAbsent(entry, id -> new ArrayList<>())
              .add(
                  Fields.flag(content, "deleted")
                      ? Optional.empty()
                      : Optional.of(booked(entry, content)));
        }
      }
      default -> {} // of no consequence for a timesheet
    }
  }

  private Booked booked(long entry, JsonNode event) {
    long job = Fields.id(event.path("project"), "external_id");
    Long person = persons.get(Fields.id(event.path("user"), "id"));
    Optional<Long> task =
        event
            .path("label_ids")
            .valueStream()
            .flatMap(
                label -> Optional.ofNullable(scope.labelTasks().get(label.longValue())).stream())
            .flatMap(name -> Optional.ofNullable(tasks.get(new JobTask(job, name))).stream())
            .findFirst();
    if (person == null || task.isEmpty()) {
      throw new IllegalArgumentException("entry %d cannot be booked: %s".formatted(entry, event));
    }
    return new Booked(
        person,
        job,
        task.get(),
        Fields.text(event, "day"),
        Booked.hours(event.path("duration").path("total_seconds").longValue()));
  }

  Map<Long, EntryTrack> tracks(Tally tally) {
    Map<Long, EntryTrack> tracks = new LinkedHashMap<>();
    versions.forEach((entry, all) -> tracks.put(entry, new EntryTrack(entry, all, tally)));
    return tracks;
  }

  /** The entry that a timesheet's description names; null without a mark. */
  static @Nullable Long markedEntry(JsonNode timesheet) {
    Matcher mark = MARK.matcher(Fields.text(timesheet, "strDescription"));
    return mark.find() ? Long.valueOf(mark.group(1)) : null;
  }
}
