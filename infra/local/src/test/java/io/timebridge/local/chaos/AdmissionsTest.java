package io.timebridge.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.planted.Plant;
import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.sim.http.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionsTest {
  private static final Instant AWAKE = Instant.parse("2026-07-01T08:00:00Z");

  private final Workers workers =
      new Workers(
          List.of(
              new Workers.Place("a", Workers.Kind.WORKER, doors(1, 2)),
              new Workers.Place("b", Workers.Kind.WORKER, doors(3, 4))),
          Plant.NONE,
          Path.of("target"));
  private final Workers.Worker sleeper = Objects.requireNonNull(workers.behind(2));
  private final Workers.Worker other = Objects.requireNonNull(workers.behind(4));
  private final Admissions admissions = new Admissions();

  @AfterEach
  void close() {
    workers.close();
  }

  @Test
  void admits_what_a_call_does_that_arrives_right_after_its_worker_goes_on() {
    admissions.wokeUp(sleeper, AWAKE, "");
    admissions.arrived(sleeper, add("17"), AWAKE.plusMillis(20));

    assertThat(admissions.effects()).accepts(effect(901, "n [TB#17]", AWAKE.plusMillis(40)));
    assertThat(admissions.effects())
        .rejects(
            effect(902, "n [TB#171]", AWAKE.plusMillis(40)),
            effect(901, "n [TB#17]", AWAKE.minusMillis(1)),
            effect(901, "n [TB#17]", AWAKE.plusSeconds(60)));
  }

  @Test
  void admits_a_delete_by_the_timesheet_it_names() {
    admissions.wokeUp(sleeper, AWAKE, "");
    admissions.arrived(
        sleeper, new ChangingCall(Service.SECOND, false, "", "901"), AWAKE.plusMillis(20));

    assertThat(admissions.effects()).accepts(effect(901, "n [TB#17]", AWAKE.plusMillis(40)));
    assertThat(admissions.effects()).rejects(effect(902, "n [TB#18]", AWAKE.plusMillis(40)));
  }

  @Test
  void admits_a_change_of_the_project_or_client_it_names_and_of_no_other() {
    admissions.wokeUp(sleeper, AWAKE, "");
    admissions.arrived(
        sleeper, new ChangingCall(Service.FIRST, false, "", "projects/12"), AWAKE.plusMillis(20));

    assertThat(admissions.effects()).accepts(of("project.update", 12));
    assertThat(admissions.effects())
        .rejects(of("project.update", 13), of("client.update", 12), of("project.create", 13));
    admissions.arrived(
        sleeper, new ChangingCall(Service.FIRST, true, "", "clients"), AWAKE.plusMillis(30));
    assertThat(admissions.effects()).accepts(of("client.create", 13));
    assertThat(admissions.effects()).rejects(of("client.update", 13), of("project.create", 13));
  }

  private static Effect of(String op, long id) {
    return new Effect(1, AWAKE.plusMillis(40), op, Json.object().put("id", id), Json.object());
  }

  @Test
  void admits_no_call_of_another_worker_nor_one_that_comes_later() {
    admissions.wokeUp(sleeper, AWAKE, "");
    admissions.arrived(other, add("17"), AWAKE.plusMillis(20));
    admissions.arrived(sleeper, add("17"), AWAKE.plusSeconds(3));

    assertThat(admissions.effects()).rejects(effect(901, "n [TB#17]", AWAKE.plusMillis(3100)));
    assertThat(admissions.count()).isZero();
  }

  @Test
  void admits_no_call_of_the_record_that_was_held_before_it_looked_at_the_clock() {
    admissions.wokeUp(sleeper, AWAKE, "17");
    admissions.arrived(sleeper, add("17"), AWAKE.plusMillis(20));

    assertThat(admissions.effects()).rejects(effect(901, "n [TB#17]", AWAKE.plusMillis(40)));
  }

  private static Map<String, String> doors(int first, int second) {
    return Map.of(
        "first-service.url",
        "http://127.0.0.1:" + first,
        "second-service.url",
        "http://127.0.0.1:" + second);
  }

  private static ChangingCall add(String entry) {
    return new ChangingCall(Service.SECOND, true, entry, "");
  }

  private static Effect effect(long timesheet, String description, Instant at) {
    return new Effect(
        1,
        at,
        "timesheet.add",
        Json.object().put("idTimesheet", timesheet),
        Json.object().put("strDescription", description));
  }
}
