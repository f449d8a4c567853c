package io.timebridge.local.kinesis;

import static io.timebridge.local.kinesis.KinesisChecks.MAX_HASH;
import static io.timebridge.local.kinesis.KinesisChecks.MIDDLE_HASH;
import static io.timebridge.local.kinesis.KinesisChecks.assertCovers;
import static io.timebridge.local.kinesis.KinesisChecks.assertEven;
import static io.timebridge.local.kinesis.KinesisChecks.assertFails;
import static io.timebridge.local.kinesis.KinesisChecks.owner;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilter;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * What the Kinesis API documents of splitting, merging and listing shards; runs where {@link
 * KinesisContractTest} runs.
 */
class KinesisReshardingContractTest {

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
  void a_split_closes_the_parent_and_divides_its_range() {
    String stream = rig.stream(1);
    rig.split(stream, "shardId-000000000000", MIDDLE_HASH);

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
    rig.merge(stream, "shardId-000000000001", "shardId-000000000000");

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
          InvalidArgumentException.class, () -> rig.split(stream, "shardId-000000000000", edge));
    }
    rig.split(stream, "shardId-000000000000", MIDDLE_HASH);
    assertFails(KinesisException.class, () -> rig.split(stream, "shardId-000000000000", "1000"));
    assertFails(
        ResourceNotFoundException.class, () -> rig.split(stream, "shardId-000000000077", "1000"));
  }

  @Test
  void the_end_of_a_shard_names_its_children_and_gives_no_next_iterator() {
    String stream = rig.stream(1);
    rig.put(stream, "k", "before");
    rig.split(stream, "shardId-000000000000", MIDDLE_HASH);
    rig.put(stream, "k", "after");

    GetRecordsResponse last =
        rig.readToEnd(rig.iterator(stream, "shardId-000000000000", ShardIteratorType.TRIM_HORIZON));
    assertThat(last.nextShardIterator()).isNull();
    assertThat(last.childShards())
        .hasSize(2)
        .allSatisfy(
            child -> assertThat(child.parentShards()).containsExactly("shardId-000000000000"));
    assertThat(last.childShards().get(0).hashKeyRange().startingHashKey()).isEqualTo("0");
    assertThat(rig.texts(stream, "shardId-000000000000")).containsExactly("before");
    assertThat(rig.texts(stream, owner(rig.openShards(stream), HashRange.hashOf("k"))))
        .containsExactly("after");

    rig.merge(stream, "shardId-000000000001", "shardId-000000000002");
    GetRecordsResponse end =
        rig.readToEnd(rig.iterator(stream, "shardId-000000000002", ShardIteratorType.LATEST));
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

  /** 0 split into 1 and 2; then 1 and 2 merged into 3. */
  private String splitAndMerged() {
    String stream = rig.stream(1);
    rig.split(stream, "shardId-000000000000", MIDDLE_HASH);
    rig.merge(stream, "shardId-000000000001", "shardId-000000000002");
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

  private static List<Integer> ids(String stream, ShardFilterType type) {
    return ids(stream, f -> f.type(type));
  }

  private static List<Integer> ids(String stream, Consumer<ShardFilter.Builder> filter) {
    return kinesis.listShards(r -> r.streamName(stream).shardFilter(filter)).shards().stream()
        .map(shard -> Integer.parseInt(shard.shardId().substring("shardId-".length())))
        .toList();
  }
}
