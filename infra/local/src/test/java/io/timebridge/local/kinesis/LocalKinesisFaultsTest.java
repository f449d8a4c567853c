package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import tools.jackson.databind.JsonNode;

/** The failures our own service injects on request. */
class LocalKinesisFaultsTest {

  private static final String SHARD_0 = "shardId-000000000000";

  private final KinesisRig rig = KinesisRig.local(LocalKinesis.Options.defaults());
  private final AdminCalls admin = new AdminCalls(rig.endpoint());

  @AfterEach
  void stop() {
    admin.close();
    rig.close();
  }

  @Test
  void partial_fail_refuses_some_records_and_keeps_the_others() throws Exception {
    String stream = rig.stream(1);
    admin.fault("{'op':'PutRecords','action':'partial-fail','count':1,'seed':7}");
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
    admin.clearFaults();
    admin.fault(rule);
    return rig.client().putRecords(r -> r.streamName(stream).records(batch)).records().stream()
        .map(r -> r.errorCode() != null)
        .toList();
  }

  @Test
  void throttle_and_error500_refuse_without_effect() throws Exception {
    String stream = rig.stream(1);
    admin.fault("{'op':'PutRecord','action':'throttle','count':1}");
    admin.fault("{'op':'*','action':'error500','count':1,'stream':'another'}");

    assertThatThrownBy(() -> rig.put(stream, "k", "1"))
        .isInstanceOf(ProvisionedThroughputExceededException.class);
    admin.fault("{'op':'PutRecord','action':'error500','count':1}");
    assertThatThrownBy(() -> rig.put(stream, "k", "2"))
        .isInstanceOfSatisfying(
            KinesisException.class, error -> assertThat(error.statusCode()).isEqualTo(500));
    rig.put(stream, "k", "3");

    assertThat(rig.texts(stream, SHARD_0)).containsExactly("3");
  }

  @Test
  void drop_does_the_work_and_loses_the_answer() throws Exception {
    String stream = rig.stream(1);
    admin.fault("{'op':'PutRecord','action':'drop','count':1}");

    assertThatThrownBy(() -> rig.put(stream, "k", "unknown outcome"))
        .isInstanceOf(SdkClientException.class);

    assertThat(rig.texts(stream, SHARD_0)).containsExactly("unknown outcome");
  }

  @Test
  void delay_holds_a_call_back_and_no_other() throws Exception {
    String stream = rig.stream(1);
    admin.fault("{'op':'PutRecord','action':'delay','millis':60000,'stream':'" + stream + "'}");
    CompletableFuture<?> delayed =
        rig.async(Protocol.HTTP1_1)
            .putRecord(r -> r.streamName(stream).partitionKey("k").data(KinesisRig.bytes("late")));
    await().until(() -> admin.faults().get(0).get("hits").longValue() == 1);
    rig.put(rig.stream(1), "k", "others go on");

    assertThat(delayed).isNotDone();
    assertThat(admin.recordsOf(stream)).isZero();
  }

  @Test
  void probability_hits_that_share_of_the_calls() throws Exception {
    String stream = rig.stream(1);
    admin.fault("{'op':'PutRecord','action':'throttle','probability':0.3,'seed':5}");

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
    admin.fault("{'op':'PutRecord','action':'throttle','count':3,'seed':1}");

    JsonNode listed = admin.faults();
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).get("left").intValue()).isEqualTo(3);
    admin.clearFaults();
    assertThat(admin.faults()).isEmpty();
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
    assertThat(admin.send("POST", "/__admin/faults", rule.replace('\'', '"')).statusCode())
        .isEqualTo(400);
    assertThat(admin.faults()).isEmpty();
  }
}
