package io.timebridge.services.http;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request and waits for the whole answer: HTTP/1.1, no redirects, no repetition.
 * Thread-safe.
 */
final class HttpExchange implements AutoCloseable {
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

  private final String service;
  private final Duration callTimeout;
  private final InstantSource clock;
  private final HttpClient client;

  /**
   * @param callTimeout longest wait for the whole answer, its body included
   * @param clock for dates in {@code Retry-After}
   */
  HttpExchange(String service, Duration callTimeout, InstantSource clock) {
    this.service = service;
    this.callTimeout = callTimeout;
    this.clock = clock;
    // Connecting must end before the call's own time does: only then is it known that nothing left.
    Duration connect = callTimeout.dividedBy(2);
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connect.compareTo(LONGEST_CONNECT) < 0 ? connect : LONGEST_CONNECT)
            .build();
  }

  /** Nothing was sent: the call's time was over before its body could leave. */
  static final class TooLate extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @throws ServiceTrouble {@link Kind#NOT_DONE} when surely nothing that could be acted on was
   *     sent, {@link Kind#UNKNOWN} otherwise
   */
  HttpAnswer send(HttpCall call) throws ServiceTrouble, TooLate, InterruptedException {
    @Nullable OnceOnlyBody body =
        call.body() == null ? null : new OnceOnlyBody(call.body().bytes(), call.maySend());
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(
            request(call, body),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), call.maxAnswerBytes()));
    try {
      // The request's own time-out ends with the headers; this one covers the body as well.
      return read(call, answer.get(callTimeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException slow) {
      answer.cancel(true);
      throw trouble(call, body, new HttpTimeoutException("no whole answer within " + callTimeout));
    } catch (InterruptedException interrupted) {
      answer.cancel(true);
      throw interrupted;
    } catch (ExecutionException failed) {
      if (body != null && body.tooLate()) {
        throw new TooLate();
      }
      throw trouble(call, body, failed.getCause());
    } catch (CancellationException closed) {
      throw trouble(call, body, closed);
    }
  }

  private HttpRequest request(HttpCall call, @Nullable OnceOnlyBody body) throws ServiceTrouble {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(call.uri())
            .timeout(callTimeout)
            .header("Accept", "application/json")
            .header("User-Agent", "timebridge")
            .method(call.method(), body == null ? BodyPublishers.noBody() : body);
    try {
      call.headers().forEach(request::header);
    } catch (IllegalArgumentException notAllowed) { // without its cause: that quotes the value
      throw new ServiceTrouble(
          Kind.NOT_DONE,
          "%s %s: not sent, a header holds a character that is not allowed: one of %s"
              .formatted(service, call.what(), new TreeSet<>(call.headers().keySet())));
    }
    if (call.body() != null) {
      request.header("Content-Type", call.body().contentType());
    }
    return request.build();
  }

  private HttpAnswer read(HttpCall call, HttpResponse<byte[]> response) {
    Duration retryAfter =
        response
            .headers()
            .firstValue("Retry-After")
            .flatMap(value -> RetryAfter.read(value, clock.instant()))
            .orElse(null);
    return new HttpAnswer(
        service + " " + call.what(),
        response.statusCode(),
        response.body(),
        call.secretAnswer(),
        retryAfter);
  }

  private ServiceTrouble trouble(
      HttpCall call, @Nullable OnceOnlyBody body, @Nullable Throwable cause) {
    boolean neverSent = neverConnected(cause) || (body != null && !body.released());
    return new ServiceTrouble(
        neverSent ? Kind.NOT_DONE : Kind.UNKNOWN,
        "%s %s: %s".formatted(service, call.what(), words(cause, neverSent)),
        null,
        cause);
  }

  private static boolean neverConnected(@Nullable Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof ConnectException
          || t instanceof HttpConnectTimeoutException
          || t instanceof UnresolvedAddressException
          || t instanceof SSLHandshakeException) {
        return true;
      }
    }
    return false;
  }

  private static String words(@Nullable Throwable cause, boolean neverSent) {
    String name = cause == null ? "no cause" : cause.getClass().getSimpleName();
    String said = cause == null || cause.getMessage() == null ? "" : ", " + cause.getMessage();
    String what =
        switch (cause) {
          case HttpConnectTimeoutException _ -> "could not connect in time";
          case HttpTimeoutException _ -> "no whole answer in time";
          case ConnectException _ -> "could not connect";
          case IOException _ when !neverSent -> "the connection broke or the answer was too long";
          case null, default -> neverSent ? "not sent" : "no answer";
        };
    return "%s (%s%s)".formatted(what, name, Excerpt.of(said, HttpAnswer.EXCERPT));
  }

  /** Breaks off what is under way. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
