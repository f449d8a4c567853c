package io.timebridge.local.system;

import io.timebridge.local.aws.LocalAws;
import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.kinesis.LocalKinesis;
import io.timebridge.local.sim.Http;
import io.timebridge.local.sim.SimControl;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** AWS and both services without any process of Timebridge, for commands typed by a person. */
final class AdminRig implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  final LocalAws aws;
  final Simulators simulators;
  final SimControl first;
  final SimControl second;
  final Settings settings;
  private final Map<String, String> byKey = new HashMap<>();
  private final Path folder;

  AdminRig(Path folder) throws IOException {
    this(folder, LocalKinesis.Options.defaults());
  }

  AdminRig(Path folder, LocalKinesis.Options kinesis) throws IOException {
    this.folder = folder;
    aws = LocalAws.start(LocalAws.Options.defaults().withKinesis(kinesis));
    simulators = Simulators.start(Ports.ANY, Simulators.Behaviour.calm(1));
    first = simulators.first();
    second = simulators.second();
    byKey.putAll(SettingsText.aws(aws.endpoints()));
    byKey.putAll(simulators.settings());
    byKey.put("first-service.calls-per-second", "1000");
    byKey.put("second-service.calls-per-second", "1000");
    byKey.put("first-service.call-timeout", "5s");
    byKey.put("second-service.call-timeout", "5s");
    settings = new SettingsLoader().values(byKey, "rig").load((where, path) -> Map.of()).settings();
    aws.createResources(settings.names(), 1);
  }

  record Ran(int exit, String out, String err) {
    JsonNode json() {
      return JSON.readTree(out);
    }
  }

  /** The same settings but for these; an empty value takes one away. */
  Path config(Map<String, String> but) throws IOException {
    Map<String, String> other = new HashMap<>(byKey);
    other.putAll(but);
    other.values().removeIf(String::isEmpty);
    Path file = Files.createTempFile(folder, "timebridge", ".conf");
    return Files.writeString(file, SettingsText.lines(other));
  }

  Ran run(Path config, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    return run(config, out, err, arguments);
  }

  Ran run(Path config, Writer out, Writer err, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    int at = all.contains("--") ? all.indexOf("--") : all.size();
    all.addAll(at, List.of("--config", config.toString()));
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    return new Ran(exit, out.toString(), err.toString());
  }

  long label(String name, long parent) {
    ObjectNode body = JSON.createObjectNode().put("name", name);
    body.put("parent_id", parent == 0 ? null : parent);
    return first.post("/__sim/labels", body).path("id").longValue();
  }

  long client(String code, String name) {
    ObjectNode body = JSON.createObjectNode().put("op", "add");
    body.put("strClientCode", code).put("strClientName", name);
    return second.post("/__sim/clients", body).path("idClient").longValue();
  }

  JsonNode job(long client, String code, String name, String... tasks) {
    ObjectNode body = JSON.createObjectNode().put("op", "add").put("idClient", client);
    body.put("strJobCode", code).put("strJobName", name);
    List.of(tasks).forEach(body.putArray("tasks")::add);
    return second.post("/__sim/jobs", body);
  }

  /** A call of FirstService's own API with the token of the settings. */
  JsonNode api(String method, String path, JsonNode body) throws Exception {
    return Http.json(
        new Http(settings.firstService().url())
            .send(
                method,
                "/1.1/77/" + path,
                body.isNull() ? "" : body.toString(),
                Map.of(
                    "Authorization",
                    "Bearer " + byKey.get("first-service.access-token"),
                    "Content-Type",
                    "application/json")));
  }

  long firstClient(String name, String externalId) throws Exception {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("client").put("name", name).put("external_id", externalId);
    return api("POST", "clients", body).path("id").longValue();
  }

  long firstProject(String name, long client, String externalId) throws Exception {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("project")
        .put("name", name)
        .put("client_id", client)
        .put("external_id", externalId);
    return api("POST", "projects", body).path("id").longValue();
  }

  @Override
  public void close() {
    simulators.close();
    aws.close();
  }
}
