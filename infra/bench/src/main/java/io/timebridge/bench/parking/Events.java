package io.timebridge.bench.parking;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** Events of entries as FirstService's webhooks bring them, whole. */
final class Events {
  static final long LABEL = 11;
  static final long TASK = 6;

  /** What an entry refers to; in FirstService's terms. */
  record Whose(long user, String job, String client, long label, String day) {}

  static final Whose STUB = new Whose(3, "41", "7", LABEL, "2026-07-03");

  private Events() {}

  /** The entry is now as its version says. */
  static Envelope saved(Whose whose, long id, long version, int seconds, String note) {
    return envelope(Route.TIMESHEET_UPDATE, whose, id, version, seconds, note);
  }

  static Envelope deleted(Whose whose, long id, long version) {
    return envelope(Route.TIMESHEET_DELETION, whose, id, version, 0, "");
  }

  private static Envelope envelope(
      Route route, Whose whose, long id, long version, int seconds, String note) {
    String body =
        "{\"payload\":{\"id\":%d,\"updated_at\":%d,\"day\":\"%s\",\"note\":\"%s\",\"user\":{\"id\":%d},\"project\":{\"external_id\":\"%s\",\"client\":{\"external_id\":\"%s\"}},\"duration\":{\"total_seconds\":%d},\"label_ids\":[%d]}}"
            .formatted(
                id,
                version,
                whose.day(),
                note,
                whose.user(),
                whose.job(),
                whose.client(),
                seconds,
                whose.label());
    return new Envelope(
        "bench-" + id + "-" + version,
        Envelope.Source.FIRST_SERVICE,
        route,
        Long.toString(id),
        Instant.EPOCH,
        Map.of(),
        body.getBytes(StandardCharsets.UTF_8),
        null);
  }

  static StreamRecord record(Envelope envelope, BigInteger sequence) {
    return new StreamRecord("shard-0", sequence, envelope);
  }
}
