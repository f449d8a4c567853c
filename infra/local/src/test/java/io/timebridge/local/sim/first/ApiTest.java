package io.timebridge.local.sim.first;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.local.sim.HandClock;
import io.timebridge.local.sim.Http;
import io.timebridge.local.sim.SimControl.Effect;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ApiTest {
  private final HandClock clock = new HandClock();
  private Team team;

  @BeforeEach
  void start() throws Exception {
    team = new Team(Team.plain().withClock(clock));
  }

  @AfterEach
  void stop() {
    team.close();
  }

  @Test
  void an_event_is_whole() throws Exception {
    long id = team.track();
    JsonNode event = Http.json(team.get("events/" + id));
    String uid = event.path("uid").stringValue();
    assertThat(uid).hasSize(36);
    long now = clock.instant().getEpochSecond();
    assertThat(event)
        .isEqualTo(
            Team.MAPPER.readTree(
                """
                {"id":%d,"uid":"%s","user":{"id":%d,"email":"zoe@acme.test","name":"Zoë"},
                 "project":{"id":%d,"active":true,"external_id":"5001","name":"Site - J-1",
                   "client":{"id":%d,"name":"Acme","external_id":"1001"},"required_labels":false},
                 "duration":{"hours":1,"minutes":15,"seconds":2,"formatted":"01:15",
                   "total_hours":1.25,"total_seconds":4502,"total_minutes":75},
                 "day":"2026-07-03","note":"a note","from":null,"to":null,"label_ids":[%d,%d],
                 "updated_at":%d,"created_at":%d,"billed":false,"billable":true,"locked":false,
                 "locked_reason":null,"invoice_id":null,"deleted":false,"draft":false,
                 "suggestion_id":null,"timer_state":"default","external_id":null,
                 "estimated":false,"state":null}
                """
                    .formatted(
                        id,
                        uid,
                        team.user,
                        team.project,
                        team.client,
                        team.label,
                        team.category,
                        now,
                        now)));
  }

  @Test
  void the_ledger_tells_create_edit_and_delete_with_the_event_after_each() throws Exception {
    long id = team.track();
    team.edit(id, "\"seconds\":60,\"draft\":true,\"timer_state\":\"running\",\"locked\":true");
    team.delete(id);

    List<Effect> effects = team.control.ledger(5);
    assertThat(effects)
        .extracting(Effect::op)
        .containsExactly("event.create", "event.edit", "event.delete");
    assertThat(effects).allMatch(effect -> Team.id(effect.ids()) == id);
    JsonNode edited = effects.get(1).content();
    assertThat(edited.path("duration").path("total_seconds").intValue()).isEqualTo(60);
    assertThat(edited.path("draft").booleanValue()).isTrue();
    assertThat(edited.path("timer_state").stringValue()).isEqualTo("running");
    assertThat(edited.path("note").stringValue()).isEqualTo("a note");
    assertThat(effects.get(2).content().path("deleted").booleanValue()).isTrue();
    assertThat(team.control.state().path("events").path(0)).isEqualTo(effects.get(2).content());
    assertThat(team.ops())
        .startsWith("client.create", "project.create", "user.add", "label.add", "label.add");
  }

  @Test
  void updated_at_grows_with_every_change_within_one_second() {
    long id = team.track();
    team.edit(id, "\"note\":\"b\"");
    team.edit(id, "\"note\":\"c\"");
    clock.forward(Duration.ofSeconds(100));
    team.delete(id);

    long start = clock.instant().getEpochSecond() - 100;
    assertThat(updates(5)).containsExactly(start, start + 1, start + 2, start + 100);
  }

  @Test
  void updated_at_ties_within_one_second_when_told_so() throws Exception {
    team.close();
    team =
        new Team(
            Team.plain()
                .withClock(clock)
                .withQuirks(new FirstServiceSim.Quirks(0, 0, 0, true, false, 1)));
    long id = team.track();
    team.edit(id, "\"note\":\"b\"");
    assertThat(new HashSet<>(updates(5))).hasSize(1);
  }

  private List<Long> updates(long after) {
    return team.control.ledger(after).stream()
        .map(effect -> effect.content().path("updated_at").longValue())
        .toList();
  }

  @Test
  void a_deleted_event_is_404_or_now_and_then_200_with_deleted_true() throws Exception {
    team.close();
    team =
        new Team(Team.plain().withQuirks(new FirstServiceSim.Quirks(0, 0.5, 0, false, false, 5)));
    long id = team.track();
    team.delete(id);
    Set<Integer> statuses = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      HttpResponse<String> answer = team.get("events/" + id);
      statuses.add(answer.statusCode());
      if (answer.statusCode() == 200) {
        assertThat(Http.json(answer).path("deleted").booleanValue()).isTrue();
      } else {
        assertThat(answer.body()).isEqualTo("{\"errors\":{\"message\":\"Not found\"}}");
      }
    }
    assertThat(statuses).containsExactlyInAnyOrder(200, 404);
    assertThat(team.get("events?per_page=10").body()).isEqualTo("[]");
  }

  @Test
  void a_deleted_entry_cannot_be_edited_but_restored() throws Exception {
    long id = team.track();
    team.delete(id);
    assertThatThrownBy(() -> team.edit(id, "\"note\":\"b\"")).hasMessageContaining("is deleted");
    assertThatThrownBy(() -> team.delete(id)).hasMessageContaining("is deleted");
    team.control.post("/__sim/entries", "{\"op\":\"restore\",\"id\":%d}".formatted(id));
    assertThat(team.get("events/" + id).statusCode()).isEqualTo(200);
    assertThat(team.ops()).endsWith("event.create", "event.delete", "event.edit");
  }

  @Test
  void a_duration_is_a_plain_number_now_and_then_when_told_so() throws Exception {
    team.close();
    team =
        new Team(Team.plain().withQuirks(new FirstServiceSim.Quirks(0, 0, 0.5, false, false, 3)));
    long id = team.track();
    Set<String> forms = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      JsonNode duration = Http.json(team.get("events/" + id)).path("duration");
      forms.add(
          duration.isNumber() ? "plain " + duration : "object " + duration.path("total_seconds"));
    }
    assertThat(forms).containsExactlyInAnyOrder("plain 4502", "object 4502");
    assertThat(team.control.state().path("events").path(0).path("duration").isObject()).isTrue();
  }

  @Test
  void label_ids_hold_leaf_and_parents_in_either_order() throws Exception {
    List<List<Long>> seen = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      JsonNode ids = Http.json(team.get("events/" + team.track())).path("label_ids");
      seen.add(List.of(ids.path(0).longValue(), ids.path(1).longValue()));
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(
            List.of(team.label, team.category), List.of(team.category, team.label));
    long bare = Team.id(team.edit(team.track(), "\"label_ids\":[]"));
    assertThat(Http.json(team.get("events/" + bare)).path("label_ids").isEmpty()).isTrue();
  }

  @Test
  void events_are_listed_by_days_and_pages() throws Exception {
    List<Long> ids = new ArrayList<>();
    for (int day = 1; day <= 5; day++) {
      ids.add(Team.id(team.edit(team.track(), "\"day\":\"2026-07-0%d\"".formatted(day))));
    }
    assertThat(listed("events?since=2026-07-02&upto=2026-07-04"))
        .containsExactlyElementsOf(ids.subList(1, 4));
    assertThat(listed("events?per_page=2&page=2")).containsExactlyElementsOf(ids.subList(2, 4));
    assertThat(listed("events?per_page=2&page=3")).containsExactly(ids.get(4));
    assertThat(listed("events?per_page=2&page=4")).isEmpty();
    team.control.faults("{\"action\":\"empty-list\",\"count\":1}");
    assertThat(listed("events")).isEmpty();
    assertThat(listed("events")).containsExactlyElementsOf(ids);
  }

  @ParameterizedTest
  @CsvSource({
    "events?since=2026-07-01,422",
    "events?upto=2026-07-01,422",
    "events?per_page=5001,422",
    "events?per_page=0,422",
    "events?page=0,422",
    "events?since=x&upto=y,400",
    "clients?limit=0,422",
    "clients?offset=-1,422",
    "events/1,404",
    "events/x,404",
    "users/1,404",
    "nonsense,404"
  })
  void what_cannot_be_answered_is_refused_as_json(String path, int status) throws Exception {
    HttpResponse<String> answer = team.get(path);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(Http.json(answer).path("errors").isObject()).isTrue();
  }

  @Test
  void no_token_is_401_and_a_foreign_account_403() throws Exception {
    assertThat(team.http.get("/1.1/78/users", team.headers()).statusCode()).isEqualTo(403);
    HttpResponse<String> answer = team.http.get("/1.1/77/users", Map.of());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(Http.json(answer).path("errors").path("message").stringValue()).isNotBlank();
    team.token("wrong");
    assertThat(team.send("POST", "clients", "{\"client\":{\"name\":\"B\"}}").statusCode())
        .isEqualTo(401);
    assertThat(team.control.state().path("clients").size()).isEqualTo(1);
  }

  @Test
  void a_project_is_created_updated_archived_and_brought_back() throws Exception {
    long id =
        team.created(
            "projects",
            ("{\"project\":{\"name\":\"Söhne & \\\"Co\\\"\\n - J-2\",\"client_id\":%d,"
                    + "\"external_id\":5002,\"rate_type\":\"project\","
                    + "\"enable_labels\":\"custom\",\"label_ids\":[%d],"
                    + "\"required_labels\":true}}")
                .formatted(team.client, team.category));
    HttpResponse<String> archived =
        team.send("PUT", "projects/" + id, "{\"project\":{\"active\":false}}");
    assertThat(archived.statusCode()).isEqualTo(200);
    assertThat(Http.json(archived))
        .isEqualTo(
            Team.MAPPER.readTree(
                ("{\"id\":%d,\"name\":\"Söhne & \\\"Co\\\"\\n - J-2\",\"active\":false,"
                        + "\"external_id\":\"5002\",\"client\":{\"id\":%d,\"name\":\"Acme\","
                        + "\"external_id\":\"1001\"},\"rate_type\":\"project\","
                        + "\"enable_labels\":\"custom\",\"label_ids\":[%d],"
                        + "\"required_labels\":true}")
                    .formatted(id, team.client, team.category)));
    team.send("PUT", "projects/" + id, "{\"project\":{\"active\":true,\"external_id\":null}}");
    JsonNode last = team.control.state().path("projects").path(1);
    assertThat(last.path("active").booleanValue()).isTrue();
    assertThat(last.path("external_id").isNull()).isTrue();
    assertThat(team.ops()).endsWith("project.create", "project.update", "project.update");
    assertThat(listed("projects?per_page=1&page=2")).containsExactly(id);
  }

  @Test
  void two_projects_may_have_the_same_external_id() throws Exception {
    String body =
        "{\"project\":{\"name\":\"Twin\",\"client\":{\"id\":%d},\"external_id\":\"5001\"}}"
            .formatted(team.client);
    team.created("projects", body);
    assertThat(team.control.state().path("projects").size()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "projects|{\"project\":{\"client_id\":401}}|name",
        "projects|{\"project\":{\"name\":\" \",\"client_id\":401}}|name",
        "projects|{\"project\":{\"name\":\"x\"}}|client_id",
        "projects|{\"project\":{\"name\":\"x\",\"client_id\":9}}|client_id",
        "projects|{\"project\":{\"name\":\"x\",\"client_id\":\"401\"}}|client_id",
        "projects|{\"project\":{\"name\":\"x\",\"client_id\":401,\"active\":1}}|active",
        "projects|{\"project\":{\"name\":\"x\",\"client_id\":401,\"enable_labels\":\"some\"}}|enable_labels",
        "clients|{\"client\":{\"external_id\":\"7\"}}|name",
        "clients|{\"client\":{\"name\":7}}|name",
        "clients|{\"client\":{\"name\":\"x\",\"external_id\":[]}}|external_id",
        "webhooks|{\"webhook\":{\"url\":\"http://example.test/x\",\"subscriptions\":[\"a:b\"],\"secret_token\":\"s\"}}|url",
        "webhooks|{\"webhook\":{\"url\":\"::\",\"subscriptions\":[\"a:b\"],\"secret_token\":\"s\"}}|url",
        "webhooks|{\"webhook\":{\"url\":\"https://example.test\",\"subscriptions\":[],\"secret_token\":\"s\"}}|subscriptions",
        "webhooks|{\"webhook\":{\"url\":\"https://example.test\",\"subscriptions\":[\"a:b\"]}}|secret_token",
        "webhooks|{\"webhook\":{\"url\":\"https://example.test\",\"subscriptions\":[\"a:b\"],\"secret_token\":\"whsec_?\"}}|secret_token"
      })
  void what_is_not_valid_is_422_by_field_and_no_effect(String path, String body, String field)
      throws Exception {
    int effects = team.control.ledger(0).size();
    HttpResponse<String> answer = team.send("POST", path, body);
    assertThat(answer.statusCode()).isEqualTo(422);
    JsonNode errors = Http.json(answer).path("errors");
    assertThat(errors.path(field).path(0).stringValue()).isNotBlank();
    assertThat(errors.size()).isEqualTo(1);
    assertThat(team.control.ledger(0)).hasSize(effects);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}", "[]", "{\"project\":[]}", "null"})
  void a_body_that_cannot_be_read_is_400(String body) throws Exception {
    HttpResponse<String> answer = team.send("POST", "projects", body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(Http.json(answer).path("errors").path("message").stringValue()).isNotBlank();
  }

  @Test
  void clients_are_created_updated_and_paged_by_offset() throws Exception {
    long second = team.created("clients", "{\"client\":{\"name\":\"Bee\"}}");
    long third = team.created("clients", "{\"client\":{\"name\":\"Cee\"}}");
    HttpResponse<String> answer =
        team.send("PUT", "clients/" + second, "{\"client\":{\"external_id\":\"1002\"}}");
    assertThat(Http.json(answer))
        .isEqualTo(
            Team.MAPPER.readTree(
                "{\"id\":%d,\"name\":\"Bee\",\"external_id\":\"1002\",\"active\":true}"
                    .formatted(second)));
    assertThat(listed("clients?limit=2&offset=1")).containsExactly(second, third);
    assertThat(listed("clients?offset=3")).isEmpty();
    assertThat(team.send("PUT", "clients/1", "{\"client\":{}}").statusCode()).isEqualTo(404);
    assertThat(team.ops()).endsWith("client.create", "client.create", "client.update");
  }

  @Test
  void labels_are_a_tree_and_users_a_list() throws Exception {
    team.control.post("/__sim/labels", "{\"name\":\"Home\",\"parent_id\":null}");
    JsonNode trees = Http.json(team.get("labels?limit=1&offset=0"));
    assertThat(trees)
        .isEqualTo(
            Team.MAPPER.readTree(
                ("[{\"id\":%d,\"name\":\"Work\",\"parent_id\":null,\"active\":true,\"children\":["
                        + "{\"id\":%d,\"name\":\"Design\",\"parent_id\":%d,\"active\":true,"
                        + "\"children\":[]}]}]")
                    .formatted(team.category, team.label, team.category)));
    assertThat(team.control.state().path("labels").size()).isEqualTo(3);
    JsonNode user = Http.json(team.get("users/" + team.user));
    assertThat(user)
        .isEqualTo(
            Team.MAPPER.readTree(
                ("{\"id\":%d,\"email\":\"zoe@acme.test\",\"name\":\"Zoë\","
                        + "\"external_id\":\"301\",\"active\":true}")
                    .formatted(team.user)));
    assertThat(Http.json(team.get("users")).path(0)).isEqualTo(user);
  }

  @Test
  void webhooks_are_registered_listed_without_their_secret_and_deleted() throws Exception {
    long id = team.hook("https://example.test/in", "very-secret", "hours:created");
    assertThat(team.get("webhooks").body())
        .isEqualTo(
            ("[{\"id\":%d,\"url\":\"https://example.test/in\","
                    + "\"subscriptions\":[\"hours:created\"],\"active\":true}]")
                .formatted(id));
    assertThat(team.send("DELETE", "webhooks/" + id, "").statusCode()).isEqualTo(204);
    assertThat(team.send("DELETE", "webhooks/" + id, "").statusCode()).isEqualTo(404);
    assertThat(team.get("webhooks").body()).isEqualTo("[]");
    assertThat(team.ops()).endsWith("webhook.create", "webhook.delete");
    assertThat(team.control.ledger(0).toString()).doesNotContain("very-secret");
    assertThat(team.control.state().toString()).doesNotContain("very-secret");
  }

  @Test
  void too_many_calls_in_a_second_get_429_with_and_without_retry_after() throws Exception {
    team.close();
    team =
        new Team(
            Team.plain()
                .withClock(clock)
                .withQuirks(new FirstServiceSim.Quirks(3, 0, 0, false, false, 1)));
    assertThat(team.get("users").statusCode()).isEqualTo(200); // two were spent on setting up
    HttpResponse<String> first = team.get("users");
    HttpResponse<String> second = team.get("users");
    assertThat(first.statusCode()).isEqualTo(429);
    assertThat(first.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.headers().firstValue("Retry-After")).isEmpty();
    clock.forward(Duration.ofSeconds(1));
    assertThat(team.get("users").statusCode()).isEqualTo(200);
  }

  @Test
  void a_create_whose_answer_is_dropped_has_happened_and_one_that_is_reset_has_not() {
    team.control.faults(
        "{\"action\":\"drop-response\",\"match\":\"POST .*/projects\",\"count\":1}");
    team.control.faults("{\"action\":\"reset\",\"match\":\"POST .*/projects\",\"count\":1}");
    String body = "{\"project\":{\"name\":\"x\",\"client_id\":%d}}".formatted(team.client);
    assertThatThrownBy(() -> team.send("POST", "projects", body)).isInstanceOf(IOException.class);
    assertThat(team.control.state().path("projects").size()).isEqualTo(2);
    assertThatThrownBy(() -> team.send("POST", "projects", body)).isInstanceOf(IOException.class);
    assertThat(team.control.state().path("projects").size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"op\":\"create\"}",
        "{\"op\":\"edit\",\"id\":1}",
        "{\"op\":\"delete\",\"id\":1}",
        "{\"op\":\"dance\"}",
        "{\"op\":\"create\",\"user_id\":1,\"project_id\":1,\"day\":\"2026-07-03\",\"seconds\":1}",
        "{\"op\":\"create\",\"user_id\":11,\"project_id\":6001,\"day\":\"tomorrow\",\"seconds\":1}",
        "{\"op\":\"create\",\"user_id\":11,\"project_id\":6001,\"day\":\"2026-07-03\",\"seconds\":-1}"
      })
  void an_entry_that_makes_no_sense_is_refused(String body) {
    int effects = team.control.ledger(0).size();
    assertThatThrownBy(() -> team.control.post("/__sim/entries", body)).hasMessageContaining("400");
    assertThat(team.control.ledger(0)).hasSize(effects);
  }

  private List<Long> listed(String path) throws Exception {
    JsonNode list = Http.json(team.get(path));
    return StreamSupport.stream(list.spliterator(), false).map(Team::id).toList();
  }
}
