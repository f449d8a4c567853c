package io.timebridge.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /metrics}, and nothing else. Two requests at a time; who does not finish a request
 * holds one of the two up, and nothing but the metrics.
 */
final class MetricsEndpoint implements AutoCloseable {
  private static final String PATH = "/metrics";
  private static final int AT_A_TIME = 2;
  private static final int BACKLOG = 16;
  private static final Logger LOG = LoggerFactory.getLogger(MetricsEndpoint.class);

  private final HttpServer server;
  private final ExecutorService threads;
  private final Supplier<String> text;

  private MetricsEndpoint(HttpServer server, Supplier<String> text) {
    this.server = server;
    this.text = text;
    this.threads =
        Executors.newFixedThreadPool(
            AT_A_TIME, Thread.ofPlatform().daemon().name("metrics-", 0).factory());
  }

  /**
   * @param port 0 = any
   * @throws IOException when the address cannot be listened on
   */
  static MetricsEndpoint start(String host, int port, Supplier<String> text) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("there is no such host");
    }
    MetricsEndpoint endpoint = new MetricsEndpoint(HttpServer.create(address, BACKLOG), text);
    endpoint.server.createContext("/", endpoint::handle);
    endpoint.server.setExecutor(endpoint.threads);
    endpoint.server.start();
    return endpoint;
  }

  URI address() {
    InetSocketAddress at = server.getAddress();
    String host = at.getAddress().getHostAddress();
    return URI.create(
        "http://%s:%d%s"
            .formatted(host.contains(":") ? "[" + host + "]" : host, at.getPort(), PATH));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        exchange.sendResponseHeaders(405, -1);
      } else {
        answer(exchange);
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body;
    try {
      body = text.get().getBytes(StandardCharsets.UTF_8);
    } catch (RuntimeException defect) { // the edge of the thread: the scraper sees a failed scrape
      LOG.error("metrics could not be read", defect);
      exchange.sendResponseHeaders(500, -1);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
