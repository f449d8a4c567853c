package io.timebridge.processors;

import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.stream.Envelope;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Place;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One key as a JSON object, written event by event, however many wait: what {@code dlq list --json}
 * says of it, {@code entry}, {@code events}, {@code givenUp} and {@code more}. Used by one thread,
 * in that order.
 */
final class DlqJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** How far it is written. */
  private enum At {
    NOTHING,
    EVENTS,
    GIVEN_UP
  }

  private final PrintWriter out;
  private final String key;
  private final boolean body;
  private At at = At.NOTHING;
  private String between = "";

  /**
   * @param body also what each event carries
   */
  DlqJson(PrintWriter out, String key, boolean body) {
    this.out = out;
    this.key = key;
    this.body = body;
  }

  void head(WaitingKey found, Optional<EntryRow> row) {
    ObjectNode head = DlqList.json(found);
    row.ifPresent(r -> head.set("entry", entry(r)));
    begin(head);
  }

  private static ObjectNode entry(EntryRow row) {
    ObjectNode entry =
        JSON.createObjectNode()
            .put("version", row.version())
            .put("timesheet", row.timesheetId())
            .put("place", row.place().map(Place::text).orElse(""))
            .put("parking", row.episode());
    row.intent()
        .ifPresent(
            i -> entry.putObject("openCall").put("op", i.op().name()).put("version", i.version()));
    return entry;
  }

  /** The object, left open, with the list of what waits begun. */
  private void begin(ObjectNode head) {
    String text = head.toString();
    out.print(text.substring(0, text.length() - 1) + ",\"events\":[");
    at = At.EVENTS;
  }

  void waits(WaitingEvent event) {
    one(event);
  }

  void givenUp(WaitingEvent event) {
    if (at == At.NOTHING) {
      begin(JSON.createObjectNode().put("key", key).put("waiting", 0));
    }
    if (at == At.EVENTS) {
      givenUpFollow();
    }
    one(event);
  }

  private void givenUpFollow() {
    out.print("],\"givenUp\":[");
    at = At.GIVEN_UP;
    between = "";
  }

  private void one(WaitingEvent event) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("sequence", event.sequence().toString())
            .put("reason", event.reason())
            .put("detail", event.detail())
            .put("parked", event.firstFailure().toString());
    event
        .envelope()
        .ifPresent(
            e -> node.put("route", e.route().path()).put("received", e.receivedAt().toString()));
    event.version().ifPresent(version -> node.put("version", version));
    event
        .discarded()
        .ifPresent(d -> node.put("at", d.at().toString()).put("by", d.by()).put("why", d.why()));
    if (body) {
      event.envelope().ifPresent(e -> node.put("body", text(e)));
    }
    out.print(between + "\n" + node);
    between = ",";
  }

  private static String text(Envelope envelope) {
    return new String(envelope.body(), StandardCharsets.UTF_8);
  }

  /**
   * Closes what was begun; false when nothing was.
   *
   * @param more whether newer events are left out
   */
  boolean end(boolean more) {
    if (at == At.NOTHING) {
      return false;
    }
    if (at == At.EVENTS) {
      givenUpFollow();
    }
    out.println("],\"more\":" + more + "}");
    return true;
  }
}
