package io.timebridge.local.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Putting and getting records. */
final class RecordOperations {

  private static final Pattern HASH_KEY = Pattern.compile("0|([1-9]\\d{0,38})");
  private static final Pattern SEQUENCE_NUMBER = Pattern.compile("0|([1-9]\\d{0,128})");
  private static final int MAX_RECORDS_PER_PUT = 500;
  private static final int MAX_RECORDS_PER_GET = 10_000;
  private static final int MIB = 1 << 20;
  private static final int MAX_BYTES_PER_GET = 10 * MIB;

  private final StreamStore store;
  private final OpaqueTokens tokens;
  private final int maxRecordBytes;
  private final int maxRequestBytes;

  RecordOperations(StreamStore store, OpaqueTokens tokens) {
    this.store = store;
    this.tokens = tokens;
    this.maxRecordBytes = (store.options().largeRecords() ? 10 : 1) * MIB;
    this.maxRequestBytes = (store.options().largeRecords() ? 10 : 5) * MIB;
  }

  @SuppressWarnings("ArrayRecordComponent") // lives for one call, never compared
  private record Entry(String key, BigInteger hash, byte[] data, int bytes) {}

  private Entry entry(Request request) {
    String key = request.required("PartitionKey", 1, 256);
    byte[] data = request.blob("Data");
    int bytes = data.length + key.getBytes(UTF_8).length;
    if (data.length > maxRecordBytes) {
      throw KinesisError.constraint(
          "data",
          "of length " + data.length,
          "have length less than or equal to " + maxRecordBytes);
    }
    if (bytes > maxRecordBytes) {
      throw KinesisError.invalid(
          "Data and partition key of a record may have "
              + maxRecordBytes
              + " bytes together, not "
              + bytes
              + ".");
    }
    return new Entry(
        key,
        request.has("ExplicitHashKey") ? explicitHash(request) : HashRange.hashOf(key),
        data,
        bytes);
  }

  private static BigInteger explicitHash(Request request) {
    BigInteger hash = new BigInteger(request.required("ExplicitHashKey", HASH_KEY));
    if (hash.compareTo(HashRange.MAX) > 0) {
      throw KinesisError.invalid(
          "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was "
              + hash);
    }
    return hash;
  }

  byte[] putRecord(Request request) {
    DataStream stream = store.forData(request.streamName());
    requireOwnSequence(request, "SequenceNumberForOrdering", stream);
    Entry entry = entry(request);
    return switch (stream.put(entry.hash(), entry.key(), entry.data(), store.now())) {
      case PutOutcome.Stored stored -> Json.bytes(described(stored).put("EncryptionType", "NONE"));
      case PutOutcome.Throttled throttled ->
          throw throughputExceeded(throttled.shardId(), stream.name());
    };
  }

  private void requireOwnSequence(Request request, String field, DataStream stream) {
    if (request.has(field)
        && stream.numbers().decode(request.required(field, SEQUENCE_NUMBER)).isEmpty()) {
      throw KinesisError.invalid(
          "%s is invalid because it did not come from stream %s.".formatted(field, stream.name()));
    }
  }

  /**
   * @param sabotage which of the records are to fail, given their number
   */
  byte[] putRecords(Request request, Optional<Faults.PartialFailure> sabotage) {
    DataStream stream = store.forData(request.streamName());
    List<Entry> entries = new ArrayList<>();
    long total = 0;
    for (Request one : request.objects("Records", 1, MAX_RECORDS_PER_PUT)) {
      Entry entry = entry(one);
      entries.add(entry);
      total += entry.bytes();
    }
    if (total > maxRequestBytes) {
      throw KinesisError.invalid("Records size exceeds " + maxRequestBytes / MIB + " MB limit");
    }
    BitSet failing = sabotage.map(failure -> failure.pick(entries.size())).orElseGet(BitSet::new);
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("Records");
    int failed = 0;
    for (int i = 0; i < entries.size(); i++) {
      ObjectNode result = failing.get(i) ? failed(i, stream.name()) : put(stream, entries.get(i));
      failed += result.has("ErrorCode") ? 1 : 0;
      results.add(result);
    }
    return Json.bytes(answer.put("FailedRecordCount", failed).put("EncryptionType", "NONE"));
  }

  private ObjectNode put(DataStream stream, Entry entry) {
    return switch (stream.put(entry.hash(), entry.key(), entry.data(), store.now())) {
      case PutOutcome.Stored stored -> described(stored);
      case PutOutcome.Throttled throttled ->
          failure(throughputExceeded(throttled.shardId(), stream.name()));
    };
  }

  /** An injected failure; the two codes the service knows for a single record take turns. */
  private static ObjectNode failed(int position, String stream) {
    return position % 2 == 0
        ? failure(throughputExceeded("a shard", stream))
        : failure(new KinesisError(KinesisError.Type.INTERNAL_FAILURE, "Internal Service Failure"));
  }

  private static ObjectNode failure(KinesisError error) {
    return Json.object().put("ErrorCode", error.type().code()).put("ErrorMessage", error.reason());
  }

  private static ObjectNode described(PutOutcome.Stored stored) {
    return Json.object()
        .put("ShardId", stored.shardId())
        .put("SequenceNumber", stored.sequenceNumber());
  }

  static KinesisError throughputExceeded(String shard, String stream) {
    return new KinesisError(
        KinesisError.Type.THROUGHPUT_EXCEEDED,
        "Rate exceeded for shard %s in stream %s.".formatted(shard, stream));
  }

  byte[] getShardIterator(Request request) {
    long now = store.now();
    String type = request.required("ShardIteratorType");
    DataStream stream = store.forData(request.streamName());
    Shard shard = shard(stream, request.requiredShardIndex("ShardId"), now);
    Shard.Position from =
        switch (type) {
          case "TRIM_HORIZON" -> new Shard.Position(0, 0);
          case "LATEST" -> new Shard.Position(shard.latest(), now);
          case "AT_SEQUENCE_NUMBER" -> starting(request, stream, shard, 0);
          case "AFTER_SEQUENCE_NUMBER" -> starting(request, stream, shard, 1);
          case "AT_TIMESTAMP" -> {
            long time = pastTimestamp(request, now);
            yield new Shard.Position(shard.arrivedAtOrAfter(time), time);
          }
          default ->
              throw KinesisError.constraint(
                  "shardIteratorType",
                  "'" + type + "'",
                  "satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]");
        };
    if (!type.endsWith("SEQUENCE_NUMBER") && request.has("StartingSequenceNumber")) {
      throw KinesisError.invalid(
          "StartingSequenceNumber goes with AT_SEQUENCE_NUMBER and AFTER_SEQUENCE_NUMBER only, not with "
              + type
              + ".");
    }
    return Json.bytes(
        Json.object().put("ShardIterator", iterator(stream, shard.index(), from, now)));
  }

  private static Shard.Position starting(
      Request request, DataStream stream, Shard shard, int further) {
    if (!request.has("StartingSequenceNumber")) {
      throw KinesisError.invalid(
          "AT_SEQUENCE_NUMBER and AFTER_SEQUENCE_NUMBER need a StartingSequenceNumber.");
    }
    String number = request.required("StartingSequenceNumber", SEQUENCE_NUMBER);
    SequenceNumbers.Place place =
        stream
            .numbers()
            .decode(number)
            .filter(found -> found.ordinal() < shard.latest())
            .orElseThrow(() ->
                KinesisError.invalid(
                    "StartingSequenceNumber %s used in GetShardIterator on shard %s in stream %s is invalid because it did not come from this stream."
                        .formatted(number, shard.id(), stream.name())));
    if (place.shard() != shard.index()) {
      throw KinesisError.invalid(
          "Invalid StartingSequenceNumber. It encodes %s, while it was used in a call to a shard with %s"
              .formatted(Shard.id(place.shard()), shard.id()));
    }
    return new Shard.Position(place.ordinal() + further, place.arrivalSecond() * 1000);
  }

  private static long pastTimestamp(Request request, long now) {
    long millis =
        request
            .timestampMillis("Timestamp")
            .orElseThrow(() -> KinesisError.invalid("AT_TIMESTAMP needs a Timestamp."));
    if (millis > now) {
      throw KinesisError.invalid(
          "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %d, currentTimestampInMillis: %d"
              .formatted(millis, now));
    }
    return millis;
  }

  private String iterator(DataStream stream, int shard, Shard.Position from, long now) {
    return new ShardIterator(stream.name(), stream.createdAtMillis(), shard, from, now)
        .seal(tokens);
  }

  private static Shard shard(DataStream stream, int index, long now) {
    return stream
        .shard(index, now)
        .orElseThrow(() ->
            KinesisError.notFound(
                "Shard %s in stream %s does not exist".formatted(Shard.id(index), stream.name())));
  }

  /** Name of the stream a GetRecords request is about; empty when its iterator says nothing. */
  Optional<String> streamOfIterator(Request request) {
    return request
        .text("ShardIterator")
        .flatMap(token -> ShardIterator.open(token, tokens))
        .map(ShardIterator::stream);
  }

  byte[] getRecords(Request request) {
    long now = store.now();
    int limit = request.integer("Limit", 1, MAX_RECORDS_PER_GET, MAX_RECORDS_PER_GET);
    ShardIterator iterator =
        ShardIterator.open(request.required("ShardIterator", 1, 512), tokens)
            .orElseThrow(() -> KinesisError.invalid("Invalid ShardIterator."));
    if (iterator.expired(now)) {
      throw new KinesisError(
          KinesisError.Type.EXPIRED_ITERATOR,
          "Iterator expired. The iterator was created at time %d while right now it is %d which is further in the future than the tolerated delay of 300000 milliseconds."
              .formatted(iterator.issuedAtMillis(), now));
    }
    DataStream stream = store.forData(iterator.stream());
    if (stream.createdAtMillis() != iterator.streamCreatedMillis()) {
      throw KinesisError.notFound(
          "The ShardIterator is of an earlier stream named " + stream.name() + ".");
    }
    Shard shard = shard(stream, iterator.shard(), now);
    if (!shard.meter().admitsRead(now)) {
      throw throughputExceeded(shard.id(), stream.name());
    }
    return written(
        stream,
        shard,
        stream.read(
            shard,
            iterator.from(),
            store.options().reach().toMillis(),
            limit,
            MAX_BYTES_PER_GET,
            now),
        now);
  }

  private byte[] written(DataStream stream, Shard shard, Shard.Read read, long now) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = Request.JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("Records");
      for (StoredRecord stored : read.records()) {
        json.writeStartObject();
        json.writeStringProperty(
            "SequenceNumber",
            stream.numbers().encode(stored.ordinal(), shard.index(), stored.arrivalMillis()));
        json.writeNumberProperty(
            "ApproximateArrivalTimestamp", BigDecimal.valueOf(stored.arrivalMillis(), 3));
        json.writeName("Data");
        json.writeBinary(stored.data());
        json.writeStringProperty("PartitionKey", stored.partitionKey());
        json.writeStringProperty("EncryptionType", "NONE");
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeNumberProperty("MillisBehindLatest", read.millisBehindLatest());
      if (read.ended()) {
        json.writePOJOProperty("ChildShards", children(stream, shard, now));
      } else {
        json.writeStringProperty(
            "NextShardIterator", iterator(stream, shard.index(), read.next(), now));
      }
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static ArrayNode children(DataStream stream, Shard parent, long now) {
    ArrayNode children = Request.JSON.createArrayNode();
    for (Shard child : stream.living(now).childrenOf(parent.index())) {
      ObjectNode described = children.addObject().put("ShardId", child.id());
      ArrayNode parents = described.putArray("ParentShards");
      child.parents().forEach(index -> parents.add(Shard.id(index)));
      described.set("HashKeyRange", Json.hashRange(child.range()));
    }
    return children;
  }
}
