package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The event that asks for an entry to be compared with FirstService and put right. It goes through
 * the stream like the entry's own events.
 */
public final class VerifyEvent {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PLACES = "places";
  private static final String AFTER_LOSS = "afterLoss";

  private VerifyEvent() {}

  /**
   * One such event, with an id of its own.
   *
   * @param places where else a timesheet of the entry may be, besides where its row and
   *     FirstService say
   * @param afterLoss see {@link EntryEvent#afterLoss()}
   */
  public static Envelope of(EntryId id, Collection<Place> places, boolean afterLoss, Instant now) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode payload = body.putObject("payload");
    payload.put("id", id.value());
    ArrayNode list = payload.putArray(PLACES);
    places.forEach(place -> list.add(place.text()));
    if (afterLoss) {
      payload.put(AFTER_LOSS, true);
    }
    return new Envelope(
        "verify-" + UUID.randomUUID(),
        Envelope.Source.TIMEBRIDGE,
        Route.VERIFY,
        id.key(),
        now,
        Map.of(),
        body.toString().getBytes(StandardCharsets.UTF_8),
        null);
  }

  static Set<Place> places(JsonNode payload) {
    Set<Place> places = new HashSet<>();
    for (JsonNode text : payload.path(PLACES)) {
      Place.find(text.asString("")).ifPresent(places::add);
    }
    return places;
  }

  static boolean isAfterLoss(JsonNode payload) {
    return payload.path(AFTER_LOSS).asBoolean(false);
  }
}
