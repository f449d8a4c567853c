package io.timebridge.ingest.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * A gateway's call at its own door, so that it tells itself well only while that door answers.
 * Thread-safe.
 */
final class SelfCall implements AutoCloseable {
  private static final Duration WITHIN = Duration.ofSeconds(2);

  private final HttpRequest health;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(WITHIN).build();

  /**
   * @param address where the gateway listens; all addresses stand for loopback
   */
  SelfCall(URI address) {
    URI near =
        switch (address.getHost()) {
          case "0.0.0.0" -> URI.create("http://127.0.0.1:" + address.getPort());
          case "[::]" -> URI.create("http://[::1]:" + address.getPort());
          default -> address;
        };
    this.health = HttpRequest.newBuilder(near.resolve("/health")).timeout(WITHIN).build();
  }

  /** Empty when {@code GET /health} is answered 200 within two seconds. */
  Optional<String> trouble() {
    try {
      int status = http.send(health, HttpResponse.BodyHandlers.discarding()).statusCode();
      return status == 200 ? Optional.empty() : Optional.of("/health answers " + status);
    } catch (IOException failed) {
      return Optional.of("/health: " + failed);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  /** Cuts a call under way. */
  @Override
  public void close() {
    http.shutdownNow();
  }
}
