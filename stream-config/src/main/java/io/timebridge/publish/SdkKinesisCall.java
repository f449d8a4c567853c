package io.timebridge.publish;

import io.timebridge.aws.AwsClients;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * Kinesis by the SDK, without the SDK's retries: the publisher's own know about keys and deadlines.
 */
final class SdkKinesisCall implements KinesisCall {
  /**
   * Longest wait for one answer; below the gateway's default patience, so that one more fits in.
   */
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

  private final KinesisClient client;

  SdkKinesisCall(AwsClients clients, int connections) {
    this.client =
        clients
            .configure(
                "kinesis",
                KinesisClient.builder()
                    .httpClientBuilder(
                        ApacheHttpClient.builder()
                            .maxConnections(connections)
                            .connectionTimeout(Duration.ofSeconds(1))
                            .socketTimeout(CALL_TIMEOUT)))
            .overrideConfiguration(o ->
                o.apiCallTimeout(CALL_TIMEOUT)
                    .apiCallAttemptTimeout(CALL_TIMEOUT)
                    .retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
  }

  @Override
  public List<Answer> put(String stream, List<Entry> entries) {
    List<PutRecordsRequestEntry> records =
        entries.stream()
            .map(e ->
                PutRecordsRequestEntry.builder()
                    .partitionKey(e.key())
                    .data(SdkBytes.fromByteArrayUnsafe(e.data()))
                    .build())
            .toList();
    return client.putRecords(r -> r.streamName(stream).records(records)).records().stream()
        .map(SdkKinesisCall::answer)
        .toList();
  }

  private static Answer answer(PutRecordsResultEntry entry) {
    return entry.errorCode() == null && entry.sequenceNumber() != null
        ? new Answer.Stored(String.valueOf(entry.shardId()), entry.sequenceNumber())
        : new Answer.Refused(String.valueOf(entry.errorCode()));
  }

  @Override
  public void probe(String stream) {
    StreamStatus status =
        client
            .describeStreamSummary(r -> r.streamName(stream))
            .streamDescriptionSummary()
            .streamStatus();
    if (status != StreamStatus.ACTIVE && status != StreamStatus.UPDATING) {
      throw new IllegalStateException("stream " + stream + " is " + status);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
