package io.timebridge.local.kinesis;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Registering and describing enhanced fan-out consumers. */
final class ConsumerOperations {

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");
  private static final Pattern ARN =
      Pattern.compile("(arn:.{1,400})/consumer/([a-zA-Z0-9_.-]{1,128}):(\\d{1,15})");
  private static final String TOKEN = "consumers";
  private static final int MAX_CONSUMERS = 20;
  private static final int MAX_RESULTS = 10_000;
  private static final int DEFAULT_RESULTS = 100;

  private final StreamStore store;
  private final OpaqueTokens tokens;

  ConsumerOperations(StreamStore store, OpaqueTokens tokens) {
    this.store = store;
    this.tokens = tokens;
  }

  private record Found(DataStream stream, StreamConsumer consumer) {}

  byte[] register(Request request) {
    String name = request.required("ConsumerName", NAME);
    DataStream stream = store.forData(byArn(request));
    StreamConsumer consumer = new StreamConsumer(name, store.now());
    if (stream.consumers().size() >= MAX_CONSUMERS) {
      throw new KinesisError(
          KinesisError.Type.LIMIT_EXCEEDED,
          "Stream %s has its %d consumers.".formatted(stream.name(), MAX_CONSUMERS));
    }
    if (stream.consumers().putIfAbsent(name, consumer) != null) {
      throw new KinesisError(
          KinesisError.Type.RESOURCE_IN_USE,
          "Consumer %s of stream %s already exists.".formatted(name, stream.name()));
    }
    ObjectNode answer = Json.object();
    answer.set("Consumer", described(stream, consumer));
    return Json.bytes(answer);
  }

  byte[] describe(Request request) {
    Found found = find(request);
    ObjectNode answer = Json.object();
    answer.set(
        "ConsumerDescription",
        described(found.stream(), found.consumer())
            .put("StreamARN", store.arn(found.stream().name())));
    return Json.bytes(answer);
  }

  byte[] deregister(Request request) {
    Found found = find(request);
    found.stream().consumers().remove(found.consumer().name(), found.consumer());
    return Json.NOTHING;
  }

  byte[] list(Request request) {
    DataStream stream = store.find(byArn(request));
    int most = request.integer("MaxResults", 1, MAX_RESULTS, DEFAULT_RESULTS);
    String after =
        request
            .text("NextToken")
            .map(token ->
                tokens
                    .open(TOKEN, token)
                    .orElseThrow(() -> KinesisError.invalid("Invalid NextToken."))
                    .get(0))
            .orElse("");
    List<StreamConsumer> left =
        stream.consumers().values().stream()
            .filter(consumer -> consumer.name().compareTo(after) > 0)
            .sorted(Comparator.comparing(StreamConsumer::name))
            .toList();
    List<StreamConsumer> page = left.subList(0, Math.min(most, left.size()));
    ObjectNode answer = Json.object();
    ArrayNode consumers = answer.putArray("Consumers");
    page.forEach(consumer -> consumers.add(described(stream, consumer)));
    if (page.size() < left.size()) {
      answer.put("NextToken", tokens.seal(TOKEN, page.getLast().name()));
    }
    return Json.bytes(answer);
  }

  private Found find(Request request) {
    if (!request.has("ConsumerARN")) {
      return find(store.find(byArn(request)), request.required("ConsumerName", NAME));
    }
    String arn = request.required("ConsumerARN");
    Matcher parsed = ARN.matcher(arn);
    if (!parsed.matches()) {
      throw KinesisError.invalid("ConsumerARN is not the ARN of a consumer.");
    }
    Found found = find(store.find(Request.streamOfArn(parsed.group(1))), parsed.group(2));
    if (!store.arn(found.stream().name(), found.consumer()).endsWith(":" + parsed.group(3))) {
      throw noConsumer(parsed.group(2), found.stream());
    }
    return found;
  }

  private static Found find(DataStream stream, String name) {
    StreamConsumer consumer = stream.consumers().get(name);
    if (consumer == null) {
      throw noConsumer(name, stream);
    }
    return new Found(stream, consumer);
  }

  private static KinesisError noConsumer(String name, DataStream stream) {
    return KinesisError.notFound(
        "Consumer %s of stream %s not found.".formatted(name, stream.name()));
  }

  private static String byArn(Request request) {
    return Request.streamOfArn(request.required("StreamARN"));
  }

  private ObjectNode described(DataStream stream, StreamConsumer consumer) {
    return Json.object()
        .put("ConsumerName", consumer.name())
        .put("ConsumerARN", store.arn(stream.name(), consumer))
        .put("ConsumerStatus", "ACTIVE")
        .put("ConsumerCreationTimestamp", Json.timestamp(consumer.createdAtMillis()));
  }
}
