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
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * Shards in memory, the same in every stream, some of which fail; since a day before {@link
 * FakeTime#START}. Thread-safe.
 */
public final class FakeKinesis implements KinesisClient {
  static final Instant CREATED = FakeTime.START.minus(Duration.ofDays(1));
  private static final Duration ITERATOR_LIVES = Duration.ofMinutes(5);

  /** What was asked of a shard, and how much it gave. */
  record Asked(String shard, int limit, long nanos, long bytes) {}

  final Map<String, List<Record>> shards = new ConcurrentSkipListMap<>();
  final Set<String> failing = ConcurrentHashMap.newKeySet();
  final List<Asked> asked = new CopyOnWriteArrayList<>();

  /**
   * What of a shard's time a call looks at, as the real service does: some minutes. So an answer
   * may be empty, and behind the latest, far from the newest record and after it. Zero: all.
   */
  volatile Duration reach = Duration.ZERO;

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
      put(records, data, at.plusMillis(i));
    }
  }

  /** One record, after all others. */
  void put(String shard, Instant at) {
    put(shards.computeIfAbsent(shard, s -> new ArrayList<>()), SdkBytes.fromUtf8String("{}"), at);
  }

  private static void put(List<Record> records, SdkBytes data, Instant at) {
    records.add(
        Record.builder()
            .sequenceNumber(Integer.toString(records.size() + 1))
            .data(data)
            .approximateArrivalTimestamp(at)
            .build());
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

  /**
   * An iterator.
   *
   * @param next record
   * @param at up to when the shard was looked at before
   */
  private record Place(String shard, int next, Instant at, long issued) {
    static Place of(String iterator) {
      String[] parts = iterator.split(" ", -1);
      return new Place(
          parts[0], Integer.parseInt(parts[1]), Instant.parse(parts[2]), Long.parseLong(parts[3]));
    }

    String iterator() {
      return "%s %d %s %d".formatted(shard, next, at, issued);
    }
  }

  private Instant now() {
    return FakeTime.START.plusNanos(nanos.getAsLong());
  }

  @Override
  public GetShardIteratorResponse getShardIterator(GetShardIteratorRequest request) {
    List<Record> records = records(request.shardId());
    int next;
    Instant at;
    switch (request.shardIteratorType()) {
      case AT_SEQUENCE_NUMBER -> {
        next = Integer.parseInt(request.startingSequenceNumber()) - 1;
        at = records.get(next).approximateArrivalTimestamp();
      }
      case AT_TIMESTAMP -> {
        at = request.timestamp();
        next = arrivedBefore(records, at);
      }
      case LATEST -> {
        next = records.size();
        at = now();
      }
      default -> {
        next = 0;
        at = CREATED;
      }
    }
    return GetShardIteratorResponse.builder()
        .shardIterator(new Place(request.shardId(), next, at, nanos.getAsLong()).iterator())
        .build();
  }

  private static int arrivedBefore(List<Record> records, Instant time) {
    return (int)
        records.stream().filter(r -> r.approximateArrivalTimestamp().isBefore(time)).count();
  }

  private List<Record> records(String shard) {
    if (failing.contains(shard)) {
      throw KinesisException.builder().message("planted").build();
    }
    return shards.getOrDefault(shard, List.of());
  }

  @Override
  public GetRecordsResponse getRecords(GetRecordsRequest request) {
    Place place = Place.of(request.shardIterator());
    if (nanos.getAsLong() - place.issued() > ITERATOR_LIVES.toNanos()) {
      throw ExpiredIteratorException.builder().message("expired").build();
    }
    List<Record> records = records(place.shard());
    Instant until = reach.isZero() ? Instant.MAX : place.at().plus(reach);
    int end = reach.isZero() ? records.size() : arrivedBefore(records, until);
    int to = Math.max(place.next(), Math.min(end, place.next() + request.limit()));
    List<Record> given = records.subList(place.next(), to);
    long bytes = given.stream().mapToLong(r -> r.data().asByteArrayUnsafe().length).sum();
    asked.add(new Asked(place.shard(), request.limit(), nanos.getAsLong(), bytes));
    whileAnswering.run();
    boolean tip = to == records.size() && !until.isBefore(now());
    Instant at = given.isEmpty() ? until : given.getLast().approximateArrivalTimestamp();
    Place next = new Place(place.shard(), to, tip ? now() : at, nanos.getAsLong());
    return GetRecordsResponse.builder()
        .records(given)
        .nextShardIterator(next.iterator())
        .millisBehindLatest(tip ? 0 : Math.max(1, Duration.between(at, now()).toMillis()))
        .build();
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
