package io.timebridge.ops;

import io.helidon.http.BadRequestException;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.http.ReadingWatch;
import io.timebridge.ops.Page.Room;
import io.timebridge.ops.Sessions.Session;
import io.timebridge.ops.templates.JtemessageGenerated;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ops page on HTTP/1.1. On loopback everybody of this machine is let in; elsewhere only with
 * the token of {@code ops.token}. Every action is a form of this page. Bodies have at most {@value
 * #MAX_BODY} bytes, at most {@value #MAX_CONNECTIONS} browsers are connected, and a request has to
 * be sent within {@link #READ_WITHIN}.
 */
public final class OpsPage implements AutoCloseable {
  private static final int MAX_BODY = 64 * 1024;
  private static final int MAX_HEADERS = 16 * 1024;
  private static final int MAX_CONNECTIONS = 256;

  /** Longest time from a request's first line to the end of its body. */
  static final Duration READ_WITHIN = Duration.ofSeconds(10);

  private static final Duration STOP_WITHIN = Duration.ofSeconds(2);
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final long BETWEEN_REDRIVES = TimeUnit.SECONDS.toNanos(1) / BulkRedrive.PER_SECOND;

  private static final Logger LOG = LoggerFactory.getLogger(OpsPage.class);

  private final WebServer server;
  private final BulkRedrive bulk;
  private final ReadingWatch watch;
  private final String host;

  /** What the pages show, and act through; all of it thread-safe. */
  record Parts(
      LagLooks lag,
      Parked parked,
      Stories stories,
      Jobs jobs,
      Alerted alerts,
      Compared compared,
      InstantSource clock,
      Duration readWithin) {}

  private OpsPage(WebServer server, BulkRedrive bulk, ReadingWatch watch, String host) {
    this.server = server;
    this.bulk = bulk;
    this.watch = watch;
    this.host = host;
  }

  /**
   * Starts listening. The parts stay the caller's, to be closed after the page.
   *
   * @throws IllegalStateException when the address cannot be listened on
   */
  static OpsPage start(Settings.Ops settings, Parts parts) {
    Optional<Secret> token = Optional.of(settings.token()).filter(t -> !t.isEmpty());
    BulkRedrive bulk =
        new BulkRedrive(parts.parked(), () -> TimeUnit.NANOSECONDS.sleep(BETWEEN_REDRIVES));
    ReadingWatch watch = new ReadingWatch(parts.readWithin(), System::nanoTime);
    try {
      WebServer server =
          WebServer.builder()
              .host(settings.host())
              .port(settings.port())
              .shutdownHook(false)
              .shutdownGracePeriod(STOP_WITHIN)
              .featuresDiscoverServices(false)
              .protocolsDiscoverServices(false)
              .addProtocol(
                  Http1Config.builder()
                      .maxPrologueLength(MAX_HEADERS)
                      .maxHeadersSize(MAX_HEADERS)
                      .addReceiveListener(watch)
                      .build())
              .maxPayloadSize(MAX_BODY)
              .maxTcpConnections(MAX_CONNECTIONS)
              .idleConnectionTimeout(IDLE)
              .idleConnectionPeriod(IDLE.dividedBy(5))
              .routing(routing -> route(routing, token, parts, bulk, watch))
              .build()
              .start();
      LOG.info("ops page listens host={} port={}", settings.host(), server.port());
      return new OpsPage(server, bulk, watch, settings.host());
    } catch (UncheckedIOException taken) {
      watch.close();
      throw new IllegalStateException(
          "cannot listen on %s:%d (ops.host, ops.port): %s"
              .formatted(settings.host(), settings.port(), taken.getCause()),
          taken);
    }
  }

  private static void route(
      HttpRouting.Builder routing,
      Optional<Secret> token,
      Parts parts,
      BulkRedrive bulk,
      ReadingWatch watch) {
    Sessions sessions = new Sessions(token, new SecureRandom(), System::nanoTime);
    Visit visit = new Visit(sessions.needToken(), parts.clock());
    LoginPages login = new LoginPages(sessions, visit);
    LagPages lag =
        new LagPages(parts.lag(), parts.parked(), parts.alerts(), parts.compared(), visit);
    routing
        .addFilter(new Guard(sessions, watch))
        .get(Guard.ASSETS + "{name}", new Assets()::serve)
        .get(Guard.LOGIN, login::show)
        .post(Guard.LOGIN, login::logIn)
        .post("/logout", login::logOut)
        .get("/", lag::overview)
        .get("/shards", lag::shards)
        .get("/data/lag", lag::series)
        .register("/parked", new ParkedPages(parts.parked(), bulk, visit))
        .get("/entry", new EntryPages(parts.stories(), visit)::show)
        .get("/jobs", new JobPages(parts.jobs(), visit)::list)
        .get("/alerts", new AlertPages(parts.alerts(), visit)::list)
        .error(
            StoreTrouble.class,
            (request, response, trouble) ->
                tell(
                    visit,
                    request,
                    response,
                    Status.SERVICE_UNAVAILABLE_503,
                    "That cannot be looked up now: " + trouble.getMessage()))
        .error(
            HttpException.class,
            (request, response, refused) ->
                tell(
                    visit,
                    request,
                    response,
                    refused.status(),
                    String.valueOf(refused.getMessage())))
        .error(
            BadRequestException.class,
            (request, response, refused) ->
                tell(
                    visit,
                    request,
                    response,
                    refused.status(),
                    String.valueOf(refused.getMessage())))
        .error(
            InterruptedException.class,
            (request, response, stopped) -> {
              Thread.currentThread().interrupt();
              tell(
                  visit,
                  request,
                  response,
                  Status.SERVICE_UNAVAILABLE_503,
                  "This page is being stopped.");
            })
        .any((request, response) ->
            tell(visit, request, response, Status.NOT_FOUND_404, "There is no such page."));
  }

  private static void tell(
      Visit visit, ServerRequest request, ServerResponse response, Status status, String text) {
    Page page =
        request
            .context()
            .get(Session.class)
            .map(session -> visit.page(request, status.reasonPhrase(), Room.ELSEWHERE))
            .orElseGet(() -> visit.outside(status.reasonPhrase()));
    Html.send(response, status, out -> JtemessageGenerated.render(out, null, page, text));
  }

  /** Where it listens, without a trailing slash. */
  public URI address() {
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port());
  }

  /** Stops listening; a redrive of many keys stops between two keys. Idempotent. */
  @Override
  public void close() {
    bulk.close();
    server.stop();
    watch.close();
    LOG.info("ops page stopped");
  }
}
