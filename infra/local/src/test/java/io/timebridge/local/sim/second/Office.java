package io.timebridge.local.sim.second;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.sim.Http;
import io.timebridge.local.sim.SimControl;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A SecondService with one client, one job, two tasks and one person in it, and a caller that is
 * logged in.
 */
final class Office implements AutoCloseable {
  static final String QUERY = "?o=acme-org&i=timebridge&cmd=";

  final SecondServiceSim sim;
  final SimControl control;
  final Http http;
  final long client;
  final long job;
  final long design;
  final long build;
  final long person;
  private String appId = "";

  Office(SecondServiceSim.Options options) throws IOException {
    sim = SecondServiceSim.start(options);
    control = new SimControl(sim.baseUri());
    http = new Http(sim.baseUri());
    client = addClient("ACME", "Acme");
    JsonNode added = addJob(client, "J-1", "Site");
    job = added.path("idJob").longValue();
    design = added.path("tasks").path(0).path("idTask").longValue();
    build = added.path("tasks").path(1).path("idTask").longValue();
    person =
        control
            .post("/__sim/personnel", "{\"op\":\"add\",\"strName\":\"Zoë\"}")
            .path("idPersonnel")
            .longValue();
  }

  /** No draws, no rotation of numbers: answers are exact. */
  static SecondServiceSim.Options plain() {
    return SecondServiceSim.Options.defaults()
        .withMaxConcurrent(64)
        .withQuirks(new SecondServiceSim.Quirks(0, false, 0, 0, 0, 1));
  }

  static Office open() throws Exception {
    return open(plain());
  }

  static Office open(SecondServiceSim.Options options) throws Exception {
    Office office = new Office(options);
    office.login();
    return office;
  }

  long addClient(String code, String name) {
    return control
        .post(
            "/__sim/clients",
            "{\"op\":\"add\",\"strClientCode\":\"%s\",\"strClientName\":\"%s\"}"
                .formatted(code, name))
        .path("idClient")
        .longValue();
  }

  JsonNode addJob(long ofClient, String code, String name) {
    return control.post(
        "/__sim/jobs",
        ("{\"op\":\"add\",\"idClient\":%d,\"strJobCode\":\"%s\",\"strJobName\":\"%s\","
                + "\"tasks\":[\"Design\",\"Build\"]}")
            .formatted(ofClient, code, name));
  }

  void job(String op) {
    control.post("/__sim/jobs", "{\"op\":\"%s\",\"idJob\":%d}".formatted(op, job));
  }

  HttpResponse<String> tryLogin(String password) throws Exception {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("cmd", "org");
    form.put("idOrg", "acme-org");
    form.put("strUsername", "timebridge");
    form.put("strPassword", password);
    return send("POST", "login/", form);
  }

  String login() throws Exception {
    HttpResponse<String> answer = tryLogin("second-secret");
    appId = Http.json(answer).path("appID").asString();
    assertThat(appId).as(answer.body()).isNotEmpty();
    return appId;
  }

  void as(String otherAppId) {
    appId = otherAppId;
  }

  Map<String, String> sheet() {
    Map<String, String> form = new HashMap<>();
    form.put("idClient", Long.toString(client));
    form.put("idJob", Long.toString(job));
    form.put("idTask", Long.toString(design));
    form.put("idPersonnel", Long.toString(person));
    form.put("dblHours", "1.2506");
    form.put("dtTimesheet", "2026-07-03");
    form.put("strDescription", "a note");
    return form;
  }

  Map<String, String> sheet(String field, String value) {
    Map<String, String> form = sheet();
    form.put(field, value);
    return form;
  }

  HttpResponse<String> timesheet(String cmd, Map<String, String> form) throws Exception {
    return send("POST", "timesheet/?i=timebridge&cmd=" + cmd, form);
  }

  long add(Map<String, String> form) throws Exception {
    HttpResponse<String> answer = timesheet("add", form);
    long id = Http.json(answer).path("idTimesheet").asLong(0);
    assertThat(id).as(answer.body()).isPositive();
    return id;
  }

  HttpResponse<String> list(String path) throws Exception {
    return http.get("/service/api/" + path, headers());
  }

  HttpResponse<String> send(String method, String path, Map<String, String> form)
      throws IOException, InterruptedException {
    return http.send(method, "/service/api/" + path, Http.form(form), headers());
  }

  Map<String, String> headers() {
    return Map.of("Content-Type", "application/x-www-form-urlencoded", "Cookie", cookies());
  }

  String cookies() {
    return "appID=" + appId + "; appOrganization=acme-org; appUsername=timebridge";
  }

  List<String> ops() {
    return control.ledger(0).stream().map(SimControl.Effect::op).toList();
  }

  long timesheets() {
    return control.state().path("timesheets").size();
  }

  @Override
  public void close() {
    control.close();
    sim.close();
  }
}
