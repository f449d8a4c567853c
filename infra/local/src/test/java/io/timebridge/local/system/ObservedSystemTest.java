package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.SimControl;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a running system says about itself, and the dashboard and rules that rely on it. */
class ObservedSystemTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path ROOT = Path.of("..", "..");
  private static final Path DASHBOARDS = ROOT.resolve("infra/dashboards");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** What Prometheus itself adds to what it scrapes. */
  private static final Set<String> ADDED = Set.of("instance", "job");

  private static OtlpReceiver traces;
  private static LocalSystem system;
  private static SampleCompany company;

  @BeforeAll
  static void start_and_let_an_entry_through_and_another_wait() throws Exception {
    traces = new OtlpReceiver();
    system =
        LocalSystem.start(
            new LocalSystem.Options(
                Ports.ANY,
                Simulators.Behaviour.calm(1),
                2,
                Map.of(
                    "metrics.port", "0",
                    "retry.alert-every", "1s",
                    "tracing.otlp-endpoint", traces.address().toString())),
            progress -> {});
    try (DynamoDbClient dynamoDb = system.aws().dynamoDb()) {
      company =
          SampleCompany.found(
              first(),
              system.simulators().second(),
              new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system()),
              PATIENCE);
    }
    first().post("/__sim/entries", company.entry("2026-07-01", 3600, "done"));
    long stranger =
        first()
            .post(
                "/__sim/users", "{\"email\":\"x@example.org\",\"name\":\"X\",\"external_id\":null}")
            .path("id")
            .longValue();
    first()
        .post(
            "/__sim/entries",
            new SampleCompany(stranger, company.labelId(), company.projectId())
                .entry("2026-07-02", 3600, "waits"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(all())
                .contains(
                    "timebridge_records_finished_total{outcome=\"applied\",stream=\"timesheet-events\"} 1.0")
                .contains("timebridge_parked_keys{problem=\"parked-unknown-user\"} 1.0")
                .containsPattern(
                    "timebridge_poller_tick_seconds_count\\{outcome=\"looked\"\\} [1-9]")
                .contains("jvm_gc_pause_seconds_sum"));
  }

  @AfterAll
  static void stop() {
    system.close();
    traces.close();
  }

  private static SimControl first() {
    return system.simulators().first();
  }

  @Test
  void every_process_serves_its_own_metrics() throws Exception {
    assertThat(system.metrics()).hasSize(3).doesNotHaveDuplicates();
    List<String> kinds = List.of("gateway", "worker", "poller");
    for (int i = 0; i < kinds.size(); i++) {
      assertThat(scrape(system.metrics().get(i)))
          .contains("timebridge_process_info{process=\"" + kinds.get(i) + "\"} 1");
    }
    assertThat(scrape(system.metrics().get(0)))
        .contains(
            "timebridge_gateway_request_seconds_count{route=\"new-timesheet-entry\",status=\"202\"}",
            "timebridge_publish_records_total{answer=\"stored\",stream=\"timesheet-events\"}");
    assertThat(scrape(system.metrics().get(1)))
        .contains(
            "timebridge_service_circuit{service=\"second-service\",state=\"closed\"} 1.0",
            "timebridge_record_applied_seconds_count{stream=\"job-events\"}",
            "timebridge_kcl_time_seconds_count{measure=\"Time\",operation=\"ProcessTask\"");
    assertThat(scrape(system.metrics().get(2)))
        .contains("timebridge_poller_active 1.0", "timebridge_poller_seen{what=\"jobs\"} 1.0");
  }

  @Test
  void public_door_and_metrics_are_two_doors() throws Exception {
    assertThat(get(system.gateway().resolve("/metrics")).statusCode()).isEqualTo(404);
    assertThat(get(system.metrics().getFirst().resolve("/health")).statusCode()).isEqualTo(404);
  }

  @Test
  void series_are_bounded_however_many_keys_and_paths_there_are() throws Exception {
    for (int i = 0; i < 200; i++) {
      get(system.gateway().resolve("/path-" + i));
    }
    long before = series();
    for (int i = 200; i < 3_000; i++) {
      get(system.gateway().resolve("/path-" + i));
    }
    for (int i = 0; i < 60; i++) {
      first()
          .post("/__sim/entries", company.entry("2026-07-%02d".formatted(1 + i % 28), 60 + i, "n"));
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(all())
                .containsPattern(
                    "timebridge_records_finished_total\\{outcome=\"applied\",stream=\"timesheet-events\"\\} [6-9][0-9]"));
    assertThat(series())
        .as("series after thousands of paths and more keys")
        .isLessThan(before + 100);
    assertThat(all()).doesNotContain("path-");
  }

  /** KCL's operations come to light one by one, so the count is not the very same. */
  private static long series() throws Exception {
    return all().lines().filter(line -> !line.startsWith("#")).count();
  }

  @Test
  void one_trace_leads_from_the_sender_of_a_webhook_to_the_calls_of_both_services()
      throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    String sender = "b7ad6b7169203331";
    String forged = "1bf7651916cd43dd8448eb211c80319c";
    assertThat(forge("00-%s-%s-01".formatted(forged, sender))).isEqualTo(401);
    assertThat(deliver(unheardEntry(), "00-%s-%s-01".formatted(trace, sender))).isEqualTo(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          OtlpReceiver.Span door = only(trace, 2, "POST /new-timesheet-entry");
          OtlpReceiver.Span work = only(trace, 5, "apply timesheet-events");
          assertThat(door.parent()).isEqualTo(sender);
          assertThat(door.process()).contains("timebridge-gateway");
          assertThat(work.parent()).isEqualTo(door.id());
          assertThat(work.process()).contains("timebridge-worker");
          assertThat(calls(trace))
              .extracting(OtlpReceiver.Span::name)
              .contains("first-service", "second-service");
          assertThat(calls(trace)).extracting(OtlpReceiver.Span::parent).containsOnly(work.id());
        });
    assertThat(traces.spans())
        .as("of a request that came before and was not signed")
        .noneMatch(span -> span.trace().equals(forged));
  }

  private static List<OtlpReceiver.Span> calls(String trace) {
    return traces.spans().stream().filter(s -> s.trace().equals(trace) && s.kind() == 3).toList();
  }

  private static OtlpReceiver.Span only(String trace, long kind, String name) {
    List<OtlpReceiver.Span> found =
        traces.spans().stream()
            .filter(s -> s.trace().equals(trace) && s.kind() == kind && s.name().equals(name))
            .toList();
    assertThat(found).as(name).hasSize(1);
    return found.getFirst();
  }

  /** One whose own webhooks are lost. */
  private static long unheardEntry() {
    first().post("/__sim/delivery", "{\"lose\":1}");
    long id =
        first()
            .post("/__sim/entries", company.entry("2026-07-03", 4502, "traced"))
            .path("id")
            .longValue();
    first().post("/__sim/delivery", "{\"lose\":0}");
    return id;
  }

  private static int forge(String traceparent) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(system.gateway().resolve("/new-timesheet-entry"))
                .header("Content-Type", "application/json")
                .header("traceparent", traceparent)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  private static int deliver(long entry, String traceparent) throws Exception {
    byte[] body =
        "{\"payload\":{\"entity_id\":%d,\"entity_path\":\"/1.1/77/hours/%d\"}}"
            .formatted(entry, entry)
            .getBytes(StandardCharsets.UTF_8);
    WebhookSecret secret =
        new WebhookSecret(system.settings().firstService().webhookSecrets().getFirst().reveal());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(system.gateway().resolve("/new-timesheet-entry"))
            .header("Content-Type", "application/json")
            .header("traceparent", traceparent)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    WebhookSignatures.signStandard(secret, "msg_1", Instant.now(), body).forEach(request::header);
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  @Test
  void the_dashboard_asks_for_nothing_that_is_not_there() throws Exception {
    JsonNode dashboard =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(DASHBOARDS.resolve("timebridge.json")));
    List<String> expressions = new ArrayList<>();
    Set<Integer> ids = new HashSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      assertThat(ids.add(panel.path("id").intValue())).as("an id of its own").isTrue();
      panel.path("targets").forEach(target -> expressions.add(target.path("expr").asString()));
    }
    assertThat(expressions).hasSizeGreaterThan(30);
    assertKnown(expressions);
  }

  @Test
  void every_rule_asks_for_what_is_there_and_has_its_page() throws Exception {
    List<Map<String, Object>> rules = rules();
    assertThat(rules).hasSizeGreaterThan(10);
    assertKnown(rules.stream().map(rule -> (String) rule.get("expr")).toList());
    Set<String> pages = pages();
    for (Map<String, Object> rule : rules) {
      String name = (String) rule.get("alert");
      assertThat(map(rule.get("labels")).get("severity")).isIn("warning", "critical");
      assertThat(map(rule.get("annotations")).get("runbook_url"))
          .isEqualTo("docs/OPERATIONS.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(pages).as("pages of the rules").contains(name);
    }
  }

  private static List<Map<String, Object>> rules() throws Exception {
    Object file =
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(DASHBOARDS.resolve("alerts.yaml")));
    List<Map<String, Object>> rules = new ArrayList<>();
    for (Object group : (List<?>) map(file).get("groups")) {
      for (Object rule : (List<?>) map(group).get("rules")) {
        rules.add(map(rule));
      }
    }
    return rules;
  }

  private static Map<String, Object> map(Object yaml) {
    Map<String, Object> map = new TreeMap<>();
    ((Map<?, ?>) yaml).forEach((key, value) -> map.put((String) key, value));
    return map;
  }

  /** Headings of the operator's pages. */
  private static Set<String> pages() throws Exception {
    return Pattern.compile("^#+ (Timebridge\\w+)$", Pattern.MULTILINE)
        .matcher(Files.readString(ROOT.resolve("docs/OPERATIONS.md")))
        .results()
        .map(heading -> heading.group(1))
        .collect(Collectors.toSet());
  }

  private static void assertKnown(List<String> expressions) throws Exception {
    Map<String, Set<String>> there = PromQl.scraped(all());
    Map<String, Set<String>> missing = new HashMap<>();
    for (String expression : expressions) {
      PromQl.used(expression)
          .forEach((metric, labels) -> {
            Set<String> unknown = new HashSet<>(labels);
            unknown.removeAll(ADDED);
            unknown.removeAll(there.getOrDefault(metric, Set.of()));
            if (!there.containsKey(metric) || !unknown.isEmpty()) {
              missing.put(metric, unknown);
            }
          });
    }
    assertThat(missing).as("metrics and labels that no process has").isEmpty();
  }

  /** Of all three processes. */
  private static String all() throws Exception {
    StringBuilder all = new StringBuilder();
    for (URI address : system.metrics()) {
      all.append(scrape(address));
    }
    return all.toString();
  }

  private static String scrape(URI address) throws Exception {
    HttpResponse<String> answer = get(address);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private static HttpResponse<String> get(URI uri) throws Exception {
    return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
