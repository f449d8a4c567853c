package io.timebridge.ingest.gateway;

import io.timebridge.ingest.EventIds;
import io.timebridge.settings.Settings;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.tracing.Tracing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway on a free port with a fake publisher, a fixed clock and two ways to talk to it. */
final class GatewayUnderTest implements AutoCloseable {
  static final WebhookSecret SECRET = new WebhookSecret("first-secret");
  static final WebhookSecret NEXT_SECRET = new WebhookSecret("whsec_bmV4dC1zZWNyZXQtYnl0ZXM=");
  static final Instant NOW = Instant.parse("2026-07-03T10:00:00.123456Z");
  static final String THIN =
      "{\"payload\":{\"entity_id\":12345,\"entity_path\":\"/1.1/77/hours/12345\"}}";
  static final String FULL = "{\"payload\":{\"id\":12345,\"note\":\"caf\u00e9 \ud83d\ude00\"}}";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  final FakePublisher publisher = new FakePublisher();
  final WebhookGateway gateway;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  GatewayUnderTest() {
    this(16, Duration.ofSeconds(10));
  }

  GatewayUnderTest(int concurrent, Duration readWithin) {
    this(concurrent, readWithin, Tracing.OFF);
  }

  GatewayUnderTest(int concurrent, Duration readWithin, Tracing tracing) {
    gateway =
        WebhookGateway.start(
            new Settings.Gateway(
                "127.0.0.1",
                0,
                Duration.ofMinutes(5),
                concurrent,
                Duration.ofSeconds(20),
                Duration.ofSeconds(20)),
            new WebhookGateway.Parts(
                new WebhookSignatures(List.of(SECRET, NEXT_SECRET), Duration.ofMinutes(5)),
                publisher,
                () -> NOW,
                System::nanoTime,
                new EventIds(() -> NOW, new Random(3)),
                readWithin,
                GatewayListener.NONE,
                tracing));
  }

  @Override
  public void close() {
    gateway.close();
    client.close();
  }

  /** An answer with its JSON. */
  record Answer(int status, Map<String, List<String>> headers, JsonNode body) {
    String code() {
      return body.at("/error/code").asString();
    }

    String field() {
      return body.at("/error/field").asString();
    }

    String message() {
      return body.at("/error/message").asString();
    }

    String header(String name) {
      return headers.entrySet().stream()
          .filter(h -> h.getKey().equalsIgnoreCase(name))
          .map(h -> h.getValue().getFirst())
          .findFirst()
          .orElse("");
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(gateway.address() + path))
        .timeout(Duration.ofSeconds(30));
  }

  /** A signed POST of JSON. */
  HttpRequest.Builder signed(String path, byte[] body) {
    return request(path)
        .header("Content-Type", "application/json")
        .header("X-Signature", WebhookSignatures.sign(SECRET, body))
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  HttpRequest.Builder signed(String path, String body) {
    return signed(path, body.getBytes(StandardCharsets.UTF_8));
  }

  Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(
        response.statusCode(), response.headers().map(), JSON.readTree(response.body()));
  }

  /** A connection of its own, for what an HTTP client would not send. */
  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Sends bytes on a new connection; the whole answer as text until the gateway ends it. */
  String raw(byte[]... parts) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      for (byte[] part : parts) {
        out.write(part);
      }
      out.flush();
      return readAnswer(socket.getInputStream());
    }
  }

  /** Reads one answer: head and as much body as it announces. */
  static String readAnswer(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
      head.write(b);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    int length =
        text.lines()
            .filter(l -> l.regionMatches(true, 0, "content-length:", 0, 15))
            .map(l -> Integer.parseInt(l.substring(15).trim()))
            .findFirst()
            .orElse(0);
    return text + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
