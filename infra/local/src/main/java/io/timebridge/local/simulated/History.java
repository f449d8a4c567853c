package io.timebridge.local.simulated;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.Route;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What people do to one entry: made, edited, moved to another day or person, deleted, restored; and
 * the webhooks of it, repeated, late, overtaking each other, in both shapes; all but the last
 * change's may be lost.
 */
final class History {
  static final long JOB = 41;
  static final long CLIENT = 7;
  static final long LABEL = 11;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final LocalDate FIRST_DAY = LocalDate.of(2026, 7, 1);

  /**
   * One state of the entry.
   *
   * @param n its number, from 1; named in its note
   * @param updatedAt seconds; two states may share one
   * @param at when it comes about
   */
  record Version(int n, long updatedAt, boolean gone, Duration at, ObjectNode json) {}

  /** One delivery, put onto the stream at {@code at}. */
  record Delivery(Duration at, Route route, String body) {}

  private final EntryId id;
  private final List<Version> versions = new ArrayList<>();
  private final List<Delivery> deliveries = new ArrayList<>();

  private History(EntryId id) {
    this.id = id;
  }

  /**
   * @param users how many people there are, numbered from 1
   * @param lastNotBefore the last version comes about then, or later
   */
  static History draw(EntryId id, Random random, int users, Duration lastNotBefore) {
    History history = new History(id);
    int count = 1 + random.nextInt(6);
    long updatedAt = 1_763_800_000L + random.nextInt(1000);
    long millis = random.nextInt(2000);
    boolean live = false;
    long user = 1L + random.nextInt(users);
    int day = random.nextInt(4);
    for (int n = 1; n <= count; n++) {
      boolean tie = n > 1 && random.nextInt(12) == 0;
      updatedAt += tie ? 0 : 1 + random.nextInt(3);
      boolean gone = live && random.nextInt(4) == 0;
      if (n == count) {
        millis = Math.max(millis, lastNotBefore.toMillis());
      }
      user = random.nextInt(6) == 0 ? 1L + random.nextInt(users) : user;
      day = random.nextInt(4) == 0 ? random.nextInt(4) : day;
      history.versions.add(
          new Version(
              n, updatedAt, gone, Duration.ofMillis(millis), json(id, n, updatedAt, user, day)));
      live = !gone;
      millis += 50 + random.nextInt(random.nextBoolean() ? 300 : 3000);
    }
    history.announce(random);
    return history;
  }

  /**
   * An entry that is edited again and again, and never deleted.
   *
   * @param within when its states come about, anywhere in this time
   */
  static History edited(EntryId id, Random random, int users, Duration within, int states) {
    History history = new History(id);
    long user = 1L + random.nextInt(users);
    List<Long> times = random.longs(states, 0, within.toMillis()).sorted().boxed().toList();
    for (int n = 1; n <= states; n++) {
      long millis = times.get(n - 1);
      long updatedAt = 1_763_800_000L + 2L * n + millis / 1000;
      history.versions.add(
          new Version(
              n,
              updatedAt,
              false,
              Duration.ofMillis(millis),
              json(id, n, updatedAt, user, random.nextInt(4))));
    }
    history.announce(random);
    return history;
  }

  private static ObjectNode json(EntryId id, int n, long updatedAt, long user, int day) {
    ObjectNode e = JSON.createObjectNode();
    e.put("id", id.value()).put("updated_at", updatedAt).put("note", "n" + n);
    e.put("day", FIRST_DAY.plusDays(day).toString());
    e.putObject("user").put("id", user);
    ObjectNode project = e.putObject("project").put("external_id", Long.toString(JOB));
    project.putObject("client").put("external_id", Long.toString(CLIENT));
    e.putObject("duration").put("total_seconds", 600L * n);
    e.putArray("label_ids").add(LABEL);
    return e;
  }

  private void announce(Random random) {
    for (Version version : versions) {
      boolean last = version.n() == versions.size();
      int copies = random.nextInt(8) == 0 && !last ? 0 : 1 + random.nextInt(2);
      for (int i = 0; i < copies; i++) {
        long delay = 20L + random.nextInt(random.nextInt(3) == 0 ? 6000 : 200);
        deliveries.add(delivery(version, version.at().plusMillis(delay), random.nextInt(3) == 0));
      }
    }
  }

  private Delivery delivery(Version version, Duration at, boolean full) {
    Route route =
        version.gone()
            ? Route.TIMESHEET_DELETION
            : version.n() == 1 ? Route.NEW_TIMESHEET_ENTRY : Route.TIMESHEET_UPDATE;
    String body =
        full
            ? "{\"payload\":" + version.json() + "}"
            : "{\"payload\":{\"entity_id\":%s,\"entity_path\":\"/1.1/77/hours/%s\"}}"
                .formatted(id, id);
    return new Delivery(at, route, body);
  }

  EntryId id() {
    return id;
  }

  List<Delivery> deliveries() {
    return deliveries;
  }

  /** The state at that time; the last one whose time has come. */
  Version at(long nanos) {
    Version current = versions.getFirst();
    for (Version version : versions) {
      if (version.at().toNanos() <= nanos) {
        current = version;
      }
    }
    return current;
  }

  boolean existsAt(long nanos) {
    return versions.getFirst().at().toNanos() <= nanos;
  }

  Version last() {
    return versions.getLast();
  }
}
