package io.timebridge.local.traffic;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Calls the control API of one simulator. Waits at most 30 s per call. Thread-safe. */
final class ControlClient implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int EXCERPT = 300;

  private final JsonMapper json =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LONGEST).build();

  ControlClient(URI base) {
    this.base = base;
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /**
   * @throws IOException if the simulator cannot be reached or answers with something else than JSON
   *     and 2xx; the message holds its reason
   */
  JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body))));
  }

  /** The simulator's whole state. */
  JsonNode state() throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(base.resolve("/__sim/state")).GET());
  }

  private JsonNode send(HttpRequest.Builder builder) throws IOException, InterruptedException {
    HttpRequest request = builder.timeout(LONGEST).build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    Optional<JsonNode> read =
        answer.statusCode() / 100 == 2 ? read(answer.body()) : Optional.empty();
    return read.orElseThrow(() ->
        new IOException(
            "%s %s: %d %s"
                .formatted(
                    request.method(),
                    request.uri(),
                    answer.statusCode(),
                    answer.body().substring(0, Math.min(EXCERPT, answer.body().length())))));
  }

  private Optional<JsonNode> read(String body) {
    try {
      return Optional.of(json.readTree(body)).filter(JsonNode::isObject);
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  /** Lets its connections go. */
  @Override
  public void close() {
    http.shutdownNow();
  }
}
