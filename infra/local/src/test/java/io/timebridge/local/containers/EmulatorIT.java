package io.timebridge.local.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.SnsAlerts;
import io.timebridge.aws.RequiredResources;
import io.timebridge.failure.SqsRetryQueue;
import io.timebridge.failure.WakeUp;
import io.timebridge.publish.KinesisPublisher;
import io.timebridge.publish.Publisher;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * What the product asks of Kinesis, SQS and SNS, against an AWS that we did not make: see {@link
 * Emulator}. DynamoDB's part is {@code EmulatorEntryStoreIT}.
 */
class EmulatorIT {
  private static final Names NAMES = new Names("it-");
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private static Emulator emulator;

  @BeforeAll
  static void start() {
    emulator = Emulator.start(NAMES);
  }

  @AfterAll
  static void stop() {
    if (emulator != null) {
      emulator.close();
    }
  }

  @Test
  void has_everything_that_the_product_needs() {
    assertThat(RequiredResources.everything().missing(emulator.clients(), NAMES)).isEmpty();
  }

  @Test
  void keeps_what_was_published_of_a_key_in_order() throws Exception {
    List<CompletableFuture<Publisher.Outcome>> outcomes = new ArrayList<>();
    try (Publisher publisher =
        KinesisPublisher.open(emulator.clients(), NAMES, Set.of(StreamName.TIMESHEET_EVENTS))) {
      for (int i = 0; i < 20; i++) {
        outcomes.add(publisher.submit(StreamName.TIMESHEET_EVENTS, envelope(i), WITHIN));
      }
      for (CompletableFuture<Publisher.Outcome> outcome : outcomes) {
        assertThat(outcome.get()).isInstanceOf(Publisher.Outcome.Acknowledged.class);
      }
    }
    assertThat(read(20)).isEqualTo(IntStream.range(0, 20).mapToObj(i -> "event-" + i).toList());
  }

  private static Envelope envelope(int i) {
    return new Envelope(
        "event-" + i,
        Envelope.Source.FIRST_SERVICE,
        Route.TIMESHEET_UPDATE,
        "7",
        Instant.EPOCH,
        Map.of(),
        "{}".getBytes(StandardCharsets.UTF_8),
        null);
  }

  /** The ids of the envelopes on the only shard. */
  private static List<String> read(int count) {
    String stream = NAMES.stream(StreamName.TIMESHEET_EVENTS);
    List<String> ids = new ArrayList<>();
    try (KinesisClient kinesis = emulator.clients().kinesis()) {
      String shard = kinesis.listShards(r -> r.streamName(stream)).shards().getFirst().shardId();
      String[] iterator = {
        kinesis
            .getShardIterator(r ->
                r.streamName(stream)
                    .shardId(shard)
                    .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
            .shardIterator()
      };
      Awaitility.await()
          .atMost(WITHIN)
          .until(() -> {
            GetRecordsResponse page = kinesis.getRecords(r -> r.shardIterator(iterator[0]));
            page.records().forEach(record -> ids.add(id(record)));
            iterator[0] = page.nextShardIterator();
            return ids.size() >= count;
          });
    }
    return ids;
  }

  private static String id(Record record) {
    return switch (EnvelopeCodec.decode(record.data().asByteArray())) {
      case EnvelopeCodec.Decoded.Read(Envelope envelope) -> envelope.id();
      case EnvelopeCodec.Decoded.Unreadable unreadable -> unreadable.toString();
    };
  }

  @Test
  void keeps_wake_ups_of_a_key_in_order_and_one_at_a_time() throws Exception {
    try (SqsClient sqs = emulator.clients().sqs()) {
      SqsRetryQueue queue = new SqsRetryQueue(sqs, NAMES);
      queue.send(new WakeUp("7", 1, "CLOSED_JOB"));
      queue.send(new WakeUp("7", 1, "CLOSED_JOB"));
      queue.send(new WakeUp("7", 2, "CLOSED_JOB"));

      String url = sqs.getQueueUrl(r -> r.queueName(NAMES.queue(QueueName.RETRY))).queueUrl();
      Message first = receive(sqs, url);
      assertThat(sqs.receiveMessage(r -> r.queueUrl(url)).messages())
          .as("while one of the key is out")
          .isEmpty();
      sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(first.receiptHandle()));
      Message second = receive(sqs, url);
      sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(second.receiptHandle()));
      assertThat(List.of(first.body(), second.body())).doesNotHaveDuplicates();
      assertThat(sqs.receiveMessage(r -> r.queueUrl(url)).messages())
          .as("the doubled one of episode 1")
          .isEmpty();
    }
  }

  private static Message receive(SqsClient sqs, String url) {
    return Awaitility.await()
        .atMost(WITHIN)
        .until(
            () -> sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(1)).messages(),
            messages -> messages.size() == 1)
        .getFirst();
  }

  @Test
  void takes_an_alert_once() throws Exception {
    try (SnsClient sns = emulator.clients().sns();
        DynamoDbClient dynamoDb = emulator.clients().dynamoDb()) {
      SnsAlerts alerts = new SnsAlerts(sns, dynamoDb, NAMES, InstantSource.system());
      Alert alert = new Alert("it", "a title", "what is wrong", List.of("do this"), List.of("it"));
      assertThat(alerts.raise(alert, 1)).isTrue();
      assertThat(alerts.raise(alert, 1)).isFalse();
    }
  }
}
