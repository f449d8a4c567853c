package io.timebridge.processors;

import io.timebridge.story.FirstView;
import io.timebridge.story.SecondView;
import io.timebridge.story.Story;
import io.timebridge.story.StoryItem;
import io.timebridge.story.Views;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.HistoryItem;
import io.timebridge.timesheet.Place;
import java.math.BigInteger;
import java.time.Instant;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A story as a JSON object of ASCII alone, whatever people have typed. */
final class EntryJson {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private EntryJson() {}

  static String of(Story story) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("entry", story.id().value())
            .put("known", story.isKnown())
            .put("standing", Shown.word(story.standing()));
    story.why().forEach(node.putArray("why")::add);
    if (story.row().exists()) {
      row(node.putObject("row"), story.row());
    }
    var line = node.putArray("timeLine");
    story.items().forEach(item -> line.add(item(item)));
    first(node.putObject("firstService"), story.first());
    second(node.putObject("secondService"), story.second());
    story.notes().forEach(node.putArray("notes")::add);
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
  }

  private static void row(ObjectNode node, EntryRow row) {
    node.put("version", row.version())
        .put("state", Shown.word(row.state()))
        .put("timesheet", row.timesheetId())
        .put("place", row.place().map(Place::text).orElse(""))
        .put("lane", Shown.word(row.lane()))
        .put("waiting", row.parked())
        .put("parking", row.episode())
        .put("writes", row.rev());
    row.intent()
        .ifPresent(open ->
            node.putObject("openCall")
                .put("op", Shown.word(open.op()))
                .put("version", open.version())
                .put("token", open.token()));
  }

  private static ObjectNode item(StoryItem item) {
    ObjectNode node = JSON.createObjectNode();
    if (!item.at().equals(Instant.EPOCH)) {
      node.put("at", item.at().toString());
    }
    node.put("what", item.word()).put("words", item.words());
    switch (item) {
      case StoryItem.Write(HistoryItem write) -> {
        put(node, "version", write.version());
        put(node, "seq", write.seq());
        put(node, "route", write.route());
        put(node, "worker", write.worker());
        put(node, "timesheet", write.timesheetId());
      }
      case StoryItem.Waiting waiting ->
          event(node, waiting.event()).put("reason", waiting.reason());
      case StoryItem.GivenUp given ->
          event(node, given.event()).put("by", given.by()).put("why", given.why());
      case StoryItem.BackupWaiting waiting ->
          event(node, waiting.event()).put("reason", waiting.reason());
      case StoryItem.Quarantined kept -> {
        put(node, "seq", kept.seq());
        node.put("reason", kept.reason());
      }
      case StoryItem.BackedUp backup -> put(node, "version", backup.version());
      case StoryItem.Tombstone tombstone -> {}
    }
    return node;
  }

  private static ObjectNode event(ObjectNode node, StoryItem.Event event) {
    put(node, "seq", event.seq());
    put(node, "route", event.route());
    event.version().ifPresent(version -> put(node, "version", version));
    if (!event.received().equals(Instant.EPOCH)) {
      node.put("received", event.received().toString());
    }
    return node;
  }

  private static void first(ObjectNode node, FirstView view) {
    node.put("says", Views.words(view));
    switch (view) {
      case FirstView.Live live -> {
        node.put("answer", "lives")
            .put("version", live.version())
            .put("seconds", live.seconds())
            .put("day", live.day().toString())
            .put("user", live.userId())
            .put("job", live.job());
        live.labelIds().forEach(node.putArray("labels")::add);
      }
      case FirstView.Gone gone -> node.put("answer", "gone");
      case FirstView.Unusable unusable -> node.put("answer", "unusable");
      case FirstView.Trouble trouble -> node.put("answer", "none");
      case FirstView.NotAsked notAsked -> node.put("answer", "not-asked");
    }
  }

  private static void second(ObjectNode node, SecondView view) {
    node.put("says", Views.words(view));
    switch (view) {
      case SecondView.Report report -> {
        node.put("answer", "report");
        var sheets = node.putArray("timesheets");
        report
            .timesheets()
            .forEach(t ->
                sheets
                    .addObject()
                    .put("id", t.id())
                    .put("person", t.personId())
                    .put("job", t.jobId())
                    .put("task", t.taskId())
                    .put("day", t.day().toString())
                    .put("hours", t.hours())
                    .put("marked", t.marked()));
      }
      case SecondView.Trouble trouble -> node.put("answer", "none");
      case SecondView.NotAsked notAsked -> node.put("answer", "not-asked");
    }
  }

  private static void put(ObjectNode node, String name, long number) {
    if (number != 0) {
      node.put(name, number);
    }
  }

  private static void put(ObjectNode node, String name, BigInteger number) {
    if (number.signum() > 0) {
      node.put(name, number.toString()); // too long for a number of most readers
    }
  }

  private static void put(ObjectNode node, String name, String text) {
    if (!text.isEmpty()) {
      node.put(name, text);
    }
  }
}
