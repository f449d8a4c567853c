package io.timebridge.lag.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Shards in memory, the same in every stream, some of which fail. Thread-safe. */
public final class FakeKinesis implements KinesisClient {
  /** What was asked of a shard, and how much it gave. */
  record Asked(String shard, int limit, long nanos, long bytes) {}

  final Map<String, List<Record>> shards = new ConcurrentSkipListMap<>();
  final Set<String> failing = ConcurrentHashMap.newKeySet();
  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final LongSupplier nanos;
  private final Runnable whileAnswering;

  FakeKinesis(LongSupplier nanos, Runnable whileAnswering) {
    this.nanos = nanos;
    this.whileAnswering = whileAnswering;
  }

  /** One that has no shards. */
  public FakeKinesis() {
    this(() -> 0, () -> {});
  }

  void shard(String shard) {
    shards.put(shard, new ArrayList<>());
  }

  /** Sequence numbers count from 1. */
  void put(String shard, int count, int bytes, Instant at) {
    List<Record> records = shards.computeIfAbsent(shard, s -> new ArrayList<>());
    SdkBytes data = SdkBytes.fromByteArrayUnsafe(new byte[bytes]); // the same for all
    for (int i = 0; i < count; i++) {
      records.add(
          Record.builder()
              .sequenceNumber(Integer.toString(records.size() + 1))
              .data(data)
              .approximateArrivalTimestamp(at.plusMillis(i))
              .build());
    }
  }

  @Override
  public ListShardsResponse listShards(ListShardsRequest request) {
    return ListShardsResponse.builder()
        .shards(
            shards.keySet().stream()
                .map(shard -> Shard.builder().shardId(shard).sequenceNumberRange(r -> {}).build())
                .toList())
        .build();
  }

  @Override
  public GetShardIteratorResponse getShardIterator(GetShardIteratorRequest request) {
    List<Record> records = records(request.shardId());
    int from =
        switch (request.shardIteratorType()) {
          case AT_SEQUENCE_NUMBER -> Integer.parseInt(request.startingSequenceNumber()) - 1;
          case AT_TIMESTAMP ->
              IntStream.range(0, records.size())
                  .filter(i ->
                      !records.get(i).approximateArrivalTimestamp().isBefore(request.timestamp()))
                  .findFirst()
                  .orElse(records.size());
          case LATEST -> records.size();
          default -> 0;
        };
    return GetShardIteratorResponse.builder().shardIterator(request.shardId() + ":" + from).build();
  }

  private List<Record> records(String shard) {
    if (failing.contains(shard)) {
      throw KinesisException.builder().message("planted").build();
    }
    return shards.getOrDefault(shard, List.of());
  }

  @Override
  public GetRecordsResponse getRecords(GetRecordsRequest request) {
    int colon = request.shardIterator().lastIndexOf(':');
    String shard = request.shardIterator().substring(0, colon);
    int from = Integer.parseInt(request.shardIterator().substring(colon + 1));
    List<Record> records = records(shard);
    int to = Math.min(records.size(), from + request.limit());
    List<Record> given = records.subList(from, to);
    long bytes = given.stream().mapToLong(r -> r.data().asByteArrayUnsafe().length).sum();
    asked.add(new Asked(shard, request.limit(), nanos.getAsLong(), bytes));
    whileAnswering.run();
    return GetRecordsResponse.builder()
        .records(given)
        .nextShardIterator(shard + ":" + to)
        .millisBehindLatest(
            to == records.size() ? 0 : Math.max(1, between(records.get(to), records.getLast())))
        .build();
  }

  private static long between(Record first, Record last) {
    return Duration.between(first.approximateArrivalTimestamp(), last.approximateArrivalTimestamp())
        .toMillis();
  }

  @Override
  public DescribeStreamSummaryResponse describeStreamSummary(DescribeStreamSummaryRequest request) {
    return DescribeStreamSummaryResponse.builder()
        .streamDescriptionSummary(s -> s.retentionPeriodHours(168))
        .build();
  }

  @Override
  public String serviceName() {
    return "kinesis";
  }

  @Override
  public void close() {}
}
