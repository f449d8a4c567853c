package io.timebridge.local.kinesis;

import static io.timebridge.local.kinesis.KinesisChecks.assertCovers;
import static io.timebridge.local.kinesis.KinesisChecks.assertFails;
import static io.timebridge.local.kinesis.KinesisChecks.assertValidationFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * What the Kinesis API documents of streams, consumers and clients, asserted through the AWS SDK:
 * against our own service by default, against any other when the system property {@code
 * timebridge.kinesis.endpoint} names one.
 */
class KinesisContractTest {

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
        r -> r.streamName(stream).tags(Map.of("team", "time", "stage", "test")));
    kinesis.removeTagsFromStream(r -> r.streamName(stream).tagKeys("stage"));

    var tags = kinesis.listTagsForStream(r -> r.streamName(stream));
    assertThat(tags.tags())
        .singleElement()
        .satisfies(tag -> assertThat(tag.key() + "=" + tag.value()).isEqualTo("team=time"));
    assertThat(tags.hasMoreTags()).isFalse();
    var limits = kinesis.describeLimits();
    assertThat(limits.openShardCount()).isBetween(1, limits.shardLimit());
  }

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
    await().until(() -> kinesis.listStreamConsumers(r -> r.streamARN(arn)).consumers().isEmpty());
    assertFails(
        ResourceNotFoundException.class,
        () -> kinesis.describeStreamConsumer(r -> r.streamARN(arn).consumerName("reader")));
  }

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
}
