package io.timebridge.local.sim.first;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where webhooks arrive in a test. */
public final class Receiver implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();

  public final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
  final AtomicInteger mostAtOnce = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private volatile Function<Arrival, Integer> answer = arrival -> 200;

  public record Arrival(String path, Map<String, String> headers, String body) {
    JsonNode payload() {
      return MAPPER.readTree(body).path("payload");
    }

    long entity() {
      return payload().has("id")
          ? payload().path("id").longValue()
          : Long.parseLong(payload().path("entity_id").asString());
    }

    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  public Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1024);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** What to answer from now on; may block. */
  void answer(Function<Arrival, Integer> status) {
    answer = status;
  }

  private void handle(HttpExchange exchange) throws IOException {
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    try (exchange) {
      Map<String, String> headers = new HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
      byte[] body = exchange.getRequestBody().readAllBytes();
      Arrival arrival =
          new Arrival(
              exchange.getRequestURI().getPath(),
              headers,
              new String(body, StandardCharsets.UTF_8));
      arrivals.add(arrival);
      int status = answer.apply(arrival);
      if (status == 302) {
        exchange.getResponseHeaders().set("Location", url("/elsewhere"));
      }
      atOnce.decrementAndGet();
      exchange.sendResponseHeaders(status, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
