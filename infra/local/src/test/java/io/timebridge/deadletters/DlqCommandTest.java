package io.timebridge.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.admission.Quarantine;
import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.system.SettingsText;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Intent;
import io.timebridge.timesheet.Rejection.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./timebridge dlq ...} as a person types it. */
class DlqCommandTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir static Path folder;

  private static DeadLetterRig rig;

  @BeforeAll
  static void start() throws IOException {
    rig = new DeadLetterRig("c-");
    Map<String, String> settings = new HashMap<>(SettingsText.aws(rig.aws.endpoints()));
    settings.put("name-prefix", "c-");
    Files.writeString(folder.resolve("timebridge.conf"), SettingsText.lines(settings));
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private record Ran(int exit, String out, String err) {}

  private static Ran dlq(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("dlq"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--config", folder.resolve("timebridge.conf").toString()));
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    return new Ran(exit, out.toString(), err.toString());
  }

  @Test
  void lists_what_waits_without_any_payload() throws Exception {
    rig.park(41, Reason.UNKNOWN_USER, "user 4 has no external id\u001b[31m in FirstService", 2);
    Ran ran = dlq("list", "--reason", "unknown-user");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("41", "entry", "UNKNOWN_USER", "waiting", "user 4 has no external id")
        .doesNotContain("secret note")
        .doesNotContain("\u001b");
    JsonNode json = JSON.readTree(dlq("list", "--json", "--reason", "UNKNOWN_USER").out());
    assertThat(json.get(0).path("key").asString()).isEqualTo("41");
    assertThat(json.get(0).path("waiting").asInt()).isEqualTo(2);
    assertThat(json.get(0).path("state").asString()).isEqualTo("waiting");
  }

  @Test
  void an_empty_list_is_an_empty_list() {
    Ran ran = dlq("list", "--reason", "unknown-task", "--json");
    assertThat(ran.exit()).isZero();
    assertThat(JSON.readTree(ran.out()).isEmpty()).isTrue();
    assertThat(ran.err()).contains("nothing waits for reason unknown-task");
  }

  @Test
  void shows_a_key_in_order_and_its_bodies_only_when_asked() throws Exception {
    rig.park(42, Reason.LOCKED_PERIOD, "2026-06 is locked", 3);
    Ran ran = dlq("show", "42");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("LOCKED_PERIOD: 2026-06 is locked", "timesheet-update", "2026-07-03T10:00:00Z")
        .containsSubsequence("version 1 ", "version 2 ", "version 3 ")
        .doesNotContain("secret note");
    assertThat(dlq("show", "42", "--body").out()).contains("secret note");
  }

  @Test
  void shows_a_key_as_one_json_object() throws Exception {
    rig.park(46, Reason.LOCKED_PERIOD, "2026-06 is locked", 3);
    JsonNode shown = JSON.readTree(dlq("show", "46", "--json").out());
    assertThat(shown.path("key").asString()).isEqualTo("46");
    assertThat(shown.path("reason").asString()).isEqualTo("LOCKED_PERIOD");
    assertThat(shown.path("waitsFor").asString()).isEmpty();
    assertThat(shown.path("entry").path("parking").asInt()).isOne();
    assertThat(shown.path("events").valueStream().map(e -> e.path("version").asInt()))
        .containsExactly(1, 2, 3);
    assertThat(shown.path("givenUp").isArray()).isTrue();
    assertThat(shown.toString()).doesNotContain("secret note");
    JsonNode bodies = JSON.readTree(dlq("show", "46", "--json", "--body").out());
    assertThat(bodies.path("events").get(2).path("body").asString()).contains("secret note");

    assertThat(dlq("discard", "46", "--reason", "job is gone").exit()).isZero();
    JsonNode given = JSON.readTree(dlq("show", "46", "--json").out());
    assertThat(given.path("waiting").asInt(-1)).isZero();
    assertThat(given.path("events").isEmpty()).isTrue();
    assertThat(given.path("givenUp").size()).isEqualTo(3);
    assertThat(given.path("givenUp").get(0).path("why").asString()).isEqualTo("job is gone");
    Ran nothing = dlq("show", "47", "--json");
    assertThat(nothing.exit()).isEqualTo(1);
    assertThat(nothing.out()).isEmpty();
  }

  @Test
  void shows_no_more_events_of_a_key_than_it_is_asked_for() throws Exception {
    rig.park(48, Reason.LOCKED_PERIOD, "2026-06 is locked", 3);
    Ran two = dlq("show", "48", "--limit", "2");
    assertThat(two.out())
        .contains("3 events")
        .containsSubsequence("version 1 ", "version 2 ")
        .doesNotContain("version 3 ");
    assertThat(two.err()).contains("newer ones are not shown");
    Ran three = dlq("show", "48", "--limit", "3");
    assertThat(three.out()).contains("version 3 ");
    assertThat(three.err()).isEmpty();
    assertThat(
            JSON.readTree(dlq("show", "48", "--json", "--limit", "2").out())
                .path("more")
                .asBoolean())
        .isTrue();
    Ran none = dlq("show", "48", "--limit", "0");
    assertThat(none.exit()).isEqualTo(2);
    assertThat(none.err()).contains("--limit 0: must be 1 to 100000");
  }

  @Test
  void wakes_one_key_and_says_so() throws Exception {
    rig.park(43, Reason.CLOSED_JOB, "d", 2);
    rig.wakeUps();
    assertThat(dlq("redrive", "43", "--dry-run").out()).contains("43, 2 events, CLOSED_JOB");
    assertThat(rig.wakeUps()).isEmpty();
    Ran ran = dlq("redrive", "43");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("woken: 43 with 2 events");
    assertThat(rig.wakeUps()).hasSize(1);
  }

  @Test
  void wakes_all_of_a_reason_and_no_other() throws Exception {
    for (int i = 0; i < 12; i++) {
      rig.park(500 + i, Reason.INVALID_DATA, "d", 1);
    }
    rig.wakeUps();
    Ran ran = dlq("redrive", "--reason", "INVALID_DATA", "--rate", "300");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("tried again: 12;");
    assertThat(rig.wakeUps()).hasSize(12).allMatch(body -> body.matches(".*\"key\":\"5\\d\\d\".*"));
  }

  @Test
  void says_what_became_of_each_key_as_one_json_object() throws Exception {
    rig.park(601, Reason.UNKNOWN_OUTCOME, "d", 2);
    rig.park(602, Reason.UNKNOWN_OUTCOME, "d", 1);
    rig.wakeUps();
    JsonNode dry = JSON.readTree(dlq("redrive", "601", "--json", "--dry-run").out());
    assertThat(dry.path("dryRun").asBoolean()).isTrue();
    assertThat(dry.path("keys").get(0).path("key").asString()).isEqualTo("601");
    assertThat(dry.path("keys").get(0).path("waiting").asInt()).isEqualTo(2);
    assertThat(rig.wakeUps()).isEmpty();
    Ran ran = dlq("redrive", "--reason", "UNKNOWN_OUTCOME", "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonNode done = JSON.readTree(ran.out());
    assertThat(done.path("keys").valueStream().map(k -> k.path("key").asString()))
        .containsExactlyInAnyOrder("601", "602");
    assertThat(done.path("keys").valueStream().map(k -> k.path("outcome").asString()))
        .containsOnly("woken");
    assertThat(done.path("triedAgain").asInt()).isEqualTo(2);
    assertThat(done.path("refused").asInt()).isZero();
    assertThat(rig.wakeUps()).hasSize(2);
    Ran none = dlq("redrive", "--reason", "unknown-task", "--json");
    assertThat(none.exit()).isEqualTo(1);
    assertThat(JSON.readTree(none.out()).path("triedAgain").asInt(-1)).isZero();
    assertThat(dlq("redrive", "999", "--json").out()).isEmpty();
  }

  @Test
  void says_what_was_given_up_as_one_json_object() throws Exception {
    EntryRow row = rig.park(603, Reason.REFUSED, "d", 2);
    JsonNode dry =
        JSON.readTree(dlq("discard", "603", "--reason", "w", "--dry-run", "--json").out());
    assertThat(dry.path("dryRun").asBoolean()).isTrue();
    assertThat(dry.path("givenUp").asInt()).isEqualTo(2);
    Intent intent = new Intent("t-1", Intent.Op.ADD, 5, Set.of(), Duration.ofSeconds(40));
    EntryRow announced = DeadLetterRig.row(rig.entries.begin(new EntryId(603), row, intent));
    Ran refused = dlq("discard", "603", "--reason", "w", "--json");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(JSON.readTree(refused.out()).path("refused").asString()).contains("is announced");
    assertThat(announced.waits()).isTrue();
    rig.park(604, Reason.REFUSED, "d", 3);
    Ran done = dlq("discard", "604", "--reason", "w", "--json");
    assertThat(done.exit()).as(done.err()).isZero();
    JsonNode given = JSON.readTree(done.out());
    assertThat(given.path("key").asString()).isEqualTo("604");
    assertThat(given.path("givenUp").asInt()).isEqualTo(3);
    assertThat(given.path("dryRun").asBoolean(true)).isFalse();
  }

  @Test
  void gives_a_key_up_once_and_keeps_it() throws Exception {
    rig.park(44, Reason.REFUSED, "d", 2);
    assertThat(dlq("discard", "44", "--reason", "job is gone", "--dry-run").out())
        .contains("would be given up: 44, 2 events");
    assertThat(rig.entries.read(new EntryId(44)).waits()).isTrue();
    Ran ran = dlq("discard", "44", "--reason", "job is gone");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("given up: 44, 2 events");
    assertThat(rig.entries.read(new EntryId(44)).waits()).isFalse();
    assertThat(dlq("discard", "44", "--reason", "again").exit()).isEqualTo(1);
    Ran shown = dlq("show", "44");
    assertThat(shown.exit()).isZero();
    assertThat(shown.out())
        .contains("given up before", "job is gone", System.getProperty("user.name"));
  }

  @Test
  void refuses_to_give_up_under_an_announced_call() throws Exception {
    EntryRow row = rig.park(45, Reason.REFUSED, "d", 1);
    Intent intent = new Intent("t-1", Intent.Op.ADD, 5, Set.of(), Duration.ofSeconds(40));
    DeadLetterRig.row(rig.entries.begin(new EntryId(45), row, intent));
    Ran ran = dlq("discard", "45", "--reason", "w");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("entry 45", "is announced", "./timebridge dlq redrive 45");
  }

  @Test
  void refuses_to_apply_what_is_quarantined() throws Exception {
    rig.quarantine(3, Quarantine.Reason.REFUSED);
    Ran ran = dlq("redrive", "quarantine-timesheet-events-shard-0");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("never applied", "the signature does not match");
    Ran dry = dlq("redrive", "quarantine-timesheet-events-shard-0", "--dry-run", "--json");
    assertThat(dry.exit()).isEqualTo(1);
    JsonNode key = JSON.readTree(dry.out()).path("keys").get(0);
    assertThat(key.path("outcome").asString()).isEqualTo("refused");
    assertThat(key.path("why").asString()).contains("never applied");
    assertThat(dlq("list", "--reason", "quarantine").out()).contains("quarantine-refused");
    assertThat(dlq("redrive", "--reason", "quarantine").exit()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redrive",
        "redrive 1 --all",
        "redrive --all --rate 0",
        "redrive --reason unmaped",
        "list --reason unmaped",
        "list --limit 0",
        "discard 1",
        "discard 1 --reason  ",
        "nonsense"
      })
  void says_what_is_wrong_with_its_options(String line) {
    Ran ran = dlq(line.split(" ", -1));
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"show 999", "redrive 999", "redrive job-999", "discard x --reason w"})
  void says_that_there_is_no_such_key(String line) {
    Ran ran = dlq(line.split(" ", -1));
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("nothing waits under key", "./timebridge dlq list");
  }

  @Test
  void says_which_table_is_missing() throws Exception {
    Map<String, String> settings = new HashMap<>(SettingsText.aws(rig.aws.endpoints()));
    settings.put("name-prefix", "nowhere-");
    Path file = Files.writeString(folder.resolve("other.conf"), SettingsText.lines(settings));
    StringWriter err = new StringWriter();
    int exit =
        Timebridge.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "dlq",
            "list",
            "--config",
            file.toString());
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("nowhere-Timesheet_Entries", "name-prefix");
  }
}
