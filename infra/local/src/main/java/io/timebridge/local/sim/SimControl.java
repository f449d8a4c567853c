package io.timebridge.local.sim;

import io.timebridge.local.sim.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Steers one simulator over its control API. Every call waits at most 30 s. Thread-safe.
 *
 * <p>All methods throw {@link IllegalStateException} when the simulator refuses (the message holds
 * its reason) and {@link UncheckedIOException} when it cannot be reached.
 */
public final class SimControl implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LONGEST).build();

  /** The simulator at {@code http://127.0.0.1:port}. */
  public SimControl(URI base) {
    this.base = base;
  }

  /**
   * One accepted effect.
   *
   * @param n its number, from 1 without a gap
   * @param content as after the effect
   */
  public record Effect(long n, Instant at, String op, JsonNode ids, JsonNode content) {}

  /** All effects numbered above {@code after}, in order. */
  public List<Effect> ledger(long after) {
    List<Effect> effects = new ArrayList<>();
    long last = after;
    while (true) {
      JsonNode page = get("/__sim/ledger?after=" + last);
      JsonNode entries = page.path("entries");
      entries.values().forEach(entry -> effects.add(effect(entry)));
      if (entries.isEmpty()) {
        return effects;
      }
      last = page.path("last").longValue();
    }
  }

  private static Effect effect(JsonNode entry) {
    return new Effect(
        entry.path("n").longValue(),
        Instant.parse(entry.path("at").asString()),
        entry.path("op").asString(),
        entry.path("ids"),
        entry.path("content"));
  }

  /** The whole state. */
  public JsonNode state() {
    return get("/__sim/state");
  }

  /** The faults in force, each with how often it {@code fired}. */
  public JsonNode faults() {
    return get("/__sim/faults");
  }

  /** Appends faults: the JSON text of one or of an array. */
  public JsonNode faults(String json) {
    return post("/__sim/faults", json);
  }

  /** Takes all faults away. */
  public void clearFaults() {
    send(request("/__sim/faults").DELETE().build());
  }

  /** Starts or ends an outage. */
  public void pause(boolean paused) {
    post("/__sim/pause", Json.object().put("paused", paused));
  }

  /** Posts JSON text to a path such as {@code /__sim/jobs} and gives the answer. */
  public JsonNode post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  /** Posts a JSON value to a path and gives the answer. */
  public JsonNode post(String path, JsonNode json) {
    return post(path, Json.text(json));
  }

  /** Gets a path such as {@code /__sim/delivery}. */
  public JsonNode get(String path) {
    return send(request(path).GET().build());
  }

  /** Lets its connections go. */
  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(LONGEST);
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            request.method()
                + " "
                + request.uri()
                + ": "
                + answer.statusCode()
                + " "
                + answer.body());
      }
      return Json.parse(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted at " + request.uri(), e);
    }
  }
}
