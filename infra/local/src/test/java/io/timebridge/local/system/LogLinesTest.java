package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.aws.AwsClients;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log of a worker in a process of its own. */
class LogLinesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SECRET = "a-secret-of-the-test";
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String FORGING = "9\n{\"level\":\"ERROR\",\"formattedMessage\":\"forged\"}";

  @TempDir private Path folder;

  @Test
  void every_line_of_a_worker_is_one_json_object_with_the_fields_of_its_event() throws Exception {
    try (AdminRig rig = new AdminRig(folder);
        Processes processes = new Processes(folder)) {
      Path config =
          rig.config(
              Map.of(
                  "log.format", "json",
                  "first-service.webhook-secrets", SECRET,
                  "worker.apps", "timesheets"));
      var worker =
          processes.start(
              List.of("--sun-misc-unsafe-memory-access=allow"),
              "worker",
              "--config",
              config.toString());
      put(rig, "4711", EnvelopeCodec.encode(unknownEntry()));
      put(rig, FORGING, "no envelope\n{}".getBytes(StandardCharsets.UTF_8));
      Path log = Path.of("target", "processes", "00-worker.log");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(lines(log))
                  .anyMatch(line -> line.path("key").asString("").equals("4711"))
                  .anyMatch(LogLinesTest::saysThatItIsQuarantined));
      assertThat(worker.terminate()).isZero();
      List<JsonNode> lines = lines(log);
      assertThat(lines)
          .allSatisfy(line -> {
            assertThat(line.path("timestamp").isNumber()).isTrue();
            assertThat(line.path("level").asString()).isIn("INFO", "WARN", "ERROR");
            assertThat(line.path("loggerName").asString()).isNotEmpty();
            assertThat(line.path("formattedMessage").asString()).isNotEqualTo("forged");
          });
      assertThat(lines)
          .filteredOn(line -> line.path("key").asString("").equals("4711"))
          .isNotEmpty()
          .allSatisfy(line -> {
            assertThat(line.path("sequence").asString()).matches("[0-9]+");
            assertThat(line.path("stream").asString()).isEqualTo("timesheet-events");
            assertThat(line.path("trace_id").asString()).isEqualTo(TRACE);
          });
    }
  }

  private static boolean saysThatItIsQuarantined(JsonNode line) {
    return line.path("formattedMessage").asString("").startsWith("quarantined: ");
  }

  /** Every line of the file; one that is no JSON object fails. */
  private static List<JsonNode> lines(Path log) throws Exception {
    return Files.readAllLines(log).stream()
        .map(line -> {
          JsonNode json = JSON.readTree(line);
          assertThat(json.isObject()).as(line).isTrue();
          return json;
        })
        .toList();
  }

  /** A signed deletion of an entry that neither service knows. */
  private static Envelope unknownEntry() {
    byte[] body =
        "{\"payload\":{\"entity_id\":4711,\"entity_path\":\"/1.1/77/hours/4711\"}}"
            .getBytes(StandardCharsets.UTF_8);
    Instant now = Instant.now();
    return new Envelope(
        "id-1",
        Envelope.Source.FIRST_SERVICE,
        Route.TIMESHEET_DELETION,
        "4711",
        now,
        WebhookSignatures.signStandard(new WebhookSecret(SECRET), "msg_1", now, body),
        body,
        "00-" + TRACE + "-b7ad6b7169203331-01");
  }

  private static void put(AdminRig rig, String key, byte[] data) {
    try (KinesisClient kinesis = new AwsClients(rig.settings.aws()).kinesis()) {
      kinesis.putRecord(r ->
          r.streamName(rig.settings.names().stream(StreamName.TIMESHEET_EVENTS))
              .partitionKey(key)
              .data(SdkBytes.fromByteArray(data)));
    }
  }
}
