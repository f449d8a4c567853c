package io.timebridge.bootstrap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.timebridge.settings.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where the browser comes back to after a login: one page on 127.0.0.1 (RFC 8252, 7.3) that takes
 * one request, checks its state in constant time, and shows nothing of what it was sent. Requests
 * to other paths, with another method or for another host are turned away and do not count.
 * Thread-safe.
 */
public final class LoopbackCallback implements AutoCloseable {
  private static final String PATH = "/callback";
  private static final int LONGEST_QUERY = 4096;

  private static final String TAKEN =
      "FirstService's answer is taken. You can close this page; the terminal says how it goes on.";

  private static final String NOT_TAKEN = "The login did not succeed; the terminal says why.";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Secret state;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();

  private LoopbackCallback(HttpServer server, Secret state) {
    this.server = server;
    this.state = state;
  }

  /** How the login ended. */
  public sealed interface Answer {
    record Code(Secret code) implements Answer {}

    /** {@code why}: for people, without anything the browser sent. */
    record Refused(String why) implements Answer {}

    record TimedOut() implements Answer {}
  }

  /**
   * Starts listening.
   *
   * @param port 0 = any free one
   * @throws IOException when the port cannot be listened on
   */
  public static LoopbackCallback listen(int port, Secret state) throws IOException {
    InetAddress loopback = InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, port), 4);
    LoopbackCallback callback = new LoopbackCallback(server, state);
    server.createContext("/", callback::handle);
    server.setExecutor(callback.threads);
    server.start();
    return callback;
  }

  /** {@code http://127.0.0.1:PORT/callback}. */
  public URI redirectUri() {
    return URI.create("http://" + host() + PATH);
  }

  private String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Waits for the one answer. */
  public Answer await(Duration longest) throws InterruptedException {
    try {
      return answer.get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException nobodyCame) {
      return new Answer.TimedOut();
    } catch (ExecutionException defect) {
      throw new IllegalStateException("login callback", defect.getCause());
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        page(exchange, 404, "There is nothing here.");
      } else if (!exchange.getRequestMethod().equals("GET")) {
        page(exchange, 405, "Only the address that the login leads to is answered.");
      } else if (!host().equals(exchange.getRequestHeaders().getFirst("Host"))) {
        page(exchange, 400, "This address is another one.");
      } else if (!taken.compareAndSet(false, true)) {
        page(exchange, 410, "The login is over already.");
      } else {
        Answer read = read(exchange.getRequestURI().getRawQuery());
        boolean good = read instanceof Answer.Code;
        try {
          page(exchange, good ? 200 : 400, good ? TAKEN : NOT_TAKEN);
        } finally { // whether or not the browser waits for its page
          answer.complete(read);
        }
      }
    }
  }

  private Answer read(String query) {
    Optional<Map<String, String>> parameters =
        Optional.ofNullable(query)
            .filter(text -> text.length() <= LONGEST_QUERY)
            .flatMap(LoopbackCallback::parameters);
    if (parameters.isEmpty()) {
      return new Answer.Refused("the browser came back with an answer that cannot be read");
    }
    Map<String, String> given = parameters.get();
    // Secret compares in constant time.
    if (!state.equals(new Secret(given.getOrDefault("state", "")))) {
      return new Answer.Refused(
          "the browser came back with another state: it was no answer to this login");
    }
    String error = given.getOrDefault("error", "");
    if (!error.isEmpty()) {
      return new Answer.Refused(
          "FirstService refused the login"
              + (error.matches("[a-z_]{1,40}") ? " (" + error + ")" : ""));
    }
    String code = given.getOrDefault("code", "");
    return code.isBlank()
        ? new Answer.Refused("the browser came back without a code")
        : new Answer.Code(new Secret(code));
  }

  /** Empty when a name stands twice or something is not encoded as it should be. */
  private static Optional<Map<String, String>> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    try {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        String before =
            parameters.put(
                URLDecoder.decode(name, StandardCharsets.UTF_8),
                URLDecoder.decode(value, StandardCharsets.UTF_8));
        if (before != null) {
          return Optional.empty();
        }
      }
      return Optional.of(parameters);
    } catch (IllegalArgumentException notEncoded) {
      return Optional.empty();
    }
  }

  private static void page(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Timebridge</title></head><body><p>%s</p></body></html>\n"
            .formatted(text)
            .getBytes(StandardCharsets.UTF_8);
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "text/html; charset=utf-8");
    headers.set("Content-Security-Policy", "default-src 'none'");
    headers.set("Cache-Control", "no-store");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Connection", "close");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Stops listening; an answer under way is sent first, for a second at most. */
  @Override
  public void close() {
    server.stop(1);
    threads.close();
  }
}
