package io.timebridge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.timebridge.stream.Names;
import io.timebridge.stream.Route;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * API Gateway around our templates: media type, model, request template, a Kinesis that answers as
 * told, the answer that is selected and its template.
 */
final class ApiGateway {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final TemplateEngine ENGINE = new TemplateEngine();
  private static final Schema MODEL =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4)
          .getSchema(WebhookTemplates.schema(), InputFormat.JSON);

  /** What Kinesis says: a status and, where it refuses, a type. */
  record KinesisAnswer(int status, String body) {
    static KinesisAnswer refusal(int status, String type) {
      return new KinesisAnswer(
          status, "{\"__type\":\"" + type + "\",\"message\":\"arn:aws:iam::111122223333:secret\"}");
    }
  }

  /** What the sender gets. */
  record Reply(int status, JsonNode body, Object retryAfter) {
    String code() {
      return body.at("/error/code").asString("");
    }
  }

  /** A record that was put. */
  @SuppressWarnings("ArrayRecordComponent") // tests only read it
  record Put(String stream, String partitionKey, byte[] data) {}

  final List<Put> puts = new ArrayList<>();
  private final Names names;
  private final boolean validates;
  Function<Put, KinesisAnswer> kinesis =
      put -> new KinesisAnswer(200, "{\"ShardId\":\"shardId-0\",\"SequenceNumber\":\"1\"}");

  /**
   * @param validates whether the model is asked; without it the template stands alone
   */
  ApiGateway(Names names, boolean validates) {
    this.names = names;
    this.validates = validates;
  }

  Reply post(
      Route route, String contentType, Map<String, String> headers, byte[] bytes, String id) {
    String type = contentType.isEmpty() ? "application/json" : contentType.split(";")[0].trim();
    if (!type.toLowerCase(Locale.ROOT).equals(WebhookTemplates.MEDIA_TYPE)) {
      return new Reply(415, JSON.missingNode(), "");
    }
    String body = new String(bytes, StandardCharsets.UTF_8);
    if (validates && !isValid(body.isEmpty() ? "{}" : body)) {
      return new Reply(400, JSON.missingNode(), "");
    }
    TemplateEngine.Context context = TemplateEngine.Context.of(id, 1_783_072_800_123L);
    String request =
        ENGINE.run(
            WebhookTemplates.request(names, route),
            new TemplateEngine.Input(body, headers),
            context);
    return reply(put(JSON.readTree(request)), context);
  }

  private boolean isValid(String body) {
    try {
      return MODEL.validate(body, InputFormat.JSON).isEmpty();
    } catch (RuntimeException notJson) { // whatever the parser throws: it is none
      return false;
    }
  }

  private KinesisAnswer put(JsonNode request) {
    assertOnly(request, "StreamName", "PartitionKey", "Data");
    String key = request.path("PartitionKey").stringValue();
    if (key.isEmpty() || key.length() > 256) {
      return KinesisAnswer.refusal(400, "ValidationException");
    }
    Put put =
        new Put(
            request.path("StreamName").stringValue(),
            key,
            Base64.getDecoder().decode(request.path("Data").stringValue()));
    KinesisAnswer answer = kinesis.apply(put);
    if (answer.status() == 200) {
      puts.add(put);
    }
    return answer;
  }

  private static void assertOnly(JsonNode node, String... names) {
    assertThat(node.propertyNames()).containsExactlyInAnyOrder(names);
  }

  private Reply reply(KinesisAnswer answer, TemplateEngine.Context context) {
    WebhookTemplates.Answer selected = select(answer.status());
    String body =
        ENGINE.run(selected.template(), new TemplateEngine.Input(answer.body(), Map.of()), context);
    return new Reply(
        context.status(selected.status()),
        JSON.readTree(body),
        Optional.ofNullable(context.header(WebhookTemplates.RETRY_AFTER)).orElse(""));
  }

  private static WebhookTemplates.Answer select(int status) {
    return WebhookTemplates.answers().stream()
        .filter(a -> !a.kinesisStatus().isEmpty())
        .filter(a -> String.valueOf(status).matches(a.kinesisStatus()))
        .findFirst()
        .orElseGet(() -> WebhookTemplates.answers().getLast());
  }
}
