package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.sim.SimControl;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole system in one process, used from outside: hand-signed webhooks in, the simulators'
 * ledgers out.
 */
class LocalSystemTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static LocalSystem system;
  private static SampleCompany company;

  @BeforeAll
  static void start_with_a_job_a_person_and_a_label() throws Exception {
    system =
        LocalSystem.start(
            LocalSystem.Options.calm(Ports.ANY, 1), progress -> assertThat(progress).isNotEmpty());
    try (DynamoDbClient dynamoDb = system.aws().dynamoDb()) {
      company =
          SampleCompany.found(
              system.simulators().first(),
              system.simulators().second(),
              new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system()),
              PATIENCE);
    }
  }

  @AfterAll
  static void stop() {
    system.close();
  }

  /** Workers and poller are looked at twice; that nobody listens to alerts here is a warning. */
  @Test
  void the_doctor_finds_nothing_wrong_with_a_system_that_runs(@TempDir Path folder)
      throws Exception {
    Path config = folder.resolve("doctor.conf");
    Files.writeString(config, SettingsText.lines(system.settingsByKey()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Timebridge.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            "doctor",
            "--config",
            config.toString());
    assertThat(exit).as(out + "" + err).isZero();
    assertThat(out.toString())
        .contains("✓ workers         all 6 shards move; workers: 1")
        .contains("✓ poller", "✓ webhooks        all 6 webhooks at " + system.gateway())
        .contains("✓ first-service", "✓ second-service", "✓ clocks", "✓ mappings", " 0 wrong");
  }

  @Test
  void a_job_becomes_a_project_of_its_client() {
    JsonNode project = system.simulators().first().state().path("projects").get(0);
    assertThat(project.path("name").asString()).isEqualTo("Site - J-1");
    assertThat(project.path("active").booleanValue()).isTrue();
    assertThat(system.simulators().first().state().path("clients").get(0).path("name").asString())
        .isEqualTo("Acme \"& Söhne\"");
  }

  @Test
  void an_entry_becomes_a_timesheet_is_changed_and_deleted_with_it() {
    long id = entry("tracked by a person");
    await().atMost(PATIENCE).until(() -> timesheets(id).size() == 1);
    assertThat(timesheets(id).getFirst().path("dblHours").decimalValue())
        .isEqualByComparingTo("1.2506");
    system
        .simulators()
        .first()
        .post("/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":7200}".formatted(id));
    await()
        .atMost(PATIENCE)
        .until(() -> timesheets(id).getFirst().path("dblHours").decimalValue().intValue() == 2);
    system
        .simulators()
        .first()
        .post("/__sim/entries", "{\"op\":\"delete\",\"id\":%d}".formatted(id));
    await().atMost(PATIENCE).until(() -> timesheets(id).isEmpty());
  }

  /** Both schemes x both shapes, signed here by hand, on entries whose own webhooks are lost. */
  @ParameterizedTest
  @ValueSource(strings = {"hex thin", "hex full", "standard thin", "standard full"})
  void a_hand_signed_webhook_changes_second_service(String kind) throws Exception {
    long id = unheardEntry();
    byte[] body = (kind.endsWith("thin") ? thin(id) : full(id)).getBytes(StandardCharsets.UTF_8);
    HttpResponse<String> answer =
        post(
            "new-timesheet-entry",
            body,
            kind.startsWith("hex") ? Map.of("X-Signature", hexSignature(body)) : standard(body));
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(JSON.readTree(answer.body()).path("id").asString()).isNotEmpty();
    await().atMost(PATIENCE).until(() -> timesheets(id).size() == 1);
  }

  @Test
  void a_wrong_signature_gets_401_and_changes_nothing() throws Exception {
    long records = records();
    byte[] body = thin(1).getBytes(StandardCharsets.UTF_8);
    String right = hexSignature(body);
    String wrong = (right.charAt(0) == '0' ? '1' : '0') + right.substring(1);
    assertThat(post("new-timesheet-entry", body, Map.of("X-Signature", wrong)).statusCode())
        .isEqualTo(401);
    assertThat(post("new-timesheet-entry", body, Map.of()).statusCode()).isEqualTo(401);
    Map<String, String> stale =
        WebhookSignatures.signStandard(secret(), "m", Instant.now().minusSeconds(600), body);
    assertThat(post("new-timesheet-entry", body, stale).statusCode()).isEqualTo(401);
    assertThat(records()).isEqualTo(records);
  }

  static Stream<Arguments> bad_bodies() {
    return Stream.of(
        Arguments.of("not JSON", "hello", 400, "body"),
        Arguments.of("empty", "", 400, "body"),
        Arguments.of("no payload", "{}", 400, "payload"),
        Arguments.of("no entity id", "{\"payload\":{}}", 400, "payload.entity_id"),
        Arguments.of("negative id", "{\"payload\":{\"entity_id\":-1}}", 400, "payload.entity_id"),
        Arguments.of(
            "fractional id", "{\"payload\":{\"entity_id\":1.5}}", 400, "payload.entity_id"),
        Arguments.of(
            "huge id",
            "{\"payload\":{\"entity_id\":99999999999999999999}}",
            400,
            "payload.entity_id"),
        Arguments.of("bad full id", "{\"payload\":{\"id\":\"x\"}}", 400, "payload.id"),
        Arguments.of("duplicate keys", "{\"payload\":{\"id\":1,\"id\":2}}", 400, "body"),
        Arguments.of("NUL", "{\"payload\":{\"id\":1}}\0", 400, "body"),
        Arguments.of(
            "deep", "{\"payload\":" + "[".repeat(100) + "]".repeat(100) + "}", 400, "body"),
        Arguments.of(
            "65 KiB",
            "{\"payload\":{\"id\":1,\"note\":\"" + "x".repeat(65 * 1024) + "\"}}",
            413,
            "body"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad_bodies")
  void bad_input_names_its_field_and_leaves_no_trace(
      String name, String body, int status, String field) throws Exception {
    long records = records();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    HttpResponse<String> answer =
        post("timesheet-update", bytes, Map.of("X-Signature", hexSignature(bytes)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).path("error").path("field").asString(""))
        .isEqualTo(field);
    assertThat(records()).isEqualTo(records);
  }

  @Test
  void invalid_utf_8_a_wrong_type_route_or_method_are_refused_without_a_trace() throws Exception {
    long records = records();
    byte[] invalid = "{\"payload\":{\"id\":1,\"note\":\"?\"}}".getBytes(StandardCharsets.UTF_8);
    invalid[26] = (byte) 0xff;
    assertThat(
            post("timesheet-update", invalid, Map.of("X-Signature", hexSignature(invalid)))
                .statusCode())
        .isEqualTo(400);
    byte[] body = thin(1).getBytes(StandardCharsets.UTF_8);
    assertThat(post("no-such-route", body, standard(body)).statusCode()).isEqualTo(404);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(system.gateway() + "/timesheet-update"));
    assertThat(
            send(request
                    .copy()
                    .header("Content-Type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body)))
                .statusCode())
        .isEqualTo(415);
    assertThat(send(request.copy().GET()).statusCode()).isEqualTo(405);
    assertThat(records()).isEqualTo(records);
  }

  @Test
  void an_unreadable_record_is_quarantined_and_stops_nothing() throws Exception {
    try (KinesisClient kinesis = system.aws().kinesis()) {
      String stream = system.settings().names().stream(StreamName.TIMESHEET_EVENTS);
      for (String junk : List.of("junk", "{\"v\":99}", "{\"v\":1}", "")) {
        kinesis.putRecord(r ->
            r.streamName(stream).partitionKey("junk").data(SdkBytes.fromUtf8String(junk + " ")));
      }
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(reasons()).contains("quarantine-unreadable", "quarantine-unknown_version"));
    long id = entry("after the junk");
    await().atMost(PATIENCE).until(() -> timesheets(id).size() == 1);
  }

  @Test
  void an_entry_of_an_unknown_person_is_parked_with_its_reason() {
    SimControl first = system.simulators().first();
    long stranger =
        first
            .post(
                "/__sim/users", "{\"email\":\"x@example.org\",\"name\":\"X\",\"external_id\":null}")
            .path("id")
            .longValue();
    long id =
        entry(new SampleCompany(stranger, company.labelId(), company.projectId()), "nobody's");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(reasons()).contains("UNKNOWN_USER"));
    assertThat(timesheets(id)).isEmpty();
  }

  private static long entry(String note) {
    return entry(company, note);
  }

  private static long entry(SampleCompany whose, String note) {
    return system
        .simulators()
        .first()
        .post("/__sim/entries", whose.entry("2026-07-03", 4502, note))
        .path("id")
        .longValue();
  }

  /** An entry whose webhooks get lost. */
  private static long unheardEntry() {
    SimControl first = system.simulators().first();
    first.post("/__sim/delivery", "{\"lose\":1}");
    long id = entry("unheard");
    first.post("/__sim/delivery", "{\"lose\":0}");
    return id;
  }

  private static String thin(long id) {
    return "{\"payload\":{\"entity_id\":%d,\"entity_path\":\"/1.1/77/hours/%d\"}}"
        .formatted(id, id);
  }

  private static String full(long id) {
    for (JsonNode event : system.simulators().first().state().path("events")) {
      if (event.path("id").longValue() == id) {
        return "{\"payload\":" + event + "}";
      }
    }
    throw new AssertionError("no entry " + id);
  }

  private static List<JsonNode> timesheets(long entry) {
    return system
        .simulators()
        .second()
        .state()
        .path("timesheets")
        .valueStream()
        .filter(t -> t.path("strDescription").asString("").endsWith("[TB#" + entry + "]"))
        .toList();
  }

  private static List<String> reasons() {
    try (DynamoDbClient dynamoDb = system.aws().dynamoDb()) {
      String table = system.settings().names().table(TableName.PARKED_EVENTS);
      return dynamoDb.scan(r -> r.tableName(table)).items().stream()
          .map(item -> item.get("reason").s())
          .toList();
    }
  }

  /** Records ever put on the streams, as Kinesis itself counts them. */
  private static long records() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(system.settings().aws().endpoints().get("kinesis") + "/__admin/state"))
            .build();
    JsonNode state = JSON.readTree(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    return state
        .path("streams")
        .valueStream()
        .filter(s -> !s.path("name").asString("").equals("job-events"))
        .flatMap(s -> s.path("shards").valueStream())
        .mapToLong(shard -> shard.path("records").longValue())
        .sum();
  }

  private static WebhookSecret secret() {
    return new WebhookSecret(system.settings().firstService().webhookSecrets().getFirst().reveal());
  }

  private static Map<String, String> standard(byte[] body) {
    return WebhookSignatures.signStandard(secret(), "msg_1", Instant.now(), body);
  }

  private static String hexSignature(byte[] body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] key =
        system
            .settings()
            .firstService()
            .webhookSecrets()
            .getFirst()
            .reveal()
            .getBytes(StandardCharsets.UTF_8);
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body));
  }

  private static HttpResponse<String> post(String route, byte[] body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(system.gateway() + "/" + route))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return send(request);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
  }
}
