package io.timebridge.local.kinesis;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Creating, describing and tending streams. */
final class StreamOperations {

  private static final Pattern STREAM_NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");
  private static final String TOKEN = "streams";
  private static final int ON_DEMAND_SHARDS = 4;
  private static final int MAX_LIMIT = 10_000;
  private static final int DEFAULT_LIMIT = 100;
  private static final int MIN_RETENTION_HOURS = 24;
  private static final int MAX_RETENTION_HOURS = 8_760;
  private static final int MAX_TAGS = 50;

  private final StreamStore store;
  private final OpaqueTokens tokens;

  StreamOperations(StreamStore store, OpaqueTokens tokens) {
    this.store = store;
    this.tokens = tokens;
  }

  byte[] create(Request request) {
    String name = request.required("StreamName", STREAM_NAME);
    String mode =
        request
            .object("StreamModeDetails")
            .map(details -> details.required("StreamMode"))
            .orElse("PROVISIONED");
    switch (mode) {
      case "PROVISIONED" ->
          store.create(
              name,
              DataStream.Mode.PROVISIONED,
              request.requiredInteger("ShardCount", 1, Integer.MAX_VALUE),
              request.textMap("Tags", MAX_TAGS));
      case "ON_DEMAND" ->
          store.create(
              name,
              DataStream.Mode.ON_DEMAND,
              request.integer("ShardCount", 1, Integer.MAX_VALUE, ON_DEMAND_SHARDS),
              request.textMap("Tags", MAX_TAGS));
      default ->
          throw KinesisError.constraint(
              "streamModeDetails.streamMode",
              "'" + mode + "'",
              "satisfy enum value set: [PROVISIONED, ON_DEMAND]");
    }
    return Json.NOTHING;
  }

  byte[] delete(Request request) {
    store.delete(request.streamName(), request.flag("EnforceConsumerDeletion"));
    return Json.NOTHING;
  }

  byte[] describe(Request request) {
    DataStream stream = store.find(request.streamName());
    int most = request.integer("Limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    int after = request.shardIndex("ExclusiveStartShardId").orElse(-1);
    long now = store.now();
    List<Shard> left =
        stream.status(now) == DataStream.Status.CREATING
            ? List.of()
            : stream.living(now).all().stream().filter(shard -> shard.index() > after).toList();
    ObjectNode description = common(stream);
    ArrayNode shards = description.putArray("Shards");
    left.stream().limit(most).forEach(shard -> shards.add(Json.shard(stream, shard)));
    description.put("HasMoreShards", left.size() > most);
    ObjectNode answer = Json.object();
    answer.set("StreamDescription", description);
    return Json.bytes(answer);
  }

  byte[] describeSummary(Request request) {
    DataStream stream = store.find(request.streamName());
    ObjectNode summary =
        common(stream)
            .put("OpenShardCount", stream.living(store.now()).open().size())
            .put("ConsumerCount", stream.consumers().size());
    ObjectNode answer = Json.object();
    answer.set("StreamDescriptionSummary", summary);
    return Json.bytes(answer);
  }

  private ObjectNode common(DataStream stream) {
    ObjectNode described =
        summary(stream)
            .put("RetentionPeriodHours", stream.retention().toHours())
            .put("EncryptionType", "NONE");
    described.putArray("EnhancedMonitoring").addObject().putArray("ShardLevelMetrics");
    return described;
  }

  private ObjectNode summary(DataStream stream) {
    ObjectNode summary =
        Json.object()
            .put("StreamName", stream.name())
            .put("StreamARN", store.arn(stream.name()))
            .put("StreamStatus", stream.status(store.now()).name())
            .put("StreamCreationTimestamp", Json.timestamp(stream.createdAtMillis()));
    summary.putObject("StreamModeDetails").put("StreamMode", stream.mode().name());
    return summary;
  }

  byte[] list(Request request) {
    int most = request.integer("Limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    String after =
        request
            .text("NextToken")
            .map(token ->
                tokens
                    .open(TOKEN, token)
                    .orElseThrow(() -> KinesisError.invalid("Invalid NextToken."))
                    .get(0))
            .or(() -> request.text("ExclusiveStartStreamName"))
            .orElse("");
    List<DataStream> left =
        store.all().stream().filter(stream -> stream.name().compareTo(after) > 0).toList();
    List<DataStream> page = left.subList(0, Math.min(most, left.size()));
    ObjectNode answer = Json.object();
    ArrayNode names = answer.putArray("StreamNames");
    ArrayNode summaries = answer.putArray("StreamSummaries");
    for (DataStream stream : page) {
      names.add(stream.name());
      summaries.add(summary(stream));
    }
    boolean more = page.size() < left.size();
    if (more) {
      answer.put("NextToken", tokens.seal(TOKEN, page.getLast().name()));
    }
    return Json.bytes(answer.put("HasMoreStreams", more));
  }

  byte[] increaseRetention(Request request) {
    int hours = retentionHours(request);
    store.update(
        request.streamName(),
        0,
        (stream, _) -> {
          if (hours < stream.retention().toHours()) {
            throw KinesisError.invalid(
                "Requested retention period (%d hours) for stream %s can not be shorter than existing retention period (%d hours). Use DecreaseRetentionPeriod API."
                    .formatted(hours, stream.name(), stream.retention().toHours()));
          }
          stream.retention(Duration.ofHours(hours));
        });
    return Json.NOTHING;
  }

  byte[] decreaseRetention(Request request) {
    int hours = retentionHours(request);
    store.update(
        request.streamName(),
        0,
        (stream, _) -> {
          if (hours > stream.retention().toHours()) {
            throw KinesisError.invalid(
                "Requested retention period (%d hours) for stream %s can not be longer than existing retention period (%d hours). Use IncreaseRetentionPeriod API."
                    .formatted(hours, stream.name(), stream.retention().toHours()));
          }
          stream.retention(Duration.ofHours(hours));
        });
    return Json.NOTHING;
  }

  private static int retentionHours(Request request) {
    int hours =
        request.requiredInteger("RetentionPeriodHours", Integer.MIN_VALUE, Integer.MAX_VALUE);
    if (hours < MIN_RETENTION_HOURS) {
      throw KinesisError.invalid(
          "Minimum allowed retention period is %d hours. Requested retention period (%d hours) is too short."
              .formatted(MIN_RETENTION_HOURS, hours));
    }
    if (hours > MAX_RETENTION_HOURS) {
      throw KinesisError.invalid(
          "Maximum allowed retention period is %d hours. Requested retention period (%d hours) is too long."
              .formatted(MAX_RETENTION_HOURS, hours));
    }
    return hours;
  }

  byte[] addTags(Request request) {
    DataStream stream = store.find(request.streamName());
    var added = request.textMap("Tags", MAX_TAGS);
    if (added.keySet().stream().filter(key -> !stream.tags().containsKey(key)).count()
            + stream.tags().size()
        > MAX_TAGS) {
      throw KinesisError.invalid(
          "A stream may have %d tags; %s would have more.".formatted(MAX_TAGS, stream.name()));
    }
    stream.tags().putAll(added);
    return Json.NOTHING;
  }

  byte[] removeTags(Request request) {
    DataStream stream = store.find(request.streamName());
    request.texts("TagKeys", 1, MAX_TAGS).forEach(stream.tags()::remove);
    return Json.NOTHING;
  }

  byte[] listTags(Request request) {
    DataStream stream = store.find(request.streamName());
    int most = request.integer("Limit", 1, MAX_TAGS, MAX_TAGS);
    String after = request.text("ExclusiveStartTagKey").orElse("");
    ObjectNode answer = Json.object();
    ArrayNode tags = answer.putArray("Tags");
    List<String> left =
        stream.tags().keySet().stream().filter(key -> key.compareTo(after) > 0).toList();
    left.stream()
        .limit(most)
        .forEach(key -> tags.addObject().put("Key", key).put("Value", stream.tags().get(key)));
    return Json.bytes(answer.put("HasMoreTags", left.size() > most));
  }

  byte[] describeLimits() {
    long onDemand =
        store.all().stream().filter(stream -> stream.mode() == DataStream.Mode.ON_DEMAND).count();
    return Json.bytes(
        Json.object()
            .put("ShardLimit", store.options().maxShards())
            .put("OpenShardCount", store.openShards())
            .put("OnDemandStreamCount", onDemand)
            .put("OnDemandStreamCountLimit", 50));
  }
}
