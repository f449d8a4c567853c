package io.timebridge.services;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server on loopback that answers as a test says and remembers what it was asked. */
public final class StubServer implements AutoCloseable {
  /** One request as it arrived. */
  public record Request(
      String method,
      String path,
      Map<String, String> query,
      Map<String, String> headers,
      String body) {
    public Map<String, String> form() {
      return parameters(body);
    }

    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }
  }

  /** What to do with a request. */
  public sealed interface Reply {
    record Answer(int status, Map<String, String> headers, String body) implements Reply {}

    /** Closes the connection without a word. */
    record Drop() implements Reply {}

    /** Announces the whole body and sends half of it. */
    record Truncated(String body) implements Reply {}

    /** Answers when the latch is open. */
    record After(CountDownLatch latch, Reply then) implements Reply {}

    /** Sends the headers at once, the body when the latch is open. */
    record SlowBody(CountDownLatch latch, String body) implements Reply {}
  }

  /** Decides, request by request; called from many threads. */
  @FunctionalInterface
  public interface Script {
    Reply reply(Request request) throws InterruptedException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Script script;

  public StubServer(Script script) {
    this.script = script;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public void script(Script next) {
    script = next;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Everything asked so far. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  public long count(String pathEnd) {
    return requests.stream().filter(r -> r.path().endsWith(pathEnd)).count();
  }

  public static Reply json(String body) {
    return answer(200, "application/json", body);
  }

  public static Reply json(int status, String body) {
    return answer(status, "application/json", body);
  }

  public static Reply html(int status, String body) {
    return answer(status, "text/html; charset=utf-8", body);
  }

  public static Reply withHeader(int status, String name, String value, String body) {
    return new Reply.Answer(status, Map.of("Content-Type", "application/json", name, value), body);
  }

  private static Reply answer(int status, String type, String body) {
    return new Reply.Answer(status, Map.of("Content-Type", type), body);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> headers = new LinkedHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) ->
            headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
    String raw = exchange.getRequestURI().getRawQuery();
    Request request =
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            parameters(raw == null ? "" : raw),
            headers,
            body);
    requests.add(request);
    try {
      reply(exchange, script.reply(request));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  private static void reply(HttpExchange exchange, Reply reply)
      throws IOException, InterruptedException {
    switch (reply) {
      case Reply.Answer(int status, Map<String, String> headers, String text) -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(bytes);
        }
      }
      case Reply.Drop() -> exchange.close();
      case Reply.Truncated(String text) -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
        exchange.getResponseBody().flush();
        exchange.close();
      }
      case Reply.After(CountDownLatch latch, Reply then) -> {
        latch.await();
        reply(exchange, then);
      }
      case Reply.SlowBody(CountDownLatch latch, String text) -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes, 0, 1);
        exchange.getResponseBody().flush();
        latch.await();
        exchange.close();
      }
    }
  }

  private static Map<String, String> parameters(String encoded) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : encoded.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(
            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return parameters;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
