package io.timebridge.local.kinesis;

import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Listing and changing the shards of a stream. */
final class ShardOperations {

  private static final Pattern HASH_KEY = Pattern.compile("0|([1-9]\\d{0,38})");
  private static final String TOKEN = "shards";
  private static final int MAX_RESULTS = 10_000;
  private static final int DEFAULT_RESULTS = 1_000;
  private static final long TOKEN_LIFETIME_MILLIS = 300_000;

  private final StreamStore store;
  private final OpaqueTokens tokens;

  ShardOperations(StreamStore store, OpaqueTokens tokens) {
    this.store = store;
    this.tokens = tokens;
  }

  /** Where a listing stands: which stream, which filter, and after which shard it goes on. */
  private record Cursor(String stream, ShardFilter filter, int afterIndex) {}

  byte[] listShards(Request request) {
    int most = request.integer("MaxResults", 1, MAX_RESULTS, DEFAULT_RESULTS);
    long now = store.now();
    Cursor cursor = request.has("NextToken") ? resumed(request, now) : begun(request);
    DataStream stream = store.find(cursor.stream());
    List<Shard> left =
        stream.status(now) == DataStream.Status.CREATING
            ? List.of()
            : stream.select(cursor.filter(), now).stream()
                .filter(shard -> shard.index() > cursor.afterIndex())
                .toList();
    List<Shard> page = left.subList(0, Math.min(most, left.size()));
    ObjectNode answer = Json.object();
    ArrayNode shards = answer.putArray("Shards");
    page.forEach(shard -> shards.add(Json.shard(stream, shard)));
    if (page.size() < left.size()) {
      answer.put(
          "NextToken",
          token(new Cursor(cursor.stream(), cursor.filter(), page.getLast().index()), now));
    }
    return Json.bytes(answer);
  }

  private static Cursor begun(Request request) {
    ShardFilter filter =
        request
            .object("ShardFilter")
            .map(ShardOperations::filter)
            .orElseGet(ShardFilter.FromTrimHorizon::new);
    return new Cursor(
        request.streamName(), filter, request.shardIndex("ExclusiveStartShardId").orElse(-1));
  }

  private static ShardFilter filter(Request filter) {
    String type = filter.required("Type");
    return switch (type) {
      case "AFTER_SHARD_ID" ->
          new ShardFilter.AfterShard(
              filter
                  .shardIndex("ShardId")
                  .orElseThrow(() -> KinesisError.invalid("AFTER_SHARD_ID needs a ShardId.")));
      case "AT_TRIM_HORIZON" -> new ShardFilter.AtTrimHorizon();
      case "FROM_TRIM_HORIZON" -> new ShardFilter.FromTrimHorizon();
      case "AT_LATEST" -> new ShardFilter.AtLatest();
      case "AT_TIMESTAMP" -> new ShardFilter.AtTimestamp(timestamp(filter, type));
      case "FROM_TIMESTAMP" -> new ShardFilter.FromTimestamp(timestamp(filter, type));
      default ->
          throw KinesisError.constraint(
              "shardFilter.type",
              "'" + type + "'",
              "satisfy enum value set: [AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST, AT_TIMESTAMP, FROM_TIMESTAMP]");
    };
  }

  private static long timestamp(Request filter, String type) {
    return filter
        .timestampMillis("Timestamp")
        .orElseThrow(() -> KinesisError.invalid(type + " needs a Timestamp."));
  }

  private String token(Cursor cursor, long now) {
    String filter =
        switch (cursor.filter()) {
          case ShardFilter.AfterShard after -> "after:" + after.index();
          case ShardFilter.AtTrimHorizon _ -> "at-horizon:0";
          case ShardFilter.FromTrimHorizon _ -> "from-horizon:0";
          case ShardFilter.AtLatest _ -> "latest:0";
          case ShardFilter.AtTimestamp at -> "at:" + at.millis();
          case ShardFilter.FromTimestamp from -> "from:" + from.millis();
        };
    return tokens.seal(TOKEN, cursor.stream(), filter, cursor.afterIndex(), now);
  }

  private Cursor resumed(Request request, long now) {
    for (String other :
        List.of("StreamName", "ExclusiveStartShardId", "StreamCreationTimestamp", "ShardFilter")) {
      if (request.has(other)) {
        throw KinesisError.invalid("NextToken and " + other + " cannot be provided together.");
      }
    }
    List<String> parts =
        tokens
            .open(TOKEN, request.required("NextToken"))
            .orElseThrow(() -> KinesisError.invalid("Invalid NextToken."));
    if (now - Long.parseLong(parts.get(3)) > TOKEN_LIFETIME_MILLIS) {
      throw new KinesisError(
          KinesisError.Type.EXPIRED_NEXT_TOKEN, "The NextToken is older than 300 seconds.");
    }
    String[] filter = parts.get(1).split(":", 2);
    long argument = Long.parseLong(filter[1]);
    ShardFilter meant =
        switch (filter[0]) {
          case "after" -> new ShardFilter.AfterShard((int) argument);
          case "at-horizon" -> new ShardFilter.AtTrimHorizon();
          case "latest" -> new ShardFilter.AtLatest();
          case "at" -> new ShardFilter.AtTimestamp(argument);
          case "from" -> new ShardFilter.FromTimestamp(argument);
          default -> new ShardFilter.FromTrimHorizon();
        };
    return new Cursor(parts.get(0), meant, Integer.parseInt(parts.get(2)));
  }

  byte[] splitShard(Request request) {
    int index = request.requiredShardIndex("ShardToSplit");
    BigInteger boundary = new BigInteger(request.required("NewStartingHashKey", HASH_KEY));
    store.update(
        request.streamName(),
        1,
        (stream, now) -> stream.split(shard(stream, index, now), boundary, now));
    return Json.NOTHING;
  }

  byte[] mergeShards(Request request) {
    int one = request.requiredShardIndex("ShardToMerge");
    int adjacent = request.requiredShardIndex("AdjacentShardToMerge");
    store.update(
        request.streamName(),
        0,
        (stream, now) -> stream.merge(shard(stream, one, now), shard(stream, adjacent, now), now));
    return Json.NOTHING;
  }

  private static Shard shard(DataStream stream, int index, long now) {
    return stream
        .shard(index, now)
        .orElseThrow(() ->
            KinesisError.notFound(
                "Could not find shard %s in stream %s.".formatted(Shard.id(index), stream.name())));
  }

  byte[] updateShardCount(Request request) {
    String name = request.streamName();
    int target = request.requiredInteger("TargetShardCount", 1, Integer.MAX_VALUE);
    String scaling = request.required("ScalingType");
    if (!scaling.equals("UNIFORM_SCALING")) {
      throw KinesisError.constraint(
          "scalingType", "'" + scaling + "'", "satisfy enum value set: [UNIFORM_SCALING]");
    }
    DataStream stream = store.find(name);
    int current = stream.living(store.now()).open().size();
    if (stream.mode() == DataStream.Mode.ON_DEMAND) {
      throw new KinesisError(
          KinesisError.Type.VALIDATION,
          "UpdateShardCount is not for the ON_DEMAND stream " + name + ".");
    }
    if (target > 2L * current || 2L * target < current) {
      throw new KinesisError(
          KinesisError.Type.LIMIT_EXCEEDED,
          "UpdateShardCount goes at most to double and at least to half of the open shards. Current open shard count: %d Target shard count: %d"
              .formatted(current, target));
    }
    store.update(name, target - current, (found, now) -> found.rescale(target, now));
    return Json.bytes(
        Json.object()
            .put("StreamName", name)
            .put("CurrentShardCount", current)
            .put("TargetShardCount", target)
            .put("StreamARN", store.arn(name)));
  }
}
