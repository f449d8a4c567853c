package io.timebridge.ingest.gateway;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import io.timebridge.http.ReadingWatch;
import io.timebridge.ingest.EventIds;
import io.timebridge.publish.Publisher;
import io.timebridge.settings.Settings;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.tracing.Tracing;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webhook gateway: HTTP/1.1, {@code POST} on the six webhook routes, {@code GET /health} (the
 * process is up) and {@code GET /ready} (Kinesis has answered within the last seconds; false while
 * stopping). A webhook is answered 202 only after Kinesis has acknowledged it; every refusal is
 * JSON {@code {"error":{"code":..,"field":..,"message":..}}}. Neither bodies nor signatures are
 * logged.
 *
 * <p>Bounds: {@link #MAX_CONNECTIONS} connections, one body of 64 KiB each; {@code
 * gateway.max-concurrent-requests} envelopes waiting for Kinesis; a request has to be sent within
 * {@link #READ_WITHIN}; headers have at most {@link #MAX_HEADER_BYTES} bytes.
 */
public final class WebhookGateway implements AutoCloseable {
  /** Connections at a time; more wait in the operating system's backlog. */
  public static final int MAX_CONNECTIONS = 4096;

  /** Longest time from a request's first line to the end of its body. */
  public static final Duration READ_WITHIN = Duration.ofSeconds(10);

  /** Request line and headers, each. */
  public static final int MAX_HEADER_BYTES = 16 * 1024;

  /** A connection without a request is closed after this long (checked every fifth of it). */
  private static final Duration IDLE = Duration.ofSeconds(60);

  /**
   * Bodies longer than ours are read to their end up to this size, so that the sender gets to see
   * the 413; beyond it the connection is closed.
   */
  private static final int MAX_DRAINED_BYTES = 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(WebhookGateway.class);

  private final WebServer server;
  private final ReadingWatch watch;
  private final String host;
  private final AtomicBoolean stopping;

  private WebhookGateway(
      WebServer server, ReadingWatch watch, String host, AtomicBoolean stopping) {
    this.server = server;
    this.watch = watch;
    this.host = host;
    this.stopping = stopping;
  }

  /** What the gateway works with; all of it thread-safe. */
  record Parts(
      WebhookSignatures signatures,
      Publisher publisher,
      InstantSource clock,
      LongSupplier nanos,
      EventIds ids,
      Duration readWithin,
      GatewayListener listener,
      Tracing tracing) {}

  /**
   * Starts listening. The publisher stays the caller's, to be closed after the gateway.
   *
   * @throws IllegalStateException when the address cannot be listened on
   */
  static WebhookGateway start(Settings.Gateway settings, Parts parts) {
    AtomicBoolean stopping = new AtomicBoolean();
    RefusalLog log = new RefusalLog(parts.nanos());
    Acceptance acceptance =
        new Acceptance(
            parts.signatures(),
            parts.publisher(),
            settings.maxConcurrentRequests(),
            settings.publishTimeout(),
            parts.clock(),
            parts.ids());
    ReadingWatch watch = new ReadingWatch(parts.readWithin(), parts.nanos());
    RequestHandler handler =
        new RequestHandler(
            acceptance,
            watch,
            log,
            () -> !stopping.get() && parts.publisher().reachable(),
            parts.nanos(),
            parts.listener(),
            parts.tracing());
    try {
      WebServer server = server(settings, handler, watch, log, parts.listener()).start();
      LOG.info("gateway listens host={} port={}", settings.host(), server.port());
      return new WebhookGateway(server, watch, settings.host(), stopping);
    } catch (UncheckedIOException taken) {
      watch.close();
      throw new IllegalStateException(
          "cannot listen on %s:%d (gateway.host, gateway.port): %s"
              .formatted(settings.host(), settings.port(), taken.getCause()),
          taken);
    }
  }

  private static WebServer server(
      Settings.Gateway settings,
      RequestHandler handler,
      ReadingWatch watch,
      RefusalLog log,
      GatewayListener listener) {
    return WebServer.builder()
        .host(settings.host())
        .port(settings.port())
        .shutdownHook(false)
        .shutdownGracePeriod(settings.stopWithin())
        .featuresDiscoverServices(false)
        .protocolsDiscoverServices(false)
        .addProtocol(
            Http1Config.builder()
                .maxPrologueLength(MAX_HEADER_BYTES)
                .maxHeadersSize(MAX_HEADER_BYTES)
                .addReceiveListener(watch)
                .build())
        .contentEncoding(new AnyEncoding())
        .directHandlers(TransportErrors.handlers(log, listener))
        .maxPayloadSize(MAX_DRAINED_BYTES)
        .maxTcpConnections(MAX_CONNECTIONS)
        .idleConnectionTimeout(IDLE)
        .idleConnectionPeriod(IDLE.dividedBy(5))
        .routing(routing -> routing.any(handler))
        .build();
  }

  /** The port it listens on, also when the settings asked for any. */
  public int port() {
    return server.port();
  }

  /** Where it listens, without a trailing slash. */
  public URI address() {
    return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
  }

  /** Stops listening, answers what was accepted within {@code gateway.stop-within}. Idempotent. */
  @Override
  public void close() {
    if (stopping.compareAndSet(false, true)) {
      server.stop();
      watch.close();
      LOG.info("gateway stopped");
    }
  }
}
