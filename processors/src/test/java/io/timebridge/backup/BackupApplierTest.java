package io.timebridge.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.failure.RememberedParkedEvents;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupApplierTest {
  private static final Instant NOW = Instant.parse("2026-06-01T10:00:00Z");

  private final InMemoryBackupStore store = new InMemoryBackupStore();
  private final FakeEntries first = new FakeEntries();
  private final RememberedParkedEvents parked = new RememberedParkedEvents();
  private final BackupApplier applier = new BackupApplier(store, first, parked);
  private long sequence;

  @Test
  void keeps_the_entry_as_it_was_sent_compact_and_without_asking() throws Exception {
    String sent =
        "{\"payload\": {\"id\": 5, \"note\": \"Größe \\\"x\\\"\\n\", \"updated_at\": 10, \"rate\": 1.50,"
            + " \"unknown\": {\"deep\": [1, null]}}}";

    assertThat(saved(sent)).isInstanceOf(Outcome.Applied.class);

    assertThat(store.backup(5))
        .contains(
            live(
                10,
                "{\"id\":5,\"note\":\"Größe \\\"x\\\"\\n\",\"updated_at\":10,\"rate\":1.50,"
                    + "\"unknown\":{\"deep\":[1,null]}}"));
    assertThat(first.fetches).isZero();
  }

  @Test
  void a_newer_version_replaces_and_an_older_or_equal_one_is_skipped() throws Exception {
    saved(full(5, 10, "a"));
    saved(full(5, 12, "c"));

    assertThat(saved(full(5, 11, "b"))).isInstanceOf(Outcome.Skipped.class);
    assertThat(saved(full(5, 12, "c"))).isEqualTo(new Outcome.Skipped("a repeat"));
    assertThat(store.backup(5)).contains(live(12, event(5, 12, "c")));
    assertThat(first.fetches).isZero();
  }

  @Test
  void a_repeat_with_its_fields_and_numbers_written_another_way_is_a_repeat() throws Exception {
    saved("{\"payload\":{\"id\":5,\"updated_at\":10,\"rate\":1.50}}");

    assertThat(saved("{\"payload\":{\"rate\":1.5,\"updated_at\":10,\"id\":5}}"))
        .isEqualTo(new Outcome.Skipped("a repeat"));
  }

  @Test
  void the_same_version_with_other_content_is_settled_by_first_service() throws Exception {
    saved(full(5, 10, "a"));
    first.put(5, event(5, 10, "true"));

    assertThat(saved(full(5, 10, "b"))).isInstanceOf(Outcome.Applied.class);
    assertThat(store.backup(5)).contains(live(10, event(5, 10, "true")));
    assertThat(saved(full(5, 10, "a"))).isInstanceOf(Outcome.Skipped.class);
    assertThat(store.backup(5)).contains(live(10, event(5, 10, "true")));
  }

  @Test
  void a_thin_body_is_fetched() throws Exception {
    first.put(5, event(5, 10, "a"));

    assertThat(saved(thin(5, "/1.1/77/hours/5"))).isInstanceOf(Outcome.Applied.class);
    assertThat(saved(thin(5, "/1.1/77/hours/5"))).isInstanceOf(Outcome.Skipped.class);
    assertThat(store.backup(5)).contains(live(10, event(5, 10, "a")));
  }

  @Test
  void waits_with_what_needs_first_service_and_keeps_what_does_not_while_it_is_not_open()
      throws Exception {
    first.closed =
        new ServiceTrouble(ServiceTrouble.Kind.CREDENTIALS, "log in", Duration.ofSeconds(3), null);

    assertThat(saved(thin(5, "/1.1/77/hours/5")))
        .isEqualTo(new Outcome.Retry("log in", Duration.ofSeconds(3)));
    assertThat(first.fetches).isZero();
    assertThat(saved(full(5, 10, "a"))).isInstanceOf(Outcome.Applied.class);

    first.closed = null;
    first.put(5, event(5, 11, "b"));
    assertThat(saved(thin(5, "/1.1/77/hours/5"))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void a_suggestion_is_skipped_without_asking() throws Exception {
    assertThat(saved(thin(5, "/1.1/77/suggested_hours/5"))).isInstanceOf(Outcome.Skipped.class);
    assertThat(store.backup(5)).isEmpty();
    assertThat(first.fetches).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"payload\":{\"id\":5}}", "{\"payload\":{\"id\":5,\"updated_at\":0}}"})
  void a_body_without_a_version_is_fetched(String body) throws Exception {
    first.put(5, event(5, 10, "a"));

    saved(body);

    assertThat(store.backup(5)).contains(live(10, event(5, 10, "a")));
  }

  @Test
  void a_deletion_leaves_a_tombstone_on_the_last_known_body() throws Exception {
    saved(full(5, 10, "a"));

    assertThat(deleted(thin(5, "/1.1/77/hours/5"))).isInstanceOf(Outcome.Applied.class);
    assertThat(deleted(thin(5, "/1.1/77/hours/5"))).isInstanceOf(Outcome.Skipped.class);
    assertThat(store.backup(5)).contains(gone(10, event(5, 10, "a")));
  }

  @Test
  void a_deletion_that_brings_a_newer_body_leaves_that_one() throws Exception {
    saved(full(5, 10, "a"));

    deleted(full(5, 11, "b"));

    assertThat(store.backup(5)).contains(gone(11, event(5, 11, "b")));
  }

  @Test
  void a_deletion_is_not_believed_when_first_service_still_has_the_entry() throws Exception {
    saved(full(5, 10, "a"));
    first.put(5, event(5, 12, "c"));

    deleted(full(5, 11, "b"));

    assertThat(store.backup(5)).contains(live(12, event(5, 12, "c")));
  }

  @Test
  void a_saved_event_that_says_deleted_is_looked_up() throws Exception {
    saved(full(5, 10, "a"));

    saved("{\"payload\":{\"id\":5,\"updated_at\":11,\"deleted\":true}}");

    assertThat(store.backup(5).flatMap(Backup::deletedAt)).contains(NOW);
  }

  @Test
  void a_deletion_before_anything_else_leaves_a_tombstone_that_a_late_create_cannot_undo()
      throws Exception {
    deleted(thin(5, "/1.1/77/hours/5"));
    assertThat(store.backup(5)).contains(gone(0, ""));

    saved(full(5, 10, "a"));
    assertThat(store.backup(5)).contains(gone(10, event(5, 10, "a")));

    assertThat(saved(full(5, 9, "older"))).isInstanceOf(Outcome.Skipped.class);
    assertThat(store.backup(5)).contains(gone(10, event(5, 10, "a")));
  }

  @Test
  void an_entry_that_lives_again_loses_its_tombstone() throws Exception {
    saved(full(5, 10, "a"));
    deleted(thin(5, ""));
    first.put(5, event(5, 14, "back"));

    saved(full(5, 13, "b"));

    assertThat(store.backup(5)).contains(live(14, event(5, 14, "back")));
  }

  @Test
  void an_older_version_never_replaces_what_another_worker_wrote_meanwhile() throws Exception {
    saved(full(5, 10, "a"));
    store.beforeNextReplace(() -> store.put(5, live(12, event(5, 12, "c"))));

    assertThat(saved(full(5, 11, "b"))).isInstanceOf(Outcome.Skipped.class);
    assertThat(store.backup(5)).contains(live(12, event(5, 12, "c")));
  }

  @Test
  void trouble_is_retried_after_what_the_service_asked_and_changes_nothing() throws Exception {
    saved(full(5, 10, "a"));
    first.trouble(
        new ServiceTrouble(ServiceTrouble.Kind.NOT_DONE, "429", Duration.ofSeconds(7), null));

    assertThat(deleted(thin(5, ""))).isEqualTo(new Outcome.Retry("429", Duration.ofSeconds(7)));
    assertThat(store.backup(5)).contains(live(10, event(5, 10, "a")));

    first.trouble(null);
    store.fail(true);
    assertThat(deleted(thin(5, "")))
        .isEqualTo(new Outcome.Retry("Timesheet_Backup is down", Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{}",
        "{\"payload\":{}}",
        "{\"payload\":{\"id\":-5}}",
        "{\"payload\":{\"id\":5.5}}",
        "{\"payload\":{\"id\":5,\"id\":5}}",
        "{\"payload\":{\"id\":6,\"updated_at\":10}}",
        "{\"payload\":{\"entity_id\":\"6\",\"entity_path\":\"/hours/6\"}}"
      })
  void a_malformed_body_or_one_of_another_key_is_parked(String body) throws Exception {
    assertThat(saved(body)).isEqualTo(new Outcome.Parked("malformed"));
    assertThat(parked.events()).singleElement().extracting("key").isEqualTo("backup-5");
    assertThat(store.backup(5)).isEmpty();
    assertThat(store.backup(6)).isEmpty();
  }

  @Test
  void a_record_of_another_stream_is_parked() throws Exception {
    assertThat(handle(Route.NEW_TIMESHEET_ENTRY, full(5, 10, "a")))
        .isEqualTo(new Outcome.Parked("malformed"));
  }

  @Test
  void what_cannot_be_kept_is_parked_and_the_lane_goes_on() throws Exception {
    first.put(5, "{\"id\":5}");
    assertThat(saved(thin(5, ""))).isEqualTo(new Outcome.Parked("no-version"));
    first.put(5, event(5, 10, "x".repeat(BackupApplier.MAX_BODY_BYTES)));
    assertThat(saved(thin(5, ""))).isEqualTo(new Outcome.Parked("too-large"));
    first.put(5, event(6, 10, "not mine"));
    assertThat(saved(thin(5, ""))).isInstanceOf(Outcome.Retry.class);
    assertThat(store.backup(5)).isEmpty();
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  /** Deliveries repeat, overtake each other, are lost (never the last of all), thin or full. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void any_order_of_deliveries_ends_as_first_service_has_it(long seed) throws Exception {
    Random random = new Random(seed);
    int versions = 1 + random.nextInt(5);
    boolean dead = random.nextBoolean();
    if (!dead) {
      first.put(5, event(5, versions, "v" + versions));
    }
    List<StreamRecord> deliveries = new ArrayList<>();
    for (int v = 1; v <= versions; v++) {
      for (int copy = 0; copy <= random.nextInt(2); copy++) {
        String body = random.nextBoolean() ? full(5, v, "v" + v) : thin(5, "/hours/5");
        deliveries.add(record(Route.TIMESHEET_BACKUPS_UPDATE, body));
      }
    }
    // a deletion that FirstService took back, or the real one
    if (dead || random.nextBoolean()) {
      deliveries.add(
          record(
              Route.TIMESHEET_BACKUPS_DELETION,
              random.nextBoolean() ? thin(5, "") : full(5, versions, "v" + versions)));
    }
    Collections.shuffle(deliveries, random);

    for (StreamRecord delivery : deliveries) {
      assertThat(applier.handle(delivery))
          .isInstanceOfAny(Outcome.Applied.class, Outcome.Skipped.class);
    }

    Backup kept = store.backup(5).orElseThrow();
    assertThat(kept.isDeleted()).isEqualTo(dead);
    if (!dead) {
      assertThat(kept).isEqualTo(live(versions, event(5, versions, "v" + versions)));
    }
  }

  private Outcome saved(String body) throws InterruptedException {
    return handle(Route.TIMESHEET_BACKUP, body);
  }

  private Outcome deleted(String body) throws InterruptedException {
    return handle(Route.TIMESHEET_BACKUPS_DELETION, body);
  }

  private Outcome handle(Route route, String body) throws InterruptedException {
    return applier.handle(record(route, body));
  }

  private StreamRecord record(Route route, String body) {
    return new StreamRecord(
        "s",
        BigInteger.valueOf(++sequence),
        new Envelope(
            "i",
            Envelope.Source.FIRST_SERVICE,
            route,
            "5",
            NOW,
            Map.of(),
            body.getBytes(StandardCharsets.UTF_8),
            null));
  }

  private static Backup live(long version, String body) {
    return new Backup(version, body, Optional.empty());
  }

  private static Backup gone(long version, String body) {
    return new Backup(version, body, Optional.of(NOW));
  }

  private static String event(long id, long version, String note) {
    return "{\"id\":%d,\"updated_at\":%d,\"note\":\"%s\"}".formatted(id, version, note);
  }

  private static String full(long id, long version, String note) {
    return "{\"payload\":" + event(id, version, note) + "}";
  }

  private static String thin(long id, String path) {
    return "{\"payload\":{\"entity_id\":%d,\"entity_path\":\"%s\"}}".formatted(id, path);
  }
}
