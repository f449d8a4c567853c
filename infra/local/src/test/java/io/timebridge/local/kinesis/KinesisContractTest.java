package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilter;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * What the Kinesis API documents, asserted through the AWS SDK: against our own service by default,
 * against any other when the system property {@code timebridge.kinesis.endpoint} names one.
 */
class KinesisContractTest {

  private static final BigInteger MAX_HASH = BigInteger.TWO.pow(128).subtract(BigInteger.ONE);
  private static final String MIDDLE_HASH = BigInteger.TWO.pow(127).toString();

  private static KinesisRig rig;
  private static KinesisClient kinesis;

  @BeforeAll
  static void start() {
    rig = KinesisRig.localOrConfigured();
    kinesis = rig.client();
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  // --- streams

  @Test
  void a_created_stream_becomes_active_and_is_described() {
    String stream = rig.stream(3);

    var description = kinesis.describeStream(r -> r.streamName(stream)).streamDescription();
    assertThat(description.streamName()).isEqualTo(stream);
    assertThat(description.streamStatus()).isEqualTo(StreamStatus.ACTIVE);
    assertThat(description.streamARN())
        .startsWith("arn:aws:kinesis:us-east-1:")
        .endsWith(":stream/" + stream);
    assertThat(description.retentionPeriodHours()).isEqualTo(24);
    assertThat(description.hasMoreShards()).isFalse();
    assertThat(description.streamCreationTimestamp()).isBefore(Instant.now().plusSeconds(60));
    assertCovers(description.shards());
    assertThat(description.shards())
        .extracting(Shard::shardId)
        .containsExactly("shardId-000000000000", "shardId-000000000001", "shardId-000000000002");

    var summary =
        kinesis.describeStreamSummary(r -> r.streamName(stream)).streamDescriptionSummary();
    assertThat(summary.openShardCount()).isEqualTo(3);
    assertThat(summary.consumerCount()).isZero();
    assertThat(summary.streamModeDetails().streamMode()).isEqualTo(StreamMode.PROVISIONED);
  }

  @Test
  void describe_stream_pages_through_the_shards() {
    String stream = rig.stream(3);

    var first = kinesis.describeStream(r -> r.streamName(stream).limit(2)).streamDescription();
    var second =
        kinesis
            .describeStream(
                r -> r.streamName(stream).exclusiveStartShardId(first.shards().getLast().shardId()))
            .streamDescription();

    assertThat(first.shards()).hasSize(2);
    assertThat(first.hasMoreShards()).isTrue();
    assertThat(second.shards()).hasSize(1);
    assertThat(second.hasMoreShards()).isFalse();
  }

  @Test
  void an_on_demand_stream_starts_with_four_shards() {
    String stream = KinesisRig.freshName();
    kinesis.createStream(
        r -> r.streamName(stream).streamModeDetails(m -> m.streamMode(StreamMode.ON_DEMAND)));
    rig.awaitActive(stream);

    assertThat(rig.shards(stream)).hasSize(4);
    assertThat(
            kinesis
                .describeStreamSummary(r -> r.streamName(stream))
                .streamDescriptionSummary()
                .streamModeDetails()
                .streamMode())
        .isEqualTo(StreamMode.ON_DEMAND);
  }

  @Test
  void a_stream_cannot_be_created_twice() {
    String stream = rig.stream(1);

    assertFails(
        ResourceInUseException.class,
        () -> kinesis.createStream(r -> r.streamName(stream).shardCount(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"with space", "slash/es", "ünïcode", "a|b"})
  void a_bad_stream_name_is_refused(String name) {
    assertValidationFails(() -> kinesis.createStream(r -> r.streamName(name).shardCount(1)));
  }

  @Test
  void a_deleted_stream_is_not_found_by_any_operation() {
    String stream = rig.stream(1);
    String iterator = rig.iterator(stream, "shardId-000000000000", ShardIteratorType.LATEST);
    kinesis.deleteStream(r -> r.streamName(stream).enforceConsumerDeletion(true));
    kinesis.waiter().waitUntilStreamNotExists(r -> r.streamName(stream));

    assertFails(ResourceNotFoundException.class, () -> rig.put(stream, "k", "x"));
    assertFails(
        ResourceNotFoundException.class,
        () -> kinesis.putRecords(r -> r.streamName(stream).records(KinesisRig.entry("k", "x"))));
    assertFails(ResourceNotFoundException.class, () -> rig.shards(stream));
    assertFails(ResourceNotFoundException.class, () -> rig.get(iterator));
    assertFails(
        ResourceNotFoundException.class, () -> kinesis.deleteStream(r -> r.streamName(stream)));
    assertThat(kinesis.listStreamsPaginator().streamNames()).doesNotContain(stream);
  }

  @Test
  void streams_are_listed_in_order_and_by_page() {
    List<String> mine = List.of(rig.stream(1), rig.stream(1), rig.stream(1));

    var page = kinesis.listStreams(r -> r.limit(1));
    assertThat(page.streamNames()).hasSize(1);
    assertThat(page.hasMoreStreams()).isTrue();
    assertThat(page.streamSummaries().getFirst().streamName())
        .isEqualTo(page.streamNames().getFirst());
    List<String> all =
        kinesis.listStreamsPaginator(r -> r.limit(2)).streamNames().stream().toList();
    assertThat(all).containsAll(mine).isSorted();
    assertThat(
            kinesis.listStreams(r -> r.exclusiveStartStreamName(all.get(0)).limit(1)).streamNames())
        .containsExactly(all.get(1));
  }

  @Test
  void a_stream_is_found_by_its_arn() {
    String stream = rig.stream(1);
    String arn = rig.arn(stream);

    String sequence =
        kinesis
            .putRecord(r -> r.streamARN(arn).partitionKey("k").data(KinesisRig.bytes("by arn")))
            .sequenceNumber();
    String iterator =
        kinesis
            .getShardIterator(r ->
                r.streamARN(arn)
                    .shardId("shardId-000000000000")
                    .shardIteratorType(ShardIteratorType.AT_SEQUENCE_NUMBER)
                    .startingSequenceNumber(sequence))
            .shardIterator();

    assertThat(kinesis.getRecords(r -> r.shardIterator(iterator).streamARN(arn)).records())
        .extracting(KinesisRig::text)
        .containsExactly("by arn");
    assertThat(kinesis.listShards(r -> r.streamARN(arn)).shards()).hasSize(1);
  }

  @Test
  void retention_goes_up_and_down_within_a_day_and_a_year() {
    String stream = rig.stream(1);

    kinesis.increaseStreamRetentionPeriod(r -> r.streamName(stream).retentionPeriodHours(48));
    rig.awaitActive(stream);
    assertThat(
            kinesis
                .describeStreamSummary(r -> r.streamName(stream))
                .streamDescriptionSummary()
                .retentionPeriodHours())
        .isEqualTo(48);
    assertFails(
        InvalidArgumentException.class,
        () ->
            kinesis.increaseStreamRetentionPeriod(
                r -> r.streamName(stream).retentionPeriodHours(30)));
    assertFails(
        InvalidArgumentException.class,
        () ->
            kinesis.decreaseStreamRetentionPeriod(
                r -> r.streamName(stream).retentionPeriodHours(72)));
    assertFails(
        KinesisException.class,
        () ->
            kinesis.decreaseStreamRetentionPeriod(
                r -> r.streamName(stream).retentionPeriodHours(23)));
    assertFails(
        KinesisException.class,
        () ->
            kinesis.increaseStreamRetentionPeriod(
                r -> r.streamName(stream).retentionPeriodHours(8761)));
    kinesis.decreaseStreamRetentionPeriod(r -> r.streamName(stream).retentionPeriodHours(24));
    rig.awaitActive(stream);
    assertThat(
            kinesis
                .describeStreamSummary(r -> r.streamName(stream))
                .streamDescriptionSummary()
                .retentionPeriodHours())
        .isEqualTo(24);
  }

  @Test
  void tags_and_limits_are_kept() {
    String stream = rig.stream(1);
    kinesis.addTagsToStream(
        r -> r.streamName(stream).tags(java.util.Map.of("team", "time", "stage", "test")));
    kinesis.removeTagsFromStream(r -> r.streamName(stream).tagKeys("stage"));

    var tags = kinesis.listTagsForStream(r -> r.streamName(stream));
    assertThat(tags.tags())
        .singleElement()
        .satisfies(tag -> assertThat(tag.key() + "=" + tag.value()).isEqualTo("team=time"));
    assertThat(tags.hasMoreTags()).isFalse();
    var limits = kinesis.describeLimits();
    assertThat(limits.openShardCount()).isBetween(1, limits.shardLimit());
  }

  // --- putting records

  @Test
  void what_is_put_is_got_back_byte_for_byte() {
    String stream = rig.stream(1);
    byte[] everyByte = new byte[256];
    for (int i = 0; i < everyByte.length; i++) {
      everyByte[i] = (byte) i;
    }
    Instant before = Instant.now().minusSeconds(60);
    PutRecordResponse put =
        kinesis.putRecord(r ->
            r.streamName(stream)
                .partitionKey("schlüssel 🔑")
                .data(SdkBytes.fromByteArray(everyByte)));

    Record got =
        rig.readFrom(rig.iterator(stream, put.shardId(), ShardIteratorType.TRIM_HORIZON))
            .getFirst();
    assertThat(got.data().asByteArray()).isEqualTo(everyByte);
    assertThat(got.partitionKey()).isEqualTo("schlüssel 🔑");
    assertThat(got.sequenceNumber()).isEqualTo(put.sequenceNumber()).matches("[1-9]\\d{20,128}");
    assertThat(got.approximateArrivalTimestamp()).isBetween(before, Instant.now().plusSeconds(60));
  }

  @Test
  void a_record_goes_to_the_shard_that_owns_the_md5_of_its_key() {
    String stream = rig.stream(4);
    List<Shard> shards = rig.shards(stream);

    for (int i = 0; i < 50; i++) {
      String key = "entry-" + i;
      String shardId =
          kinesis
              .putRecord(r -> r.streamName(stream).partitionKey(key).data(KinesisRig.bytes("x")))
              .shardId();
      assertThat(owner(shards, HashRange.hashOf(key))).isEqualTo(shardId);
    }
    assertThat(HashRange.hashOf("a"))
        .as("the MD5 of RFC 1321's test vector")
        .isEqualTo(new BigInteger("0cc175b9c0f1b6a831c399e269772661", 16));
  }

  @Test
  void an_explicit_hash_key_overrides_the_partition_key() {
    String stream = rig.stream(2);
    List<Shard> shards = rig.shards(stream);

    for (String hash : List.of("0", MIDDLE_HASH, MAX_HASH.toString())) {
      var put =
          kinesis.putRecord(r ->
              r.streamName(stream)
                  .partitionKey("k")
                  .explicitHashKey(hash)
                  .data(KinesisRig.bytes("x")));
      assertThat(put.shardId()).isEqualTo(owner(shards, new BigInteger(hash)));
    }
    assertFails(
        InvalidArgumentException.class,
        () ->
            kinesis.putRecord(r ->
                r.streamName(stream)
                    .partitionKey("k")
                    .explicitHashKey(MAX_HASH.add(BigInteger.ONE).toString())
                    .data(KinesisRig.bytes("x"))));
    assertValidationFails(() ->
        kinesis.putRecord(r ->
            r.streamName(stream)
                .partitionKey("k")
                .explicitHashKey("-1")
                .data(KinesisRig.bytes("x"))));
  }

  @Test
  void sequence_numbers_of_a_key_grow_across_calls_and_reshards() {
    String stream = rig.stream(1);
    List<BigInteger> numbers = new ArrayList<>();
    numbers.add(new BigInteger(rig.put(stream, "same", "1")));
    kinesis
        .putRecords(r ->
            r.streamName(stream)
                .records(KinesisRig.entry("same", "2"), KinesisRig.entry("same", "3")))
        .records()
        .forEach(result -> numbers.add(new BigInteger(result.sequenceNumber())));
    split(stream, "shardId-000000000000", MIDDLE_HASH);
    numbers.add(new BigInteger(rig.put(stream, "same", "4")));
    merge(stream, "shardId-000000000001", "shardId-000000000002");
    numbers.add(new BigInteger(rig.put(stream, "same", "5")));

    assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSize(5);
  }

  @Test
  void put_records_answers_in_the_order_of_the_request() {
    String stream = rig.stream(2);
    List<PutRecordsRequestEntry> entries =
        IntStream.range(0, 500).mapToObj(i -> KinesisRig.entry("k" + i, "v" + i)).toList();

    PutRecordsResponse response = kinesis.putRecords(r -> r.streamName(stream).records(entries));

    assertThat(response.failedRecordCount()).isZero();
    assertThat(response.records())
        .hasSize(500)
        .allSatisfy(result -> assertThat(result.errorCode()).isNull());
    List<Shard> shards = rig.shards(stream);
    for (int i = 0; i < 500; i++) {
      assertThat(response.records().get(i).shardId())
          .isEqualTo(owner(shards, HashRange.hashOf("k" + i)));
    }
    assertThat(
            rig.texts(stream, "shardId-000000000000").size()
                + rig.texts(stream, "shardId-000000000001").size())
        .isEqualTo(500);
    assertThat(response.records().stream().map(PutRecordsResultEntry::sequenceNumber).distinct())
        .hasSize(500);
  }

  @Test
  void too_many_too_large_and_empty_requests_are_refused_whole() {
    String stream = rig.stream(1);
    byte[] mib = new byte[1 << 20];
    PutRecordsRequestEntry large =
        PutRecordsRequestEntry.builder()
            .partitionKey("k")
            .data(SdkBytes.fromByteArray(new byte[(1 << 20) - 8]))
            .build();

    assertValidationFails(() ->
        kinesis.putRecords(r ->
            r.streamName(stream)
                .records(
                    IntStream.range(0, 501).mapToObj(i -> KinesisRig.entry("k", "x")).toList())));
    assertValidationFails(() -> kinesis.putRecords(r -> r.streamName(stream).records(List.of())));
    assertValidationFails(() ->
        kinesis.putRecord(r -> r.streamName(stream).partitionKey("").data(KinesisRig.bytes("x"))));
    assertValidationFails(() ->
        kinesis.putRecord(
            r -> r.streamName(stream).partitionKey("k".repeat(257)).data(KinesisRig.bytes("x"))));
    assertFails(
        KinesisException.class,
        () ->
            kinesis.putRecord(
                r -> r.streamName(stream).partitionKey("k").data(SdkBytes.fromByteArray(mib))));
    assertFails(
        KinesisException.class,
        () ->
            kinesis.putRecords(
                r -> r.streamName(stream).records(large, large, large, large, large, large)));
    assertThat(rig.texts(stream, "shardId-000000000000")).isEmpty();

    kinesis.putRecord(r -> r.streamName(stream).partitionKey("k").data(large.data()));
    assertThat(rig.texts(stream, "shardId-000000000000")).hasSize(1);
  }

  @Test
  void records_of_a_missing_stream_are_refused() {
    assertFails(ResourceNotFoundException.class, () -> rig.put("no-such-stream", "k", "x"));
    assertFails(
        ResourceNotFoundException.class,
        () -> rig.iterator("no-such-stream", "shardId-000000000000", ShardIteratorType.LATEST));
  }

  // --- reading records

  @Test
  void trim_horizon_begins_at_the_first_record_and_latest_after_the_last() {
    String stream = rig.stream(1);
    rig.put(stream, "k", "old");
    String oldest = rig.iterator(stream, "shardId-000000000000", ShardIteratorType.TRIM_HORIZON);
    String latest = rig.iterator(stream, "shardId-000000000000", ShardIteratorType.LATEST);
    rig.put(stream, "k", "new");

    assertThat(rig.readFrom(oldest)).extracting(KinesisRig::text).containsExactly("old", "new");
    assertThat(rig.readFrom(latest)).extracting(KinesisRig::text).containsExactly("new");
  }

  @Test
  void at_and_after_a_sequence_number_differ_by_that_record() {
    String stream = rig.stream(1);
    rig.put(stream, "k", "1");
    String second = rig.put(stream, "k", "2");
    rig.put(stream, "k", "3");

    assertThat(rig.readFrom(iteratorAt(stream, ShardIteratorType.AT_SEQUENCE_NUMBER, second)))
        .extracting(KinesisRig::text)
        .containsExactly("2", "3");
    assertThat(rig.readFrom(iteratorAt(stream, ShardIteratorType.AFTER_SEQUENCE_NUMBER, second)))
        .extracting(KinesisRig::text)
        .containsExactly("3");
    String start = rig.shards(stream).getFirst().sequenceNumberRange().startingSequenceNumber();
    assertThat(rig.readFrom(iteratorAt(stream, ShardIteratorType.AT_SEQUENCE_NUMBER, start)))
        .hasSize(3);
  }

  @Test
  void at_timestamp_begins_at_the_first_record_from_then_on() {
    String stream = rig.stream(1);
    rig.put(stream, "k", "1");
    rig.put(stream, "k", "2");
    List<Record> all =
        rig.readFrom(rig.iterator(stream, "shardId-000000000000", ShardIteratorType.TRIM_HORIZON));
    Instant second = all.get(1).approximateArrivalTimestamp();
    List<String> expected =
        all.stream()
            .filter(r -> !r.approximateArrivalTimestamp().isBefore(second))
            .map(KinesisRig::text)
            .toList();

    assertThat(rig.readFrom(iteratorAt(stream, second)))
        .extracting(KinesisRig::text)
        .containsExactlyElementsOf(expected);
    assertThat(rig.readFrom(iteratorAt(stream, second.minusSeconds(3600)))).hasSize(2);
    assertFails(
        InvalidArgumentException.class, () -> iteratorAt(stream, Instant.now().plusSeconds(3600)));
  }

  @Test
  void a_sequence_number_of_another_shard_or_stream_is_refused() {
    String stream = rig.stream(2);
    String inSecond =
        kinesis
            .putRecord(r ->
                r.streamName(stream)
                    .partitionKey("k")
                    .explicitHashKey(MAX_HASH.toString())
                    .data(KinesisRig.bytes("x")))
            .sequenceNumber();

    assertFails(
        InvalidArgumentException.class,
        () -> iteratorAt(stream, ShardIteratorType.AT_SEQUENCE_NUMBER, inSecond));
    assertFails(
        InvalidArgumentException.class,
        () -> iteratorAt(stream, ShardIteratorType.AT_SEQUENCE_NUMBER, "12345"));
    assertFails(
        KinesisException.class,
        () -> iteratorAt(stream, ShardIteratorType.AFTER_SEQUENCE_NUMBER, "not a number"));
    assertFails(
        InvalidArgumentException.class,
        () -> rig.iterator(stream, "shardId-000000000000", ShardIteratorType.AT_SEQUENCE_NUMBER));
  }

  @Test
  void an_iterator_can_be_used_again_and_reads_the_same() {
    String stream = rig.stream(1);
    rig.put(stream, "k", "1");
    String iterator = rig.iterator(stream, "shardId-000000000000", ShardIteratorType.TRIM_HORIZON);

    assertThat(rig.get(iterator).records()).hasSize(1);
    assertThat(rig.get(iterator).records()).hasSize(1);
  }

  @Test
  void a_forged_iterator_is_an_invalid_argument() {
    String stream = rig.stream(1);
    String real = rig.iterator(stream, "shardId-000000000000", ShardIteratorType.LATEST);

    for (String forged :
        List.of(
            "AAAA",
            "not base64 at all!",
            real.substring(0, real.length() - 6) + "AAAAAA",
            real + "A")) {
      assertFails(InvalidArgumentException.class, () -> rig.get(forged));
    }
    assertFails(KinesisException.class, () -> rig.get("A".repeat(513)));
  }

  @Test
  void an_iterator_of_a_missing_shard_is_not_found() {
    String stream = rig.stream(1);

    assertFails(
        ResourceNotFoundException.class,
        () -> rig.iterator(stream, "shardId-000000000099", ShardIteratorType.LATEST));
  }

  @Test
  void limit_bounds_a_read_and_millis_behind_latest_tells_that_more_is_there() {
    String stream = rig.stream(1);
    kinesis.putRecords(r ->
        r.streamName(stream)
            .records(
                IntStream.range(0, 10).mapToObj(i -> KinesisRig.entry("k", "v" + i)).toList()));
    String iterator = rig.iterator(stream, "shardId-000000000000", ShardIteratorType.TRIM_HORIZON);

    GetRecordsResponse first = kinesis.getRecords(r -> r.shardIterator(iterator).limit(4));
    assertThat(first.records())
        .extracting(KinesisRig::text)
        .containsExactly("v0", "v1", "v2", "v3");
    GetRecordsResponse rest = rig.get(first.nextShardIterator());
    assertThat(rest.records()).hasSize(6);
    assertThat(rest.millisBehindLatest()).isZero();
    assertThat(rest.childShards()).isEmpty();
    assertThat(rig.get(rest.nextShardIterator()).records()).isEmpty();
    assertValidationFails(() -> kinesis.getRecords(r -> r.shardIterator(iterator).limit(10_001)));
    assertValidationFails(() -> kinesis.getRecords(r -> r.shardIterator(iterator).limit(0)));
  }

  @Test
  void one_read_returns_at_most_ten_mebibytes() {
    String stream = rig.stream(1);
    PutRecordsRequestEntry large =
        PutRecordsRequestEntry.builder()
            .partitionKey("k")
            .data(SdkBytes.fromByteArray(new byte[900_000]))
            .build();
    for (int i = 0; i < 3; i++) {
      kinesis.putRecords(r -> r.streamName(stream).records(large, large, large, large, large));
    }

    GetRecordsResponse first =
        rig.get(rig.iterator(stream, "shardId-000000000000", ShardIteratorType.TRIM_HORIZON));

    assertThat(first.records()).hasSize(11);
    assertThat(first.millisBehindLatest()).isPositive();
    assertThat(rig.get(first.nextShardIterator()).records()).hasSize(4);
  }

  // --- resharding

  @Test
  void a_split_closes_the_parent_and_divides_its_range() {
    String stream = rig.stream(1);
    split(stream, "shardId-000000000000", MIDDLE_HASH);

    List<Shard> shards = rig.shards(stream);
    assertThat(shards).hasSize(3);
    assertThat(shards.getFirst().sequenceNumberRange().endingSequenceNumber()).isNotNull();
    assertThat(rig.openShards(stream))
        .hasSize(2)
        .allSatisfy(child -> assertThat(child.parentShardId()).isEqualTo("shardId-000000000000"));
    assertCovers(rig.openShards(stream));
    assertThat(rig.openShards(stream).get(1).hashKeyRange().startingHashKey())
        .isEqualTo(MIDDLE_HASH);
    BigInteger end = new BigInteger(shards.getFirst().sequenceNumberRange().endingSequenceNumber());
    assertThat(rig.openShards(stream))
        .allSatisfy(child ->
            assertThat(new BigInteger(child.sequenceNumberRange().startingSequenceNumber()))
                .isGreaterThan(end));
  }

  @Test
  void a_merge_joins_adjacent_shards_and_names_both_parents() {
    String stream = rig.stream(3);
    assertFails(
        InvalidArgumentException.class,
        () ->
            kinesis.mergeShards(r ->
                r.streamName(stream)
                    .shardToMerge("shardId-000000000000")
                    .adjacentShardToMerge("shardId-000000000002")));
    merge(stream, "shardId-000000000001", "shardId-000000000000");

    Shard child = rig.shards(stream).getLast();
    assertThat(child.shardId()).isEqualTo("shardId-000000000003");
    assertThat(child.parentShardId()).isEqualTo("shardId-000000000001");
    assertThat(child.adjacentParentShardId()).isEqualTo("shardId-000000000000");
    assertCovers(rig.openShards(stream));
  }

  @Test
  void a_shard_cannot_be_split_at_its_edge_or_after_it_was_closed() {
    String stream = rig.stream(1);

    for (String edge : List.of("0", "1", MAX_HASH.toString())) {
      assertFails(
          InvalidArgumentException.class, () -> split(stream, "shardId-000000000000", edge));
    }
    split(stream, "shardId-000000000000", MIDDLE_HASH);
    assertFails(KinesisException.class, () -> split(stream, "shardId-000000000000", "1000"));
    assertFails(
        ResourceNotFoundException.class, () -> split(stream, "shardId-000000000077", "1000"));
  }

  @Test
  void the_end_of_a_shard_names_its_children_and_gives_no_next_iterator() {
    String stream = rig.stream(1);
    rig.put(stream, "k", "before");
    split(stream, "shardId-000000000000", MIDDLE_HASH);
    rig.put(stream, "k", "after");

    GetRecordsResponse last =
        readToEnd(rig.iterator(stream, "shardId-000000000000", ShardIteratorType.TRIM_HORIZON));
    assertThat(last.nextShardIterator()).isNull();
    assertThat(last.childShards())
        .hasSize(2)
        .allSatisfy(
            child -> assertThat(child.parentShards()).containsExactly("shardId-000000000000"));
    assertThat(last.childShards().get(0).hashKeyRange().startingHashKey()).isEqualTo("0");
    assertThat(rig.texts(stream, "shardId-000000000000")).containsExactly("before");
    assertThat(rig.texts(stream, owner(rig.openShards(stream), HashRange.hashOf("k"))))
        .containsExactly("after");

    merge(stream, "shardId-000000000001", "shardId-000000000002");
    GetRecordsResponse end =
        readToEnd(rig.iterator(stream, "shardId-000000000002", ShardIteratorType.LATEST));
    assertThat(end.childShards())
        .singleElement()
        .satisfies(child ->
            assertThat(child.parentShards())
                .containsExactlyInAnyOrder("shardId-000000000001", "shardId-000000000002"));
  }

  @Test
  void update_shard_count_ends_in_even_shards_and_loses_nothing() {
    String stream = rig.stream(2);
    List<String> sent = new ArrayList<>();
    for (int target : new int[] {4, 3, 2, 1}) {
      for (int i = 0; i < 20; i++) {
        sent.add(target + "-" + i);
        rig.put(stream, "k" + i, target + "-" + i);
      }
      var response =
          kinesis.updateShardCount(r ->
              r.streamName(stream)
                  .targetShardCount(target)
                  .scalingType(ScalingType.UNIFORM_SCALING));
      assertThat(response.targetShardCount()).isEqualTo(target);
      rig.awaitActive(stream);
      assertThat(rig.openShards(stream)).hasSize(target);
      assertCovers(rig.openShards(stream));
      assertEven(rig.openShards(stream), target);
    }

    List<String> found = new ArrayList<>();
    rig.shards(stream).forEach(shard -> found.addAll(rig.texts(stream, shard.shardId())));
    assertThat(found).containsExactlyInAnyOrderElementsOf(sent);
    assertFails(
        KinesisException.class,
        () ->
            kinesis.updateShardCount(r ->
                r.streamName(stream).targetShardCount(3).scalingType(ScalingType.UNIFORM_SCALING)));
  }

  // --- listing shards

  /** 0 split into 1 and 2; then 1 and 2 merged into 3. */
  private String splitAndMerged() {
    String stream = rig.stream(1);
    split(stream, "shardId-000000000000", MIDDLE_HASH);
    merge(stream, "shardId-000000000001", "shardId-000000000002");
    return stream;
  }

  @Test
  void filters_tell_the_past_from_the_present_after_a_split_and_a_merge() {
    String stream = splitAndMerged();

    assertThat(ids(stream, ShardFilterType.AT_LATEST)).containsExactly(3);
    assertThat(ids(stream, ShardFilterType.AT_TRIM_HORIZON))
        .as("complete and without children")
        .containsExactly(0);
    assertThat(ids(stream, ShardFilterType.FROM_TRIM_HORIZON)).containsExactly(0, 1, 2, 3);
    assertThat(kinesis.listShards(r -> r.streamName(stream)).shards()).hasSize(4);
    assertThat(
            ids(
                stream,
                f -> f.type(ShardFilterType.AFTER_SHARD_ID).shardId("shardId-000000000001")))
        .containsExactly(2, 3);
    assertThat(ids(stream, f -> f.type(ShardFilterType.FROM_TIMESTAMP).timestamp(Instant.EPOCH)))
        .as("corrected to the trim horizon")
        .containsExactly(0, 1, 2, 3);
    assertThat(
            ids(
                stream,
                f -> f.type(ShardFilterType.AT_TIMESTAMP).timestamp(Instant.now().plusSeconds(2))))
        .containsExactly(3);
    assertThat(
            ids(
                stream,
                f ->
                    f.type(ShardFilterType.FROM_TIMESTAMP).timestamp(Instant.now().plusSeconds(2))))
        .containsExactly(3);
  }

  @Test
  void shards_are_listed_by_page_and_from_a_given_shard_on() {
    String stream = splitAndMerged();

    var first = kinesis.listShards(r -> r.streamName(stream).maxResults(3));
    assertThat(first.shards()).hasSize(3);
    var second = kinesis.listShards(r -> r.nextToken(first.nextToken()).maxResults(3));
    assertThat(second.shards()).extracting(Shard::shardId).containsExactly("shardId-000000000003");
    assertThat(second.nextToken()).isNull();
    assertThat(
            kinesis
                .listShards(r -> r.streamName(stream).exclusiveStartShardId("shardId-000000000002"))
                .shards())
        .extracting(Shard::shardId)
        .containsExactly("shardId-000000000003");
    assertFails(
        InvalidArgumentException.class,
        () -> kinesis.listShards(r -> r.streamName(stream).nextToken(first.nextToken())));
    assertFails(InvalidArgumentException.class, () -> kinesis.listShards(r -> r.nextToken("AAAA")));
  }

  @Test
  void a_page_keeps_the_filter_it_began_with() {
    String stream = rig.stream(4);
    kinesis.updateShardCount(
        r -> r.streamName(stream).targetShardCount(2).scalingType(ScalingType.UNIFORM_SCALING));
    rig.awaitActive(stream);

    var first =
        kinesis.listShards(r ->
            r.streamName(stream).maxResults(1).shardFilter(f -> f.type(ShardFilterType.AT_LATEST)));
    var second = kinesis.listShards(r -> r.nextToken(first.nextToken()));

    assertCovers(List.of(first.shards().getFirst(), second.shards().getFirst()));
    assertThat(second.shards()).hasSize(1);
  }

  // --- consumers

  @Test
  void consumers_are_registered_described_listed_and_deregistered() {
    String stream = rig.stream(1);
    String arn = rig.arn(stream);
    var registered =
        kinesis.registerStreamConsumer(r -> r.streamARN(arn).consumerName("reader")).consumer();
    assertThat(registered.consumerARN()).startsWith(arn + "/consumer/reader:");

    assertFails(
        ResourceInUseException.class,
        () -> kinesis.registerStreamConsumer(r -> r.streamARN(arn).consumerName("reader")));
    var byName =
        kinesis
            .describeStreamConsumer(r -> r.streamARN(arn).consumerName("reader"))
            .consumerDescription();
    assertThat(byName.consumerStatus()).isIn(ConsumerStatus.ACTIVE, ConsumerStatus.CREATING);
    assertThat(byName.streamARN()).isEqualTo(arn);
    assertThat(
            kinesis
                .describeStreamConsumer(r -> r.consumerARN(registered.consumerARN()))
                .consumerDescription()
                .consumerName())
        .isEqualTo("reader");
    assertThat(kinesis.listStreamConsumers(r -> r.streamARN(arn)).consumers())
        .singleElement()
        .satisfies(c -> assertThat(c.consumerName()).isEqualTo("reader"));
    assertFails(
        ResourceInUseException.class, () -> kinesis.deleteStream(r -> r.streamName(stream)));

    kinesis.deregisterStreamConsumer(r -> r.consumerARN(registered.consumerARN()));
    org.awaitility.Awaitility.await()
        .until(() -> kinesis.listStreamConsumers(r -> r.streamARN(arn)).consumers().isEmpty());
    assertFails(
        ResourceNotFoundException.class,
        () -> kinesis.describeStreamConsumer(r -> r.streamARN(arn).consumerName("reader")));
  }

  // --- clients

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void the_asynchronous_client_works_over(Protocol protocol) {
    String stream = rig.stream(1);
    KinesisAsyncClient async = rig.async(protocol);
    byte[] large = new byte[300_000];

    var puts =
        IntStream.range(0, 20)
            .mapToObj(i ->
                async.putRecord(r ->
                    r.streamName(stream).partitionKey("k" + i).data(SdkBytes.fromByteArray(large))))
            .toList();
    puts.forEach(put -> assertThat(put.join().sequenceNumber()).isNotEmpty());

    String iterator =
        async
            .getShardIterator(r ->
                r.streamName(stream)
                    .shardId("shardId-000000000000")
                    .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
            .join()
            .shardIterator();
    assertThat(async.getRecords(r -> r.shardIterator(iterator)).join().records()).hasSize(20);
    assertThatThrownBy(
            () -> async.describeStreamSummary(r -> r.streamName("no-such-stream")).join())
        .hasCauseInstanceOf(ResourceNotFoundException.class);
  }

  // --- helpers

  private static void split(String stream, String shard, String boundary) {
    kinesis.splitShard(r -> r.streamName(stream).shardToSplit(shard).newStartingHashKey(boundary));
    rig.awaitActive(stream);
  }

  private static void merge(String stream, String shard, String adjacent) {
    kinesis.mergeShards(
        r -> r.streamName(stream).shardToMerge(shard).adjacentShardToMerge(adjacent));
    rig.awaitActive(stream);
  }

  private static String iteratorAt(String stream, ShardIteratorType type, String sequenceNumber) {
    return kinesis
        .getShardIterator(r ->
            r.streamName(stream)
                .shardId("shardId-000000000000")
                .shardIteratorType(type)
                .startingSequenceNumber(sequenceNumber))
        .shardIterator();
  }

  private static String iteratorAt(String stream, Instant time) {
    return kinesis
        .getShardIterator(r ->
            r.streamName(stream)
                .shardId("shardId-000000000000")
                .shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
                .timestamp(time))
        .shardIterator();
  }

  private static GetRecordsResponse readToEnd(String iterator) {
    GetRecordsResponse response = rig.get(iterator);
    while (response.nextShardIterator() != null) {
      response = rig.get(response.nextShardIterator());
    }
    return response;
  }

  private static List<Integer> ids(String stream, ShardFilterType type) {
    return ids(stream, f -> f.type(type));
  }

  private static List<Integer> ids(
      String stream, java.util.function.Consumer<ShardFilter.Builder> filter) {
    return kinesis.listShards(r -> r.streamName(stream).shardFilter(filter)).shards().stream()
        .map(shard -> Integer.parseInt(shard.shardId().substring("shardId-".length())))
        .toList();
  }

  private static String owner(List<Shard> shards, BigInteger hash) {
    return shards.stream()
        .filter(shard ->
            new BigInteger(shard.hashKeyRange().startingHashKey()).compareTo(hash) <= 0
                && new BigInteger(shard.hashKeyRange().endingHashKey()).compareTo(hash) >= 0)
        .map(Shard::shardId)
        .findFirst()
        .orElseThrow();
  }

  private static void assertCovers(List<Shard> shards) {
    BigInteger next = BigInteger.ZERO;
    for (Shard shard :
        shards.stream()
            .sorted(
                java.util.Comparator.comparing(
                    s -> new BigInteger(s.hashKeyRange().startingHashKey())))
            .toList()) {
      assertThat(new BigInteger(shard.hashKeyRange().startingHashKey())).isEqualTo(next);
      next = new BigInteger(shard.hashKeyRange().endingHashKey()).add(BigInteger.ONE);
    }
    assertThat(next.subtract(BigInteger.ONE)).isEqualTo(MAX_HASH);
  }

  private static void assertEven(List<Shard> shards, int count) {
    BigInteger even = BigInteger.TWO.pow(128).divide(BigInteger.valueOf(count));
    for (Shard shard : shards) {
      BigInteger size =
          new BigInteger(shard.hashKeyRange().endingHashKey())
              .subtract(new BigInteger(shard.hashKeyRange().startingHashKey()));
      assertThat(size.subtract(even).abs()).isLessThan(BigInteger.valueOf(1000));
    }
  }

  private static void assertFails(
      Class<? extends AwsServiceException> type, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(type)
        .asInstanceOf(
            org.assertj.core.api.InstanceOfAssertFactories.throwable(AwsServiceException.class))
        .satisfies(error -> assertThat(error.statusCode()).isBetween(400, 499));
  }

  private static void assertValidationFails(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            KinesisException.class,
            error ->
                assertThat(error.awsErrorDetails().errorCode()).isEqualTo("ValidationException"));
  }
}
