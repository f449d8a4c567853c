package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.ExpiredNextTokenException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import tools.jackson.databind.JsonNode;

/**
 * What only our own service has: injected time, shard limits on demand, injected faults, bounded
 * memory, the admin calls.
 */
class LocalKinesisTest {

  private static final String SHARD_0 = "shardId-000000000000";

  private final ManualClock clock = new ManualClock();
  private final HttpClient http = HttpClient.newHttpClient();
  private KinesisRig rig = KinesisRig.local(LocalKinesis.Options.defaults().withClock(clock));

  @AfterEach
  void stop() {
    http.close();
    rig.close();
  }

  private void restart(LocalKinesis.Options options) {
    rig.close();
    rig = KinesisRig.local(options.withClock(clock));
  }

  // --- time

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

  private List<String> listed(String stream, ShardFilterType type, java.time.Instant time) {
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

  // --- limits

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
    assertThat(recordsOf(stream)).as("throttled records are not kept").isEqualTo(1000);
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

  // --- faults

  @Test
  void partial_fail_refuses_some_records_and_keeps_the_others() throws Exception {
    String stream = rig.stream(1);
    fault("{'op':'PutRecords','action':'partial-fail','count':1,'seed':7}");
    List<PutRecordsRequestEntry> batch =
        IntStream.range(0, 100).mapToObj(i -> KinesisRig.entry("k" + i, "v" + i)).toList();

    PutRecordsResponse response = rig.client().putRecords(r -> r.streamName(stream).records(batch));

    assertThat(response.failedRecordCount()).isBetween(1, 99);
    List<PutRecordsResultEntry> refused =
        response.records().stream().filter(r -> r.errorCode() != null).toList();
    assertThat(refused)
        .hasSize(response.failedRecordCount())
        .allSatisfy(r -> assertThat(r.sequenceNumber()).isNull());
    assertThat(refused)
        .extracting(PutRecordsResultEntry::errorCode)
        .containsOnly("ProvisionedThroughputExceededException", "InternalFailure");
    List<String> kept =
        IntStream.range(0, 100)
            .filter(i -> response.records().get(i).errorCode() == null)
            .mapToObj(i -> "v" + i)
            .toList();
    assertThat(rig.texts(stream, SHARD_0)).containsExactlyElementsOf(kept);
    assertThat(
            rig.client().putRecords(r -> r.streamName(stream).records(batch)).failedRecordCount())
        .as("the count is used up")
        .isZero();
  }

  @Test
  void the_same_seed_fails_the_same_records() throws Exception {
    String stream = rig.stream(1);
    List<PutRecordsRequestEntry> batch =
        IntStream.range(0, 50).mapToObj(i -> KinesisRig.entry("k" + i, "v" + i)).toList();

    List<List<Boolean>> runs =
        List.of(
            failuresOf(stream, batch, "{'op':'PutRecords','action':'partial-fail','seed':11}"),
            failuresOf(stream, batch, "{'op':'PutRecords','action':'partial-fail','seed':11}"));

    assertThat(runs.get(0)).isEqualTo(runs.get(1)).contains(true, false);
  }

  private List<Boolean> failuresOf(String stream, List<PutRecordsRequestEntry> batch, String rule)
      throws Exception {
    clearFaults();
    fault(rule);
    return rig.client().putRecords(r -> r.streamName(stream).records(batch)).records().stream()
        .map(r -> r.errorCode() != null)
        .toList();
  }

  @Test
  void throttle_and_error500_refuse_without_effect() throws Exception {
    String stream = rig.stream(1);
    fault("{'op':'PutRecord','action':'throttle','count':1}");
    fault("{'op':'*','action':'error500','count':1,'stream':'another'}");

    assertThatThrownBy(() -> rig.put(stream, "k", "1"))
        .isInstanceOf(ProvisionedThroughputExceededException.class);
    fault("{'op':'PutRecord','action':'error500','count':1}");
    assertThatThrownBy(() -> rig.put(stream, "k", "2"))
        .isInstanceOfSatisfying(
            KinesisException.class, error -> assertThat(error.statusCode()).isEqualTo(500));
    rig.put(stream, "k", "3");

    assertThat(rig.texts(stream, SHARD_0)).containsExactly("3");
  }

  @Test
  void drop_does_the_work_and_loses_the_answer() throws Exception {
    String stream = rig.stream(1);
    fault("{'op':'PutRecord','action':'drop','count':1}");

    assertThatThrownBy(() -> rig.put(stream, "k", "unknown outcome"))
        .isInstanceOf(SdkClientException.class);

    assertThat(rig.texts(stream, SHARD_0)).containsExactly("unknown outcome");
  }

  @Test
  void delay_holds_a_call_back_and_no_other() throws Exception {
    String stream = rig.stream(1);
    fault("{'op':'PutRecord','action':'delay','millis':60000,'stream':'" + stream + "'}");
    CompletableFuture<?> delayed =
        rig.async(Protocol.HTTP1_1)
            .putRecord(r -> r.streamName(stream).partitionKey("k").data(KinesisRig.bytes("late")));
    await().until(() -> faults().get(0).get("hits").longValue() == 1);
    rig.put(rig.stream(1), "k", "others go on");

    assertThat(delayed).isNotDone();
    assertThat(recordsOf(stream)).isZero();
  }

  @Test
  void probability_hits_that_share_of_the_calls() throws Exception {
    String stream = rig.stream(1);
    fault("{'op':'PutRecord','action':'throttle','probability':0.3,'seed':5}");

    long refused = 0;
    for (int i = 0; i < 200; i++) {
      try {
        rig.put(stream, "k", "x");
      } catch (ProvisionedThroughputExceededException expected) {
        refused++;
      }
    }

    assertThat(refused).isBetween(40L, 80L);
  }

  @Test
  void faults_are_listed_and_cleared() throws Exception {
    fault("{'op':'PutRecord','action':'throttle','count':3,'seed':1}");

    JsonNode listed = faults();
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).get("left").intValue()).isEqualTo(3);
    clearFaults();
    assertThat(faults()).isEmpty();
    rig.put(rig.stream(1), "k", "x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{'op':'PutRecord'}",
        "{'op':'PutRecord','action':'explode'}",
        "{'op':'GetRecords','action':'partial-fail'}",
        "{'op':'PutRecord','action':'delay'}",
        "{'op':'PutRecord','action':'delay','millis':99999999}",
        "{'op':'PutRecord','action':'throttle','probability':2}",
        "{'op':'PutRecord','action':'throttle','count':0}"
      })
  void a_fault_that_makes_no_sense_is_refused(String rule) throws Exception {
    assertThat(send("POST", "/__admin/faults", rule.replace('\'', '"')).statusCode())
        .isEqualTo(400);
    assertThat(faults()).isEmpty();
  }

  // --- the protocol, without an SDK

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "PutRecord; not json; SerializationException",
        "PutRecord; []; SerializationException",
        "PutRecord; {'StreamName':7}; SerializationException",
        "PutRecord; {'StreamName':'hostile','PartitionKey':'k','Data':'***'}; SerializationException",
        "PutRecord; {'StreamName':'hostile','PartitionKey':'k'}; ValidationException",
        "PutRecord; {'StreamARN':'arn:nonsense','PartitionKey':'k','Data':''}; ValidationException",
        "PutRecords; {'StreamName':'hostile','Records':{}}; SerializationException",
        "PutRecords; {'StreamName':'hostile','Records':[1]}; SerializationException",
        "GetRecords; {'ShardIterator':'x','Limit':1.5}; SerializationException",
        "ListShards; {}; InvalidArgumentException",
        "ListShards; {'StreamName':'hostile','ShardFilter':{'Type':'AT_TIMESTAMP','Timestamp':1e400}}; SerializationException",
        "ListShards; {'StreamName':'hostile','ShardFilter':{'Type':'AT_TIMESTAMP'}}; InvalidArgumentException",
        "ListShards; {'StreamName':'hostile','ShardFilter':{'Type':'SOMETIMES'}}; ValidationException",
        "CreateStream; {'StreamName':'huge','ShardCount':2147483647}; LimitExceededException",
        "CreateStream; {'StreamName':'none'}; ValidationException",
        "SubscribeToShard; {}; UnknownOperationException",
        "Nonsense; {}; UnknownOperationException"
      })
  void bad_requests_get_a_typed_error(String op, String body, String type) throws Exception {
    rig.client().createStream(r -> r.streamName("hostile").shardCount(1));

    HttpResponse<String> response =
        call("Kinesis_20131202." + op, "application/x-amz-json-1.1", body.replace('\'', '"'));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue(type);
    JsonNode error = Request.JSON.readTree(response.body());
    assertThat(error.get("__type").stringValue()).isEqualTo(type);
    assertThat(error.get("message").stringValue()).isNotBlank();
    assertThat(recordsOf("hostile")).isZero();
  }

  @Test
  void a_call_without_a_target_or_in_cbor_is_told_so() throws Exception {
    assertThat(send("POST", "/", "{}").statusCode()).isEqualTo(400);
    assertThat(
            call("DynamoDB_20120810.ListTables", "application/x-amz-json-1.0", "{}").statusCode())
        .isEqualTo(400);
    HttpResponse<String> cbor =
        call("Kinesis_20131202.ListStreams", "application/x-amz-cbor-1.1", "x");
    assertThat(cbor.statusCode()).isEqualTo(415);
    assertThat(cbor.body()).contains("aws.cborEnabled=false");
    assertThat(send("GET", "/nowhere", "").statusCode()).isEqualTo(404);
  }

  @Test
  void a_body_beyond_every_limit_is_refused() throws Exception {
    assertThat(
            call("Kinesis_20131202.PutRecord", "application/x-amz-json-1.1", "x".repeat(25 << 20))
                .statusCode())
        .isEqualTo(413);
  }

  @Test
  void the_state_shows_streams_shards_and_counts() throws Exception {
    String stream = rig.stream(1);
    rig.put(stream, "k", "1");
    rig.put(stream, "k", "2");
    rig.client()
        .splitShard(r -> r.streamName(stream).shardToSplit(SHARD_0).newStartingHashKey("1000"));

    JsonNode state =
        Request.JSON.readTree(send("GET", "/__admin/state", "").body()).get("streams").get(0);

    assertThat(state.get("name").stringValue()).isEqualTo(stream);
    assertThat(state.get("records").longValue()).isEqualTo(2);
    assertThat(state.get("shards")).hasSize(3);
    assertThat(state.get("shards").get(0).get("open").booleanValue()).isFalse();
    assertThat(state.get("shards").get(0).get("records").intValue()).isEqualTo(2);
  }

  private long recordsOf(String stream) {
    try {
      for (JsonNode one :
          Request.JSON.readTree(send("GET", "/__admin/state", "").body()).get("streams")) {
        if (one.get("name").stringValue().equals(stream)) {
          return one.get("records").longValue();
        }
      }
      return -1;
    } catch (IOException | InterruptedException unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  private void fault(String rule) throws IOException, InterruptedException {
    assertThat(send("POST", "/__admin/faults", rule.replace('\'', '"')).statusCode())
        .isEqualTo(201);
  }

  private JsonNode faults() throws IOException, InterruptedException {
    return Request.JSON.readTree(send("GET", "/__admin/faults", "").body()).get("faults");
  }

  private void clearFaults() throws IOException, InterruptedException {
    assertThat(send("DELETE", "/__admin/faults", "").statusCode()).isEqualTo(204);
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(rig.endpoint().resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> call(String target, String type, String body)
      throws IOException, InterruptedException {
    URI root = rig.endpoint().resolve("/");
    return http.send(
        HttpRequest.newBuilder(root)
            .version(HttpClient.Version.HTTP_1_1)
            .header("X-Amz-Target", target)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
