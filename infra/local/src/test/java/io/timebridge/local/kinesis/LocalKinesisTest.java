package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.ExpiredNextTokenException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** What our own service does with time, shard limits and memory, under a clock moved by hand. */
class LocalKinesisTest {

  private static final String SHARD_0 = "shardId-000000000000";

  private final ManualClock clock = new ManualClock();
  private KinesisRig rig = KinesisRig.local(LocalKinesis.Options.defaults().withClock(clock));

  @AfterEach
  void stop() {
    rig.close();
  }

  private void restart(LocalKinesis.Options options) {
    rig.close();
    rig = KinesisRig.local(options.withClock(clock));
  }

  @Test
  void an_iterator_expires_after_five_minutes() {
    String stream = rig.stream(1);
    String iterator = rig.iterator(stream, SHARD_0, ShardIteratorType.LATEST);

    clock.advance(Duration.ofMinutes(5));
    String next = rig.get(iterator).nextShardIterator();
    clock.advance(Duration.ofMillis(1));

    assertThatThrownBy(() -> rig.get(iterator)).isInstanceOf(ExpiredIteratorException.class);
    assertThat(rig.get(next).records()).isEmpty();
  }

  @Test
  void a_listing_token_expires_after_five_minutes() {
    String stream = rig.stream(2);
    String token = rig.client().listShards(r -> r.streamName(stream).maxResults(1)).nextToken();

    clock.advance(Duration.ofMillis(300_001));

    assertThatThrownBy(() -> rig.client().listShards(r -> r.nextToken(token)))
        .isInstanceOf(ExpiredNextTokenException.class);
  }

  @Test
  void records_are_trimmed_when_their_retention_ends() {
    String stream = rig.stream(1);
    rig.put(stream, "k", "old");
    clock.advance(Duration.ofHours(23));
    rig.put(stream, "k", "new");
    clock.advance(Duration.ofHours(1).plusMillis(1));

    assertThat(rig.texts(stream, SHARD_0)).containsExactly("new");
  }

  @Test
  void a_longer_retention_keeps_records_longer() {
    String stream = rig.stream(1);
    rig.client().increaseStreamRetentionPeriod(r -> r.streamName(stream).retentionPeriodHours(48));
    rig.put(stream, "k", "old");
    clock.advance(Duration.ofHours(47));

    assertThat(rig.texts(stream, SHARD_0)).containsExactly("old");
  }

  @Test
  void a_closed_shard_is_forgotten_when_its_retention_ends() {
    String stream = rig.stream(2);
    rig.client()
        .mergeShards(r ->
            r.streamName(stream)
                .shardToMerge(SHARD_0)
                .adjacentShardToMerge("shardId-000000000001"));
    clock.advance(Duration.ofHours(24));
    assertThat(rig.shards(stream)).hasSize(3);
    clock.advance(Duration.ofSeconds(1));

    assertThat(rig.shards(stream))
        .extracting(Shard::shardId)
        .containsExactly("shardId-000000000002");
    assertThat(
            rig.client()
                .listShards(r ->
                    r.streamName(stream).shardFilter(f -> f.type(ShardFilterType.AT_TRIM_HORIZON)))
                .shards())
        .hasSize(1);
    assertThatThrownBy(() -> rig.iterator(stream, SHARD_0, ShardIteratorType.TRIM_HORIZON))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void timestamp_filters_follow_the_life_of_each_shard() {
    String stream = rig.stream(1);
    var before = clock.instant();
    clock.advance(Duration.ofMinutes(1));
    rig.client()
        .splitShard(r -> r.streamName(stream).shardToSplit(SHARD_0).newStartingHashKey("1000"));
    clock.advance(Duration.ofMinutes(1));
    var between = clock.instant();
    clock.advance(Duration.ofMinutes(1));
    rig.client()
        .mergeShards(r ->
            r.streamName(stream)
                .shardToMerge("shardId-000000000001")
                .adjacentShardToMerge("shardId-000000000002"));

    assertThat(listed(stream, ShardFilterType.AT_TIMESTAMP, before)).containsExactly(SHARD_0);
    assertThat(listed(stream, ShardFilterType.AT_TIMESTAMP, between))
        .containsExactly("shardId-000000000001", "shardId-000000000002");
    assertThat(listed(stream, ShardFilterType.FROM_TIMESTAMP, between))
        .containsExactly("shardId-000000000001", "shardId-000000000002", "shardId-000000000003");
    clock.advance(Duration.ofMinutes(1));
    assertThat(listed(stream, ShardFilterType.AT_TIMESTAMP, clock.instant()))
        .containsExactly("shardId-000000000003");
  }

  private List<String> listed(String stream, ShardFilterType type, Instant time) {
    return rig
        .client()
        .listShards(r -> r.streamName(stream).shardFilter(f -> f.type(type).timestamp(time)))
        .shards()
        .stream()
        .map(Shard::shardId)
        .toList();
  }

  @Test
  void millis_behind_latest_is_the_age_of_the_next_unread_record() {
    String stream = rig.stream(1);
    rig.put(stream, "k", "1");
    rig.put(stream, "k", "2");
    clock.advance(Duration.ofSeconds(90));
    String iterator = rig.iterator(stream, SHARD_0, ShardIteratorType.TRIM_HORIZON);

    assertThat(
            rig.client().getRecords(r -> r.shardIterator(iterator).limit(1)).millisBehindLatest())
        .isEqualTo(90_000);
    assertThat(rig.get(iterator).millisBehindLatest()).isZero();
  }

  @Test
  void at_timestamp_finds_the_first_record_of_that_time() {
    String stream = rig.stream(1);
    rig.put(stream, "k", "1");
    clock.advance(Duration.ofSeconds(10));
    rig.put(stream, "k", "2");
    var time = clock.instant().minusSeconds(5);

    String iterator =
        rig.client()
            .getShardIterator(r ->
                r.streamName(stream)
                    .shardId(SHARD_0)
                    .shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
                    .timestamp(time))
            .shardIterator();

    assertThat(rig.readFrom(iterator)).extracting(KinesisRig::text).containsExactly("2");
  }

  /** Behind the latest and without records, answer by answer; the last one is at the tip. */
  private List<Duration> emptyUntilTheTip(String iterator) {
    List<Duration> behind = new ArrayList<>();
    String next = iterator;
    do {
      GetRecordsResponse answer = rig.get(next);
      assertThat(answer.records()).isEmpty();
      behind.add(Duration.ofMillis(answer.millisBehindLatest()));
      next = answer.nextShardIterator();
    } while (!behind.getLast().isZero());
    return behind;
  }

  @Test
  void with_a_reach_an_idle_shard_is_behind_after_its_last_record_until_calls_come_to_the_tip() {
    restart(LocalKinesis.Options.defaults().withReach(Duration.ofMinutes(5)));
    String stream = rig.stream(1);
    rig.put(stream, "k", "1");
    clock.advance(Duration.ofMinutes(1));
    rig.put(stream, "k", "2");
    clock.advance(Duration.ofMinutes(18));

    GetRecordsResponse last =
        rig.get(rig.iterator(stream, SHARD_0, ShardIteratorType.TRIM_HORIZON));
    assertThat(last.records()).extracting(KinesisRig::text).containsExactly("1", "2");
    assertThat(last.millisBehindLatest()).isEqualTo(Duration.ofMinutes(18).toMillis());
    assertThat(emptyUntilTheTip(last.nextShardIterator()))
        .containsExactly(
            Duration.ofMinutes(13), Duration.ofMinutes(8), Duration.ofMinutes(3), Duration.ZERO);
    assertThat(emptyUntilTheTip(rig.iterator(stream, SHARD_0, ShardIteratorType.LATEST)))
        .hasSize(1);
  }

  @Test
  void with_a_reach_records_far_after_an_iterator_come_after_empty_answers() {
    restart(LocalKinesis.Options.defaults().withReach(Duration.ofMinutes(5)));
    String stream = rig.stream(1);
    clock.advance(Duration.ofMinutes(12));
    String first = rig.put(stream, "k", "1");
    clock.advance(Duration.ofMinutes(12));
    rig.put(stream, "k", "2");
    rig.client()
        .splitShard(r -> r.streamName(stream).shardToSplit(SHARD_0).newStartingHashKey("1000"));

    assertThat(rig.texts(stream, SHARD_0)).containsExactly("1", "2");
    String next =
        rig.client()
            .getShardIterator(r ->
                r.streamName(stream)
                    .shardId(SHARD_0)
                    .shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                    .startingSequenceNumber(first))
            .shardIterator();
    for (int empty = 0; empty < 2; empty++) {
      GetRecordsResponse answer = rig.get(next);
      assertThat(answer.records()).isEmpty();
      assertThat(answer.millisBehindLatest()).isPositive();
      next = answer.nextShardIterator();
    }
    GetRecordsResponse end = rig.get(next);
    assertThat(end.records()).extracting(KinesisRig::text).containsExactly("2");
    assertThat(end.nextShardIterator()).as("closed").isNull();
  }

  @Test
  void a_stream_shows_its_transitions_when_they_take_time() {
    restart(LocalKinesis.Options.defaults().withTransition(Duration.ofSeconds(10)));
    rig.client().createStream(r -> r.streamName("slow").shardCount(1));
    assertThat(status("slow")).isEqualTo(StreamStatus.CREATING);
    assertThatThrownBy(() -> rig.put("slow", "k", "x"))
        .isInstanceOf(ResourceNotFoundException.class);
    clock.advance(Duration.ofSeconds(10));
    assertThat(status("slow")).isEqualTo(StreamStatus.ACTIVE);

    rig.client()
        .splitShard(r -> r.streamName("slow").shardToSplit(SHARD_0).newStartingHashKey("1000"));
    assertThat(status("slow")).isEqualTo(StreamStatus.UPDATING);
    rig.put("slow", "k", "x");
    assertThatThrownBy(() ->
            rig.client()
                .splitShard(r ->
                    r.streamName("slow")
                        .shardToSplit("shardId-000000000001")
                        .newStartingHashKey("500")))
        .isInstanceOf(ResourceInUseException.class);
    clock.advance(Duration.ofSeconds(10));

    rig.client().deleteStream(r -> r.streamName("slow"));
    assertThat(status("slow")).isEqualTo(StreamStatus.DELETING);
    clock.advance(Duration.ofSeconds(10));
    assertThatThrownBy(() -> status("slow")).isInstanceOf(ResourceNotFoundException.class);
    rig.client().createStream(r -> r.streamName("slow").shardCount(1));
  }

  private StreamStatus status(String stream) {
    return rig.client()
        .describeStreamSummary(r -> r.streamName(stream))
        .streamDescriptionSummary()
        .streamStatus();
  }

  @Test
  void a_shard_takes_a_thousand_records_a_second_when_throttling_is_on() {
    restart(LocalKinesis.Options.defaults().withThrottling(true));
    String stream = rig.stream(1);
    List<PutRecordsRequestEntry> batch =
        IntStream.range(0, 400).mapToObj(i -> KinesisRig.entry("k" + i, "x")).toList();

    int failed = 0;
    for (int i = 0; i < 3; i++) {
      PutRecordsResponse response =
          rig.client().putRecords(r -> r.streamName(stream).records(batch));
      failed += response.failedRecordCount();
      assertThat(response.records().stream().filter(r -> r.errorCode() != null))
          .allSatisfy(
              r -> assertThat(r.errorCode()).isEqualTo("ProvisionedThroughputExceededException"))
          .hasSize(response.failedRecordCount());
    }

    assertThat(failed).isEqualTo(200);
    assertThatThrownBy(() -> rig.put(stream, "k", "x"))
        .isInstanceOf(ProvisionedThroughputExceededException.class);
    assertThat(rig.texts(stream, SHARD_0)).as("throttled records are not kept").hasSize(1000);
    clock.advance(Duration.ofSeconds(1));
    rig.put(stream, "k", "x");
  }

  @Test
  void a_shard_takes_a_mebibyte_a_second_when_throttling_is_on() {
    restart(LocalKinesis.Options.defaults().withThrottling(true));
    String stream = rig.stream(1);
    SdkBytes large = SdkBytes.fromByteArray(new byte[600_000]);
    rig.client().putRecord(r -> r.streamName(stream).partitionKey("k").data(large));

    assertThatThrownBy(
            () -> rig.client().putRecord(r -> r.streamName(stream).partitionKey("k").data(large)))
        .isInstanceOf(ProvisionedThroughputExceededException.class);
    clock.advance(Duration.ofSeconds(1));
    rig.client().putRecord(r -> r.streamName(stream).partitionKey("k").data(large));
  }

  @Test
  void a_shard_is_read_five_times_a_second_when_throttling_is_on() {
    restart(LocalKinesis.Options.defaults().withThrottling(true));
    String stream = rig.stream(2);
    String iterator = rig.iterator(stream, SHARD_0, ShardIteratorType.LATEST);
    for (int i = 0; i < 5; i++) {
      rig.get(iterator);
    }

    assertThatThrownBy(() -> rig.get(iterator))
        .isInstanceOf(ProvisionedThroughputExceededException.class);
    rig.get(rig.iterator(stream, "shardId-000000000001", ShardIteratorType.LATEST));
    clock.advance(Duration.ofMillis(200));
    rig.get(iterator);
  }

  @Test
  void a_large_read_delays_the_next_ones_when_throttling_is_on() {
    restart(LocalKinesis.Options.defaults().withThrottling(true));
    String stream = rig.stream(1);
    for (int i = 0; i < 8; i++) {
      rig.client()
          .putRecord(r ->
              r.streamName(stream)
                  .partitionKey("k")
                  .data(SdkBytes.fromByteArray(new byte[1 << 19])));
      clock.advance(Duration.ofSeconds(1));
    }
    String iterator = rig.iterator(stream, SHARD_0, ShardIteratorType.TRIM_HORIZON);
    assertThat(rig.get(iterator).records()).hasSize(8);

    assertThatThrownBy(() -> rig.get(iterator))
        .isInstanceOf(ProvisionedThroughputExceededException.class);
    clock.advance(Duration.ofSeconds(2));
    rig.get(iterator);
  }

  @Test
  void the_larger_limits_take_records_of_ten_mebibytes() {
    restart(LocalKinesis.Options.defaults().withLargeRecords(true));
    String stream = rig.stream(1);

    rig.client()
        .putRecord(r ->
            r.streamName(stream)
                .partitionKey("k")
                .data(SdkBytes.fromByteArray(new byte[(10 << 20) - 1])));

    assertThat(
            rig.readFrom(rig.iterator(stream, SHARD_0, ShardIteratorType.TRIM_HORIZON))
                .getFirst()
                .data()
                .asByteArrayUnsafe())
        .hasSize((10 << 20) - 1);
    assertThatThrownBy(() ->
            rig.client()
                .putRecord(r ->
                    r.streamName(stream)
                        .partitionKey("k")
                        .data(SdkBytes.fromByteArray(new byte[10 << 20]))))
        .isInstanceOf(KinesisException.class);
  }

  @Test
  void the_account_has_a_limit_of_shards() {
    restart(LocalKinesis.Options.defaults().withMaxShards(3));
    String stream = rig.stream(2);

    assertThatThrownBy(() -> rig.stream(2)).isInstanceOf(LimitExceededException.class);
    rig.client()
        .splitShard(r -> r.streamName(stream).shardToSplit(SHARD_0).newStartingHashKey("1000"));
    assertThatThrownBy(() ->
            rig.client()
                .splitShard(r ->
                    r.streamName(stream)
                        .shardToSplit("shardId-000000000001")
                        .newStartingHashKey("1000")))
        .isInstanceOf(LimitExceededException.class);
  }

  @Test
  void the_oldest_records_are_trimmed_when_a_shard_holds_too_much() {
    restart(LocalKinesis.Options.defaults().withMaxBytesPerShard(100_000));
    String stream = rig.stream(1);
    for (int i = 0; i < 30; i++) {
      byte[] data = new byte[10_000];
      data[0] = (byte) i;
      rig.client()
          .putRecord(
              r -> r.streamName(stream).partitionKey("k").data(SdkBytes.fromByteArray(data)));
    }

    var left = rig.readFrom(rig.iterator(stream, SHARD_0, ShardIteratorType.TRIM_HORIZON));
    assertThat(left).hasSizeBetween(8, 9);
    assertThat(left.getLast().data().asByteArray()[0]).isEqualTo((byte) 29);
  }
}
