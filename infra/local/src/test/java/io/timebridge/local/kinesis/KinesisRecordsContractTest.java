package io.timebridge.local.kinesis;

import static io.timebridge.local.kinesis.KinesisChecks.MAX_HASH;
import static io.timebridge.local.kinesis.KinesisChecks.MIDDLE_HASH;
import static io.timebridge.local.kinesis.KinesisChecks.assertFails;
import static io.timebridge.local.kinesis.KinesisChecks.assertValidationFails;
import static io.timebridge.local.kinesis.KinesisChecks.owner;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * What the Kinesis API documents of putting and reading records; runs where {@link
 * KinesisContractTest} runs.
 */
class KinesisRecordsContractTest {

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
    rig.split(stream, "shardId-000000000000", MIDDLE_HASH);
    numbers.add(new BigInteger(rig.put(stream, "same", "4")));
    rig.merge(stream, "shardId-000000000001", "shardId-000000000002");
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

    assertThat(rig.readFrom(rig.iteratorAt(stream, ShardIteratorType.AT_SEQUENCE_NUMBER, second)))
        .extracting(KinesisRig::text)
        .containsExactly("2", "3");
    assertThat(
            rig.readFrom(rig.iteratorAt(stream, ShardIteratorType.AFTER_SEQUENCE_NUMBER, second)))
        .extracting(KinesisRig::text)
        .containsExactly("3");
    String start = rig.shards(stream).getFirst().sequenceNumberRange().startingSequenceNumber();
    assertThat(rig.readFrom(rig.iteratorAt(stream, ShardIteratorType.AT_SEQUENCE_NUMBER, start)))
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

    assertThat(rig.readFrom(rig.iteratorAt(stream, second)))
        .extracting(KinesisRig::text)
        .containsExactlyElementsOf(expected);
    assertThat(rig.readFrom(rig.iteratorAt(stream, second.minusSeconds(3600)))).hasSize(2);
    assertFails(
        InvalidArgumentException.class,
        () -> rig.iteratorAt(stream, Instant.now().plusSeconds(3600)));
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
        () -> rig.iteratorAt(stream, ShardIteratorType.AT_SEQUENCE_NUMBER, inSecond));
    assertFails(
        InvalidArgumentException.class,
        () -> rig.iteratorAt(stream, ShardIteratorType.AT_SEQUENCE_NUMBER, "12345"));
    assertFails(
        KinesisException.class,
        () -> rig.iteratorAt(stream, ShardIteratorType.AFTER_SEQUENCE_NUMBER, "not a number"));
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
}
