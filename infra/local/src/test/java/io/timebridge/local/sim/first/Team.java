package io.timebridge.local.sim.first;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.sim.Http;
import io.timebridge.local.sim.SimControl;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A FirstService with one client, project and user and a label under a category, and a caller with
 * its token.
 */
final class Team implements AutoCloseable {
  static final JsonMapper MAPPER = new JsonMapper();

  final FirstServiceSim sim;
  final SimControl control;
  final Http http;
  final long client;
  final long project;
  final long user;
  final long category;
  final long label;
  private String token = "first-access";

  Team(FirstServiceSim.Options options) throws Exception {
    sim = FirstServiceSim.start(options);
    control = new SimControl(sim.baseUri());
    http = new Http(sim.baseUri());
    client = created("clients", "{\"client\":{\"name\":\"Acme\",\"external_id\":\"1001\"}}");
    project =
        created(
            "projects",
            "{\"project\":{\"name\":\"Site - J-1\",\"client_id\":%d,\"external_id\":\"5001\"}}"
                .formatted(client));
    user =
        id(
            control.post(
                "/__sim/users",
                "{\"email\":\"zoe@acme.test\",\"name\":\"Zoë\",\"external_id\":\"301\"}"));
    category = id(control.post("/__sim/labels", "{\"name\":\"Work\",\"parent_id\":null}"));
    label =
        id(
            control.post(
                "/__sim/labels", "{\"name\":\"Design\",\"parent_id\":%d}".formatted(category)));
  }

  static Team open() throws Exception {
    return new Team(plain());
  }

  /** No draws in the answers; quick retries. */
  static FirstServiceSim.Options plain() {
    return FirstServiceSim.Options.defaults()
        .withRetryBase(java.time.Duration.ofMillis(5))
        .withQuirks(new FirstServiceSim.Quirks(0, 0, 0, false, false, 1));
  }

  void token(String other) {
    token = other;
  }

  JsonNode track(String more) {
    return control.post(
        "/__sim/entries",
        ("{\"op\":\"create\",\"user_id\":%d,\"project_id\":%d,\"day\":\"2026-07-03\","
                + "\"seconds\":4502,\"note\":\"a note\",\"label_ids\":[%d]%s}")
            .formatted(user, project, label, more.isEmpty() ? "" : "," + more));
  }

  long track() {
    return id(track(""));
  }

  JsonNode edit(long entry, String fields) {
    return control.post(
        "/__sim/entries", "{\"op\":\"edit\",\"id\":%d,%s}".formatted(entry, fields));
  }

  void delete(long entry) {
    control.post("/__sim/entries", "{\"op\":\"delete\",\"id\":%d}".formatted(entry));
  }

  long hook(String url, String secret, String... subscriptions) throws Exception {
    String list = MAPPER.writeValueAsString(List.of(subscriptions));
    return created(
        "webhooks",
        "{\"webhook\":{\"url\":\"%s\",\"subscriptions\":%s,\"secret_token\":\"%s\",\"active\":true}}"
            .formatted(url, list, secret));
  }

  HttpResponse<String> get(String path) throws Exception {
    return http.get("/1.1/77/" + path, headers());
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(method, "/1.1/77/" + path, body, headers());
  }

  Map<String, String> headers() {
    return Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json");
  }

  long created(String path, String body) throws Exception {
    HttpResponse<String> answer = send("POST", path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return id(Http.json(answer));
  }

  static long id(JsonNode node) {
    return node.path("id").longValue();
  }

  List<String> ops() {
    return control.ledger(0).stream().map(SimControl.Effect::op).toList();
  }

  long count(String name) {
    return control.get("/__sim/delivery").path(name).longValue();
  }

  boolean quiet() {
    return count("pending") == 0;
  }

  @Override
  public void close() {
    control.close();
    sim.close();
  }
}
