package io.timebridge.local.kinesis;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The service without its transport: an operation's name and body in, an answer out. Thread-safe.
 */
final class KinesisApi {

  private final StreamStore store;
  private final Faults faults = new Faults();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final StreamOperations streams;
  private final ShardOperations shards;
  private final RecordOperations records;
  private final ConsumerOperations consumers;

  /** What the client gets. */
  sealed interface Answer {

    /** Done, with the body to send. */
    @SuppressWarnings("ArrayRecordComponent") // on its way to the socket, never compared
    record Done(byte[] body) implements Answer {}

    /** Not done, for the reason given. */
    record Refused(KinesisError error) implements Answer {}

    /** Done, but the client must not hear of it. */
    record Dropped() implements Answer {}
  }

  KinesisApi(StreamStore store) {
    OpaqueTokens tokens = new OpaqueTokens();
    this.store = store;
    this.streams = new StreamOperations(store, tokens);
    this.shards = new ShardOperations(store, tokens);
    this.records = new RecordOperations(store, tokens);
    this.consumers = new ConsumerOperations(store, tokens);
  }

  Faults faults() {
    return faults;
  }

  /** Ends injected delays. */
  void close() {
    closing.countDown();
  }

  /**
   * Performs one operation.
   *
   * @throws InterruptedException when interrupted while it serves an injected delay
   */
  Answer call(String op, byte[] body) throws InterruptedException {
    try {
      Request request = Request.parse(body);
      Faults.Verdict verdict = faults.draw(op, streamOf(op, request));
      if (verdict.delayMillis() > 0
          && closing.await(verdict.delayMillis(), TimeUnit.MILLISECONDS)) {
        return new Answer.Dropped();
      }
      if (verdict.refusal().isPresent()) {
        return new Answer.Refused(verdict.refusal().get());
      }
      byte[] answer = perform(op, request, verdict.partial());
      return verdict.dropsAnswer() ? new Answer.Dropped() : new Answer.Done(answer);
    } catch (KinesisError error) {
      return new Answer.Refused(error);
    }
  }

  private Optional<String> streamOf(String op, Request request) {
    return op.equals("GetRecords")
        ? records.streamOfIterator(request)
        : request.optionalStreamName();
  }

  private byte[] perform(String op, Request request, Optional<Faults.PartialFailure> partial) {
    return switch (op) {
      case "PutRecord" -> records.putRecord(request);
      case "PutRecords" -> records.putRecords(request, partial);
      case "GetShardIterator" -> records.getShardIterator(request);
      case "GetRecords" -> records.getRecords(request);
      case "ListShards" -> shards.listShards(request);
      case "SplitShard" -> shards.splitShard(request);
      case "MergeShards" -> shards.mergeShards(request);
      case "UpdateShardCount" -> shards.updateShardCount(request);
      case "CreateStream" -> streams.create(request);
      case "DeleteStream" -> streams.delete(request);
      case "DescribeStream" -> streams.describe(request);
      case "DescribeStreamSummary" -> streams.describeSummary(request);
      case "ListStreams" -> streams.list(request);
      case "IncreaseStreamRetentionPeriod" -> streams.increaseRetention(request);
      case "DecreaseStreamRetentionPeriod" -> streams.decreaseRetention(request);
      case "AddTagsToStream" -> streams.addTags(request);
      case "RemoveTagsFromStream" -> streams.removeTags(request);
      case "ListTagsForStream" -> streams.listTags(request);
      case "DescribeLimits" -> streams.describeLimits();
      case "RegisterStreamConsumer" -> consumers.register(request);
      case "DescribeStreamConsumer" -> consumers.describe(request);
      case "DeregisterStreamConsumer" -> consumers.deregister(request);
      case "ListStreamConsumers" -> consumers.list(request);
      case "SubscribeToShard" ->
          throw new KinesisError(
              KinesisError.Type.UNKNOWN_OPERATION,
              "SubscribeToShard is not offered here: read by polling (GetRecords).");
      default ->
          throw new KinesisError(
              KinesisError.Type.UNKNOWN_OPERATION, "This service has no operation of that name.");
    };
  }

  /** Every stream with its shards and what they hold, for people and tests. */
  ObjectNode state() {
    long now = store.now();
    ObjectNode state = Json.object();
    ArrayNode described = state.putArray("streams");
    for (DataStream stream : store.all()) {
      ObjectNode one =
          described
              .addObject()
              .put("name", stream.name())
              .put("arn", store.arn(stream.name()))
              .put("status", stream.status(now).name())
              .put("mode", stream.mode().name())
              .put("retentionHours", stream.retention().toHours());
      ArrayNode shardList = one.putArray("shards");
      long total = 0;
      for (Shard shard : stream.living(now).all()) {
        Shard.Usage usage = stream.usage(shard, now);
        total += usage.records();
        shardList.add(
            Json.shard(stream, shard)
                .put("open", shard.isOpen())
                .put("records", usage.records())
                .put("bytes", usage.bytes())
                .put("trimmed", usage.dropped()));
      }
      one.put("records", total);
    }
    return state;
  }
}
