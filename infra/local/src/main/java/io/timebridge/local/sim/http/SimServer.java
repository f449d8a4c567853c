package io.timebridge.local.sim.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.timebridge.local.net.Listen;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A simulated service, on 127.0.0.1 unless told otherwise: one virtual thread per call, bodies of
 * at most 1 MiB, and what both simulators have in common under {@code /__sim/}: ledger, state,
 * faults, pause. Faults and pause never touch {@code /__sim/} itself.
 */
public final class SimServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SimServer.class);
  private static final int MOST_BODY_BYTES = 1 << 20;
  private static final int LEDGER_LIMIT = 10_000;
  private static final String CONTROL = "/__sim/";

  private final HttpServer http;
  private final Listen listen;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Simulated service;
  private final Ledger ledger;
  private final Faults faults = new Faults();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong late = new AtomicLong();
  private final List<HttpServer> doors = new CopyOnWriteArrayList<>();
  private volatile boolean paused;
  private volatile CallWatch watch = CallWatch.NONE;

  private SimServer(HttpServer http, Listen listen, Simulated service, Ledger ledger) {
    this.http = http;
    this.listen = listen;
    this.service = service;
    this.ledger = ledger;
  }

  /**
   * Starts serving.
   *
   * @param port 0 for any free one
   * @throws IOException if the port cannot be bound
   */
  public static SimServer start(int port, Simulated service, Ledger ledger) throws IOException {
    return start(Listen.LOOPBACK, port, service, ledger);
  }

  /** As {@link #start(int, Simulated, Ledger)}, on these addresses. */
  public static SimServer start(Listen listen, int port, Simulated service, Ledger ledger)
      throws IOException {
    SimServer server = new SimServer(listening(listen, port), listen, service, ledger);
    server.serve(server.http);
    return server;
  }

  private static HttpServer listening(Listen listen, int port) throws IOException {
    return HttpServer.create(
        new InetSocketAddress(InetAddress.ofLiteral(listen.address()), port), 1024);
  }

  private void serve(HttpServer door) {
    door.setExecutor(threads);
    door.createContext("/", this::handle);
    door.start();
  }

  /**
   * Opens one more port to the same service, so that a {@link CallWatch} can tell callers apart;
   * closed with the server.
   *
   * @throws IOException if no port can be bound
   */
  public URI openDoor() throws IOException {
    HttpServer door = listening(listen, 0);
    serve(door);
    doors.add(door);
    return baseUri(door);
  }

  /** Shows every call that arrives from now on to {@code watcher}, and to no other. */
  public void watch(CallWatch watcher) {
    watch = watcher;
  }

  /** Where it listens, as this machine reaches it: {@code http://127.0.0.1:port}. */
  public URI baseUri() {
    return baseUri(http);
  }

  private static URI baseUri(HttpServer door) {
    return URI.create("http://127.0.0.1:" + door.getAddress().getPort());
  }

  /** Stops at once: open calls are cut, late effects that are still to come never come. */
  @Override
  public void close() {
    doors.forEach(door -> door.stop(0));
    http.stop(0);
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("simulator at {}: some calls did not end within 5 s", baseUri());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      if (exchange.getRequestURI().getRawPath().startsWith(CONTROL)) {
        Optional<Request> request = read(exchange);
        if (request.isPresent()) {
          send(exchange, controlled(request.get()));
        }
      } else if (!paused) {
        calls.incrementAndGet();
        call(exchange);
      }
    } catch (IOException e) {
      LOG.debug("caller gone: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- a call to the service: every path that does not send ends with the connection closed by
  // handle()

  private void call(HttpExchange exchange) throws IOException, InterruptedException {
    Faults.Strike strike = faults.draw(head(exchange, "").line());
    if (strike.fault().map(Fault::action).filter(Fault.Action.RESET::equals).isPresent()) {
      Thread.sleep(strike.delayMillis());
      return;
    }
    Optional<Request> read = read(exchange);
    if (read.isEmpty()) {
      return;
    }
    Request request = read.get();
    CallWatch.Treatment treatment = watch.arrived(exchange.getLocalAddress().getPort(), request);
    Optional<Reply> busy = service.enter(request);
    if (busy.isPresent()) {
      send(exchange, busy.get());
      return;
    }
    Ending ending;
    try {
      Thread.sleep(service.latency().plusMillis(strike.delayMillis()));
      ending =
          switch (treatment) {
            case CallWatch.Treatment.AsUsual() -> carryOut(request, strike);
            case CallWatch.Treatment.Dropped() -> dropped(request);
            case CallWatch.Treatment.Late(Duration wait) -> late(request, wait);
          };
    } finally {
      service.leave();
    }
    switch (ending) {
      case Whole(Reply reply) -> send(exchange, reply);
      case Cut(Reply reply) -> sendHalf(exchange, reply);
      case Silence() -> {}
    }
  }

  private sealed interface Ending {}

  private record Whole(Reply reply) implements Ending {}

  private record Cut(Reply reply) implements Ending {}

  private record Silence() implements Ending {}

  private Ending carryOut(Request request, Faults.Strike strike) {
    if (strike.fault().isEmpty()) {
      return new Whole(answer(request));
    }
    Fault fault = strike.fault().get();
    return switch (fault.action()) {
      case DROP_RESPONSE -> dropped(request);
      case LATE -> late(request, Duration.ofMillis(strike.faultMillis()));
      case STATUS -> new Whole(statusPage(fault));
      case HTML -> new Whole(Reply.html(fault.status(), "Error " + fault.status(), "Proxy error"));
      case TRUNCATE -> new Cut(answer(request));
      case EXPIRE_SESSION -> {
        service.expireSession(request);
        yield new Whole(answer(request));
      }
      case EMPTY_LIST -> new Whole(answer(request.withLists(Request.Lists.EMPTY)));
      case HALF_LIST -> new Whole(answer(request.withLists(Request.Lists.HALF)));
      case DOUBLED_ROWS -> new Whole(answer(request.withLists(Request.Lists.DOUBLED)));
      case MOVED_COLUMNS -> new Whole(answer(request.withLists(Request.Lists.MOVED)));
      case TEXT_NUMBERS -> new Whole(answer(request.withLists(Request.Lists.TEXTS)));
      case NO_HEADER -> new Whole(answer(request.withLists(Request.Lists.HEADLESS)));
      case LOST_COLUMN -> new Whole(answer(request.withLists(Request.Lists.NARROW)));
      case RESET, DELAY -> throw new IllegalStateException("dealt with before: " + fault.action());
    };
  }

  private Ending dropped(Request request) {
    answer(request);
    return new Silence();
  }

  private Ending late(Request request, Duration wait) {
    later(request, wait);
    return new Silence();
  }

  private static Reply statusPage(Fault fault) {
    Reply reply = new Reply(fault.status(), Map.of("Content-Type", "text/plain"), "fault\n");
    String retryAfter = fault.retryAfter();
    return retryAfter == null ? reply : reply.withHeader("Retry-After", retryAfter);
  }

  private Reply answer(Request request) {
    return guarded(
        () -> service.refuse(request).orElseGet(() -> service.perform(request)),
        service::malformed);
  }

  private interface OnBadRequest {
    Reply answer(String message);
  }

  /**
   * The edge of a call's thread: a defect of the simulator must show as a 500 and in the log, not
   * as a dead connection.
   */
  private static Reply guarded(Supplier<Reply> work, OnBadRequest onBadRequest) {
    try {
      return work.get();
    } catch (BadRequest e) {
      return onBadRequest.answer(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("defect in the simulator", e);
      return Reply.controlError(500, "defect in the simulator: " + e);
    }
  }

  /**
   * Accepts the call now and carries it out after the wait, whatever becomes of its session until
   * then.
   */
  private void later(Request request, Duration wait) {
    Reply accepted = guarded(() -> service.refuse(request).orElse(ACCEPTED), service::malformed);
    if (!accepted.equals(ACCEPTED)) {
      return;
    }
    late.incrementAndGet();
    threads.execute(() -> {
      try {
        Thread.sleep(wait);
        guarded(() -> service.perform(request), service::malformed);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        late.decrementAndGet();
      }
    });
  }

  private static final Reply ACCEPTED = Reply.empty(202);

  // ---- the control API

  private Reply controlled(Request request) {
    return guarded(
        () -> {
          String what = request.method() + " " + request.path();
          return switch (what) {
            case "GET /__sim/ledger" -> Reply.ok(ledgerPage(request));
            case "GET /__sim/state" -> Reply.ok(state());
            case "GET /__sim/faults" -> Reply.ok(faults.json());
            case "POST /__sim/faults" -> {
              faults.add(Json.parse(request.body()));
              yield Reply.ok(faults.json());
            }
            case "DELETE /__sim/faults" -> {
              faults.clear();
              yield Reply.ok(faults.json());
            }
            case "POST /__sim/pause" -> {
              paused = Json.flag(Json.parse(request.body()), "paused", true);
              yield Reply.ok(Json.object().put("paused", paused));
            }
            default ->
                service
                    .control(request)
                    .orElseGet(() -> Reply.controlError(404, "no control call " + what));
          };
        },
        message -> Reply.controlError(400, message));
  }

  private ObjectNode ledgerPage(Request request) {
    return ledger.after(
        number(request, "after", 0, Long.MAX_VALUE),
        (int) number(request, "limit", LEDGER_LIMIT, Integer.MAX_VALUE));
  }

  private static long number(Request request, String name, long ifMissing, long most) {
    String text = request.query(name);
    if (text.isEmpty()) {
      return ifMissing;
    }
    if (!text.matches("\\d{1,18}") || Long.parseLong(text) > most) {
      throw new BadRequest("parameter " + name + " is '" + text + "'; it must be 0 to " + most);
    }
    return Long.parseLong(text);
  }

  private ObjectNode state() {
    ObjectNode state = service.state();
    state.put("calls", calls.get());
    state.put("latePending", late.get());
    return state;
  }

  // ---- bytes

  private static Request head(HttpExchange exchange, String body) {
    URI uri = exchange.getRequestURI();
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    String query = uri.getRawQuery();
    return new Request(
        exchange.getRequestMethod(),
        uri.getRawPath(),
        query == null ? "" : query,
        headers,
        body,
        Request.Lists.WHOLE);
  }

  /** The whole request; empty when it was too large and has been answered. */
  private static Optional<Request> read(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY_BYTES + 1);
    if (body.length > MOST_BODY_BYTES) {
      send(exchange, Reply.controlError(413, "the body is over " + MOST_BODY_BYTES + " bytes"));
      return Optional.empty();
    }
    return Optional.of(head(exchange, new String(body, StandardCharsets.UTF_8)));
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  /**
   * Promises the whole body, sends half of it, and leaves the rest to the closing of the
   * connection.
   */
  private static void sendHalf(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    if (body.length == 0) {
      return;
    }
    reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    exchange.sendResponseHeaders(reply.status(), body.length);
    OutputStream out = exchange.getResponseBody();
    out.write(Arrays.copyOf(body, body.length / 2));
    out.flush();
  }
}
