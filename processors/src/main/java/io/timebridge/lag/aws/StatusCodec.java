package io.timebridge.lag.aws;

import io.timebridge.lag.CircuitStatus;
import io.timebridge.lag.Latency;
import io.timebridge.lag.OldestKey;
import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.Sample;
import io.timebridge.lag.ShardStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A process's word as JSON texts of bounded length, each for some of its shards. Times of samples
 * are milliseconds before the word, so a sample is some thirty characters. Names that are not known
 * here are passed over: a newer version may write more.
 */
final class StatusCodec {
  /** Of one text; with what an item holds beside it far below DynamoDB's 400 KB. */
  static final int MOST_CHARACTERS = 200_000;

  private static final int MOST_OF_A_KEY = 256;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private StatusCodec() {}

  /**
   * At least one text; the first of them tells of the process itself what the others do, and more.
   */
  static List<String> encode(ProcessStatus status) {
    List<String> texts = new ArrayList<>();
    ObjectNode head = head(status);
    ObjectNode part = head.deepCopy();
    addLatencies(part, status);
    int length = 0;
    for (var application : new TreeMap<>(status.applications()).entrySet()) {
      for (ShardStatus shard : application.getValue()) {
        ObjectNode node = shard(shard, status.at());
        int its = node.toString().length();
        if (length > 0 && length + its > MOST_CHARACTERS) {
          texts.add(part.toString());
          part = head.deepCopy();
          length = 0;
        }
        part.withObjectProperty("apps").withArrayProperty(application.getKey()).add(node);
        length += its;
      }
    }
    texts.add(part.toString());
    return texts;
  }

  private static ObjectNode head(ProcessStatus status) {
    ObjectNode head =
        JSON.createObjectNode()
            .put("worker", status.worker())
            .put("version", status.version())
            .put("started", status.startedAt().toEpochMilli())
            .put("at", status.at().toEpochMilli())
            .put("every", status.every().toMillis());
    ArrayNode circuits = head.putArray("circuits");
    for (CircuitStatus circuit : status.circuits()) {
      circuits
          .addObject()
          .put("service", circuit.service())
          .put("is", circuit.position().name().toLowerCase(Locale.ROOT))
          .put("since", circuit.since().toEpochMilli());
    }
    return head;
  }

  private static void addLatencies(ObjectNode part, ProcessStatus status) {
    ObjectNode latencies = part.putObject("latencies");
    status
        .latencies()
        .forEach((application, latency) -> {
          ArrayNode counts = latencies.putArray(application);
          latency.counts().forEach((millis, count) -> counts.addArray().add(millis).add(count));
        });
  }

  private static ObjectNode shard(ShardStatus shard, Instant at) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("shard", shard.shard())
            .put("flight", shard.inFlight())
            .put("held", shard.held());
    shard.position().ifPresent(position -> node.put("position", position));
    shard.lastArrival().ifPresent(last -> node.put("last", last.toEpochMilli()));
    shard
        .oldest()
        .ifPresent(oldest -> {
          String key = oldest.key();
          node.putObject("oldest")
              .put("key", key.length() > MOST_OF_A_KEY ? key.substring(0, MOST_OF_A_KEY) : key)
              .put("since", oldest.since().toEpochMilli())
              .put("tries", oldest.attempts());
        });
    ArrayNode window = node.putArray("window");
    for (Sample sample : shard.window()) {
      window
          .addArray()
          .add(Duration.between(sample.at(), at).toMillis())
          .add(sample.behind().toMillis())
          .add(sample.taken())
          .add(sample.finished())
          .add(sample.moves());
    }
    return node;
  }

  /**
   * One of the texts.
   *
   * @throws IllegalArgumentException when it is none
   */
  static ProcessStatus decode(String text) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JacksonException unreadable) {
      throw new IllegalArgumentException("not JSON: " + unreadable.getMessage(), unreadable);
    }
    String worker = node.path("worker").asString("");
    if (worker.isEmpty() || !node.path("at").canConvertToLong()) {
      throw new IllegalArgumentException("no worker's word: worker or at is missing");
    }
    Instant at = time(node, "at");
    List<CircuitStatus> circuits = new ArrayList<>();
    node.path("circuits").forEach(c -> circuits.add(circuit(c)));
    Map<String, List<ShardStatus>> applications = new HashMap<>();
    node.path("apps")
        .properties()
        .forEach(app -> {
          List<ShardStatus> shards = new ArrayList<>();
          app.getValue().forEach(s -> shards.add(shard(s, at)));
          applications.put(app.getKey(), List.copyOf(shards));
        });
    Map<String, Latency> latencies = new HashMap<>();
    node.path("latencies")
        .properties()
        .forEach(app -> latencies.put(app.getKey(), latency(app.getValue())));
    return new ProcessStatus(
        worker,
        node.path("version").asString(""),
        time(node, "started"),
        at,
        Duration.ofMillis(node.path("every").asLong(0)),
        circuits,
        applications,
        latencies);
  }

  private static Latency latency(JsonNode node) {
    SortedMap<Long, Long> counts = new TreeMap<>();
    node.forEach(
        count -> counts.merge(count.path(0).asLong(0), count.path(1).asLong(0), Long::sum));
    return new Latency(counts);
  }

  private static CircuitStatus circuit(JsonNode node) {
    CircuitStatus.Position position =
        switch (node.path("is").asString("")) {
          case "open" -> CircuitStatus.Position.OPEN;
          case "half_open" -> CircuitStatus.Position.HALF_OPEN;
          default -> CircuitStatus.Position.CLOSED;
        };
    return new CircuitStatus(node.path("service").asString(""), position, time(node, "since"));
  }

  private static ShardStatus shard(JsonNode node, Instant at) {
    JsonNode oldest = node.path("oldest");
    List<Sample> window = new ArrayList<>();
    node.path("window").forEach(s -> window.add(sample(s, at)));
    return new ShardStatus(
        node.path("shard").asString(""),
        node.path("flight").asInt(0),
        node.path("held").asInt(0),
        oldest.isObject()
            ? Optional.of(
                new OldestKey(
                    oldest.path("key").asString(""),
                    time(oldest, "since"),
                    oldest.path("tries").asInt(0)))
            : Optional.empty(),
        Optional.ofNullable(textOrNull(node, "position")),
        node.has("last") ? Optional.of(time(node, "last")) : Optional.empty(),
        window);
  }

  private static Sample sample(JsonNode node, Instant at) {
    return new Sample(
        at.minusMillis(node.path(0).asLong(0)),
        Duration.ofMillis(node.path(1).asLong(0)),
        node.path(2).asLong(0),
        node.path(3).asLong(0),
        node.path(4).asLong(0));
  }

  private static @Nullable String textOrNull(JsonNode node, String name) {
    return node.has(name) ? node.path(name).asString("") : null;
  }

  private static Instant time(JsonNode node, String name) {
    return Instant.ofEpochMilli(node.path(name).asLong(0));
  }
}
