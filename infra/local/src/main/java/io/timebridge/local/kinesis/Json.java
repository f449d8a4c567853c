package io.timebridge.local.kinesis;

import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The shapes several answers share. */
final class Json {

  /** The answer of an operation that says nothing. */
  static final byte[] NOTHING = new byte[0];

  private Json() {}

  static ObjectNode object() {
    return Request.JSON.createObjectNode();
  }

  static byte[] bytes(JsonNode node) {
    return Request.JSON.writeValueAsBytes(node);
  }

  static ObjectNode hashRange(HashRange range) {
    return object()
        .put("StartingHashKey", range.start().toString())
        .put("EndingHashKey", range.end().toString());
  }

  /** A time as the protocol writes it: epoch seconds with milliseconds as the fraction. */
  static BigDecimal timestamp(long millis) {
    return BigDecimal.valueOf(millis, 3);
  }

  static ObjectNode shard(DataStream stream, Shard shard) {
    ObjectNode described = object().put("ShardId", shard.id());
    if (!shard.parents().isEmpty()) {
      described.put("ParentShardId", Shard.id(shard.parents().get(0)));
    }
    if (shard.parents().size() > 1) {
      described.put("AdjacentParentShardId", Shard.id(shard.parents().get(1)));
    }
    described.set("HashKeyRange", hashRange(shard.range()));
    ObjectNode numbers = described.putObject("SequenceNumberRange");
    numbers.put(
        "StartingSequenceNumber",
        stream.numbers().encode(shard.startOrdinal(), shard.index(), shard.createdAtMillis()));
    shard
        .endOrdinal()
        .ifPresent(ordinal ->
            numbers.put(
                "EndingSequenceNumber",
                stream.numbers().encode(ordinal, shard.index(), shard.createdAtMillis())));
    return described;
  }
}
