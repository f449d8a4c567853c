package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;

/** The admin calls of our own service, and calls to it without an SDK. */
final class AdminCalls implements AutoCloseable {

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI endpoint;

  AdminCalls(URI endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public void close() {
    http.close();
  }

  long recordsOf(String stream) {
    try {
      for (JsonNode one :
          Request.JSON.readTree(send("GET", "/__admin/state", "").body()).get("streams")) {
        if (one.get("name").stringValue().equals(stream)) {
          return one.get("records").longValue();
        }
      }
      return -1;
    } catch (IOException | InterruptedException unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  void fault(String rule) throws IOException, InterruptedException {
    assertThat(send("POST", "/__admin/faults", rule.replace('\'', '"')).statusCode())
        .isEqualTo(201);
  }

  JsonNode faults() throws IOException, InterruptedException {
    return Request.JSON.readTree(send("GET", "/__admin/faults", "").body()).get("faults");
  }

  void clearFaults() throws IOException, InterruptedException {
    assertThat(send("DELETE", "/__admin/faults", "").statusCode()).isEqualTo(204);
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(endpoint.resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> call(String target, String type, String body)
      throws IOException, InterruptedException {
    URI root = endpoint.resolve("/");
    return http.send(
        HttpRequest.newBuilder(root)
            .version(HttpClient.Version.HTTP_1_1)
            .header("X-Amz-Target", target)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
