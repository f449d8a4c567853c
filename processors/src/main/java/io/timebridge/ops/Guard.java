package io.timebridge.ops;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.SetCookie;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.timebridge.http.ReadingWatch;
import io.timebridge.ops.Sessions.Login;
import io.timebridge.ops.Sessions.Session;
import io.timebridge.settings.Secret;
import java.util.Map;
import java.util.Optional;

/**
 * Stands before every page: puts the headers that bind a browser, reads the form that was sent,
 * lets in who may, and refuses requests that another page made a browser send.
 *
 * <p>Where no token is set, a request must come from {@linkplain Sender#isOfThisMachine this
 * machine}. Changing requests ({@code POST}) must come from {@linkplain Sender#isOfThisPage this
 * page}, and carry the session's form key, which the pages check. A request has to be sent within
 * the watch's time and to say how long its body is: the lines between the pieces of one that does
 * not have no limit.
 */
final class Guard implements Filter {
  private static final String COOKIE = "timebridge-ops-";
  static final String LOGIN = "/login";
  static final String ASSETS = "/assets/";

  /** No script, style, image or request but from here; nobody may frame it. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
              + " 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), microphone=(), geolocation=()");

  private final Sessions sessions;
  private final ReadingWatch watch;

  Guard(Sessions sessions, ReadingWatch watch) {
    this.sessions = sessions;
    this.watch = watch;
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    HEADERS.forEach((name, value) -> response.header(HeaderValues.create(name, value)));
    response.header(HeaderValues.create(HeaderNames.CACHE_CONTROL, "no-store"));
    if (request.headers().contains(HeaderNames.TRANSFER_ENCODING)) {
      response.header(HeaderValues.CONNECTION_CLOSE);
      refuse(response, Status.LENGTH_REQUIRED_411, "say how long the body is");
      throw new CloseConnectionException("a body without a length");
    }
    request.context().register(Form.read(request));
    watch.end();
    if (!sessions.needToken() && !Sender.isOfThisMachine(request)) {
      refuse(
          response,
          Status.MISDIRECTED_REQUEST_421,
          "without ops.token this page is for this machine alone");
      return;
    }
    Method method = request.prologue().method();
    if (!method.equals(Method.POST) && !method.equals(Method.GET)) {
      refuse(response, Status.METHOD_NOT_ALLOWED_405, "GET or POST");
      return;
    }
    if (method.equals(Method.POST)
        ? !Sender.isOfThisPage(request)
        : Sender.isBehindTheBack(request.headers())) {
      refuse(response, Status.FORBIDDEN_403, "another page has sent this request");
      return;
    }
    String path = request.path().path();
    if (path.startsWith(ASSETS) || path.equals(LOGIN)) {
      chain.proceed();
      return;
    }
    Optional<Session> session = session(request, response);
    if (session.isPresent()) {
      request.context().register(session.get());
      chain.proceed();
    } else if (!response.isSent()) {
      toLogin(response, method.equals(Method.GET) && !isData(path) ? path : "/", isData(path));
    }
  }

  private static boolean isData(String path) {
    return path.startsWith("/data/");
  }

  /** The request's; a new one where none is needed; empty when there is none, or it was refused. */
  private Optional<Session> session(RoutingRequest request, RoutingResponse response) {
    Optional<String> bearer =
        request.headers().first(HeaderNames.AUTHORIZATION).filter(a -> a.startsWith("Bearer "));
    if (sessions.needToken() && bearer.isPresent()) {
      return switch (sessions.mayCallWith(
          new Secret(bearer.get().substring(7).strip()), Sender.network(request))) {
        case Login.In(Session session) -> Optional.of(session);
        case Login.Wrong() -> {
          refuse(response, Status.UNAUTHORIZED_401, "that is not the token");
          yield Optional.empty();
        }
        case Login.TooMany() -> {
          refuse(response, Status.TOO_MANY_REQUESTS_429, "too many wrong tokens; wait a minute");
          yield Optional.empty();
        }
      };
    }
    Optional<Session> known =
        request.headers().cookies().first(cookie(request)).asOptional().flatMap(sessions::find);
    if (known.isPresent() || sessions.needToken()) {
      return known;
    }
    Session opened = sessions.open();
    give(request, response, opened);
    return Optional.of(opened);
  }

  /**
   * Sent with requests of this page only, and not to be read by any script. Behind a proxy that
   * says {@code X-Forwarded-Proto: https}, never in clear.
   */
  static void give(ServerRequest request, ServerResponse response, Session session) {
    response
        .headers()
        .addCookie(
            SetCookie.builder(cookie(request), session.id().reveal())
                .httpOnly(true)
                .secure(Sender.isOverTls(request.headers()))
                .sameSite(SetCookie.SameSite.STRICT)
                .path("/")
                .maxAge(Sessions.LASTS)
                .build());
  }

  /** With the port, which browsers do not look at: two pages on one host are two. */
  private static String cookie(ServerRequest request) {
    return COOKIE + request.localPeer().port();
  }

  private static void toLogin(RoutingResponse response, String path, boolean data) {
    if (data) {
      refuse(response, Status.UNAUTHORIZED_401, "log in first");
      return;
    }
    response
        .status(Status.SEE_OTHER_303)
        .header(HeaderValues.create(HeaderNames.LOCATION, LOGIN + "?to=" + Urls.encoded(path)))
        .send();
  }

  private static void refuse(RoutingResponse response, Status status, String why) {
    response
        .status(status)
        .header(HeaderValues.create(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8"))
        .send(why + "\n");
  }
}
