package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What our own service answers to calls that no SDK would make. */
class LocalKinesisProtocolTest {

  private static final String SHARD_0 = "shardId-000000000000";

  private final KinesisRig rig = KinesisRig.local(LocalKinesis.Options.defaults());
  private final AdminCalls admin = new AdminCalls(rig.endpoint());

  @AfterEach
  void stop() {
    admin.close();
    rig.close();
  }

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
        admin.call("Kinesis_20131202." + op, "application/x-amz-json-1.1", body.replace('\'', '"'));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue(type);
    JsonNode error = Request.JSON.readTree(response.body());
    assertThat(error.get("__type").stringValue()).isEqualTo(type);
    assertThat(error.get("message").stringValue()).isNotBlank();
    assertThat(admin.recordsOf("hostile")).isZero();
  }

  @Test
  void a_call_without_a_target_or_in_cbor_is_told_so() throws Exception {
    assertThat(admin.send("POST", "/", "{}").statusCode()).isEqualTo(400);
    assertThat(
            admin
                .call("DynamoDB_20120810.ListTables", "application/x-amz-json-1.0", "{}")
                .statusCode())
        .isEqualTo(400);
    HttpResponse<String> cbor =
        admin.call("Kinesis_20131202.ListStreams", "application/x-amz-cbor-1.1", "x");
    assertThat(cbor.statusCode()).isEqualTo(415);
    assertThat(cbor.body()).contains("aws.cborEnabled=false");
    assertThat(admin.send("GET", "/nowhere", "").statusCode()).isEqualTo(404);
  }

  @Test
  void a_body_beyond_every_limit_is_refused_and_harms_nobody() throws Exception {
    String type = "application/x-amz-json-1.1";
    try {
      assertThat(admin.call("Kinesis_20131202.PutRecord", type, "x".repeat(25 << 20)).statusCode())
          .isEqualTo(413);
    } catch (IOException closed) {
      // The connection is closed while the body is still being sent: the answer may get lost.
      assertThat(closed).isNotInstanceOf(HttpTimeoutException.class);
    }
    assertThat(admin.call("Kinesis_20131202.ListStreams", type, "{}").statusCode()).isEqualTo(200);
  }

  @Test
  void the_state_shows_streams_shards_and_counts() throws Exception {
    String stream = rig.stream(1);
    rig.put(stream, "k", "1");
    rig.put(stream, "k", "2");
    rig.client()
        .splitShard(r -> r.streamName(stream).shardToSplit(SHARD_0).newStartingHashKey("1000"));

    JsonNode state =
        Request.JSON.readTree(admin.send("GET", "/__admin/state", "").body()).get("streams").get(0);

    assertThat(state.get("name").stringValue()).isEqualTo(stream);
    assertThat(state.get("records").longValue()).isEqualTo(2);
    assertThat(state.get("shards")).hasSize(3);
    assertThat(state.get("shards").get(0).get("open").booleanValue()).isFalse();
    assertThat(state.get("shards").get(0).get("records").intValue()).isEqualTo(2);
  }
}
