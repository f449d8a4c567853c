package io.timebridge.local.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.timebridge.local.net.Listen;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server, on 127.0.0.1 unless told otherwise, that the hand-made services share: one
 * virtual thread per request, bodies of at most {@value #MAX_BODY_BYTES} bytes (413 beyond).
 * Thread-safe.
 */
final class LoopbackServer implements LocalPart {
  /** Room for the largest request of the services here, a batch of 256 KiB, with its encoding. */
  static final int MAX_BODY_BYTES = 2 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(LoopbackServer.class);

  /** What answers the requests; called on many threads at once. */
  interface Handler {
    Answer handle(Ask ask);
  }

  /**
   * One request.
   *
   * @param headers the first value of each; names compare without case
   * @param body read only; the record is never compared
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Ask(String method, URI uri, Map<String, String> headers, byte[] body) {
    String path() {
      return uri.getPath();
    }

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /**
   * One answer.
   *
   * @param body read only; the record is never compared
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
    static Answer of(int status, String contentType, String body) {
      return new Answer(status, contentType, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }
  }

  private final String name;
  private final HttpServer server;
  private final ExecutorService threads;
  private final Handler handler;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LoopbackServer(String name, HttpServer server, Handler handler) {
    this.name = name;
    this.server = server;
    this.handler = handler;
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
  }

  /**
   * Starts listening.
   *
   * @param port 0 for any free port
   * @throws IllegalStateException when the port cannot be bound
   */
  static LoopbackServer start(String name, int port, Handler handler) {
    return start(name, Listen.LOOPBACK, port, handler);
  }

  /** As {@link #start(String, int, Handler)}, on these addresses. */
  static LoopbackServer start(String name, Listen listen, int port, Handler handler) {
    try {
      HttpServer http =
          HttpServer.create(
              new InetSocketAddress(InetAddress.ofLiteral(listen.address()), port), 256);
      LoopbackServer server = new LoopbackServer(name, http, handler);
      http.createContext("/", server::serve);
      http.setExecutor(server.threads);
      http.start();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(
          "%s cannot listen on %s:%d: ".formatted(name, listen.address(), port) + e.getMessage(),
          e);
    }
  }

  /** 127.0.0.1, never ::1: what is printed and configured is an IPv4 address. */
  static InetAddress loopback() {
    return InetAddress.ofLiteral("127.0.0.1");
  }

  @Override
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange);
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      answer.headers().forEach((key, value) -> exchange.getResponseHeaders().set(key, value));
      int length = answer.body().length;
      exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
      if (length > 0) {
        exchange.getResponseBody().write(answer.body());
      }
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(MAX_BODY_BYTES + 1);
    }
    if (body.length > MAX_BODY_BYTES) {
      return Answer.of(413, "text/plain", "a body may have " + MAX_BODY_BYTES + " bytes\n");
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((key, values) -> headers.put(key, values.getFirst()));
    try {
      return handler.handle(
          new Ask(exchange.getRequestMethod(), exchange.getRequestURI(), headers, body));
    } catch (RuntimeException e) { // the edge of the request's thread: a defect answers 500
      LOG.error("{}: {} {} failed", name, exchange.getRequestMethod(), exchange.getRequestURI(), e);
      return Answer.of(500, "text/plain", "internal failure of " + name + "\n");
    }
  }
}
