package io.timebridge.deadletters;

import io.timebridge.admission.Quarantine;
import io.timebridge.admission.StreamPosition;
import io.timebridge.failure.DynamoDbParkedEvents;
import io.timebridge.failure.DynamoDbQuarantine;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore.Parking;
import io.timebridge.timesheet.EntryStore.Written;
import io.timebridge.timesheet.Rejection;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** The embedded tables, queues and streams of one deployment, and what parks events in them. */
final class DeadLetterRig implements AutoCloseable {
  static final Instant START = Instant.parse("2026-07-03T10:00:00Z");

  final Names names;
  final LocalAws aws = LocalAws.start();
  final DynamoDbClient dynamoDb = aws.clients().dynamoDb();
  final SqsClient sqs = aws.clients().sqs();
  final KinesisClient kinesis = aws.clients().kinesis();
  final AtomicReference<Instant> now = new AtomicReference<>(START);
  final Clock clock = new HandClock(now);
  final DynamoDbEntryStore entries;
  final DynamoDbParkedEvents parked;
  final DynamoDbQuarantine quarantine;
  final DeadLetters deadLetters;

  DeadLetterRig(String prefix) {
    names = new Names(prefix);
    aws.createResources(names, 1);
    entries = new DynamoDbEntryStore(dynamoDb, names, clock);
    parked = new DynamoDbParkedEvents(dynamoDb, names, clock);
    quarantine = new DynamoDbQuarantine(dynamoDb, names, clock);
    deadLetters = new DeadLetters(dynamoDb, names);
  }

  /** A clock in the hands of a test. */
  private static final class HandClock extends Clock {
    private final AtomicReference<Instant> now;

    HandClock(AtomicReference<Instant> now) {
      this.now = now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now.get();
    }
  }

  void pass(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  static BigInteger sequence(long n) {
    return new BigInteger("49590338271490256608559692538361571095921575989136580000")
        .add(BigInteger.valueOf(n));
  }

  static StreamRecord entryRecord(long id, long seq, String body) {
    return record(Route.TIMESHEET_UPDATE, Long.toString(id), seq, body);
  }

  static StreamRecord record(Route route, String key, long seq, String body) {
    Envelope.Source source =
        route.isWebhook() ? Envelope.Source.FIRST_SERVICE : Envelope.Source.SECOND_SERVICE;
    return new StreamRecord(
        "shard-0",
        sequence(seq),
        new Envelope(
            "e-" + seq,
            source,
            route,
            key,
            START,
            Map.of(),
            body.getBytes(StandardCharsets.UTF_8),
            null));
  }

  static StreamRecord jobRecord(long id, long epoch, long seq, String name) {
    JobEvent event = new JobEvent.Client("renamed", epoch, id, "C", name);
    return record(
        Route.JOB_CHANGE, event.key(), seq, new String(event.encode(), StandardCharsets.UTF_8));
  }

  static String full(long id, long version) {
    return "{\"payload\":{\"id\":%d,\"updated_at\":%d,\"note\":\"a secret note\"}}"
        .formatted(id, version);
  }

  static EntryRow row(Written written) {
    if (written instanceof Written.Done(EntryRow row)) {
      return row;
    }
    throw new AssertionError("not written: " + written);
  }

  /** Parks an entry with {@code events} events, woken once. */
  EntryRow park(long id, Rejection.Reason reason, String detail, int events) throws Exception {
    EntryId entry = new EntryId(id);
    EntryRow seen = entries.read(entry);
    BigInteger base = seen.seq().max(sequence(0));
    StreamRecord first = at(base.add(BigInteger.ONE), id, 1);
    EntryRow row =
        row(
            entries.park(
                entry,
                seen,
                Optional.empty(),
                first,
                new Parking(
                    new Rejection(reason, detail),
                    java.util.OptionalLong.empty(),
                    Optional.empty())));
    row(entries.woken(entry, row.episode()));
    for (int i = 2; i <= events; i++) {
      row(entries.follow(entry, entries.read(entry), at(base.add(BigInteger.valueOf(i)), id, i)));
    }
    return entries.read(entry);
  }

  private static StreamRecord at(BigInteger seq, long id, int version) {
    StreamRecord record = entryRecord(id, 0, full(id, version));
    return new StreamRecord("shard-0", seq, record.envelope());
  }

  void bury(long id) throws Exception {
    EntryId entry = new EntryId(id);
    row(entries.bury(entry, entries.read(entry)));
  }

  void quarantine(long seq, Quarantine.Reason reason) throws InterruptedException {
    quarantine.quarantine(
        new StreamPosition(StreamName.TIMESHEET_EVENTS, "shard-0", sequence(seq), "77"),
        reason,
        "the signature does not match",
        "junk".getBytes(StandardCharsets.UTF_8));
  }

  /** Receives what the retry queue holds, and takes it away. */
  List<String> wakeUps() {
    String url = sqs.getQueueUrl(r -> r.queueName(names.queue(QueueName.RETRY))).queueUrl();
    List<String> bodies = new ArrayList<>();
    while (true) {
      List<Message> messages =
          sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(10)).messages();
      if (messages.isEmpty()) {
        return bodies;
      }
      for (Message message : messages) {
        bodies.add(message.body());
        sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()));
      }
    }
  }

  /** Partition keys and data of a stream. */
  List<String> published(StreamName stream) {
    String name = names.stream(stream);
    String shard = kinesis.listShards(r -> r.streamName(name)).shards().getFirst().shardId();
    String iterator =
        kinesis
            .getShardIterator(r ->
                r.streamName(name).shardId(shard).shardIteratorType(ShardIteratorType.TRIM_HORIZON))
            .shardIterator();
    return kinesis.getRecords(r -> r.shardIterator(iterator)).records().stream()
        .map(r -> r.partitionKey() + " " + r.data().asUtf8String())
        .toList();
  }

  @Override
  public void close() {
    kinesis.close();
    sqs.close();
    dynamoDb.close();
    aws.close();
  }
}
