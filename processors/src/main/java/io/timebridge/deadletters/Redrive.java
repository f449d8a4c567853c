package io.timebridge.deadletters;

import io.timebridge.deadletters.WaitingKey.Kind;
import io.timebridge.deadletters.WaitingKey.State;
import io.timebridge.failure.SqsRetryQueue;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.failure.WakeUp;
import io.timebridge.jobs.DynamoDbJobStates;
import io.timebridge.jobs.JobRow;
import io.timebridge.jobs.JobStates;
import io.timebridge.jobs.Position;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamRecord;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Lets what waits be tried again. An entry gets a fresh wake-up; its events keep their order, and
 * no message need be left in any queue. An event of a job or of a backup is published again and
 * then taken out of {@code Parked_Events}; one of a job that a newer one has overtaken is given up
 * instead, since published again it would stand behind that. Doing it twice does no harm.
 * Thread-safe.
 */
public final class Redrive {
  /** How a redrive ended. */
  public sealed interface Ended {
    /** A wake-up was sent. */
    record Woken() implements Ended {}

    /** Events were published again, and overtaken ones given up. */
    record Published(int events, int overtaken) implements Ended {}

    /** It must not be tried again. */
    record Refused(String why) implements Ended {}
  }

  private final SqsRetryQueue queue;
  private final KinesisClient kinesis;
  private final Names names;
  private final KeyRecords records;
  private final JobStates jobs;
  private final Clock clock;
  private final DeadLetters deadLetters;

  /** All clients stay the caller's to close. */
  public Redrive(
      DynamoDbClient dynamoDb, SqsClient sqs, KinesisClient kinesis, Names names, Clock clock) {
    this.queue = new SqsRetryQueue(sqs, names);
    this.kinesis = kinesis;
    this.names = names;
    this.records = new KeyRecords(dynamoDb, names);
    this.jobs = new DynamoDbJobStates(dynamoDb, names);
    this.clock = clock;
    this.deadLetters = new DeadLetters(dynamoDb, names);
  }

  /**
   * Visits every key that {@link #redrive} would try again and that was not tried after this call
   * began. Quarantined records are left out.
   */
  public void each(ReasonFilter filter, Visitor<WaitingKey> visitor)
      throws StoreTrouble, InterruptedException {
    deadLetters.each(filter, clock.instant(), visitor);
  }

  /** Lets a key be tried again. */
  public Ended redrive(WaitingKey key) throws StoreTrouble, InterruptedException {
    return switch (key.kind()) {
      case ENTRY -> {
        WakeUp wakeUp = new WakeUp(key.key(), key.episode(), WakeUp.ASKED);
        if (key.state() == State.DEAD) {
          queue.sendAgain(wakeUp);
        } else {
          queue.sendApart(wakeUp);
        }
        yield new Ended.Woken();
      }
      case JOB, BACKUP -> publishAgain(key);
      case QUARANTINE ->
          new Ended.Refused(
              "a quarantined record is never applied: " + key.reason() + " (" + key.detail() + ")");
    };
  }

  private Ended publishAgain(WaitingKey key) throws StoreTrouble, InterruptedException {
    Position[] newest = {newestKnown(key)};
    if (key.kind() == Kind.JOB) {
      records.each(key.key(), item -> newest[0] = later(newest[0], position(item)));
    }
    int[] counts = new int[3];
    records.each(
        key.key(),
        item -> {
          Optional<Envelope> envelope = KeyRecords.envelope(item);
          if (envelope.isEmpty()) {
            counts[2]++;
          } else if (position(item).filter(newest[0]::isAfter).isPresent()) {
            counts[1] += records.discard(item, overtaken()) ? 1 : 0;
          } else {
            publish(envelope.get(), KeyRecords.envelopeBytes(item));
            records.remove(item);
            counts[0]++;
          }
        });
    return counts[2] == 0
        ? new Ended.Published(counts[0], counts[1])
        : new Ended.Refused(
            "%d of its records cannot be read; discard the key once nobody needs them"
                .formatted(counts[2]));
  }

  /** Of the events that were applied, begun or parked. */
  private Position newestKnown(WaitingKey key) throws StoreTrouble, InterruptedException {
    if (key.kind() != Kind.JOB) {
      return Position.NONE;
    }
    JobRow row = jobs.read(key.key());
    return row.tried().isAfter(row.seen()) ? row.tried() : row.seen();
  }

  private static Position later(Position known, Optional<Position> other) {
    return other.filter(o -> o.isAfter(known)).orElse(known);
  }

  /** Where a readable event of a job stands. */
  private static Optional<Position> position(Map<String, AttributeValue> item) {
    return KeyRecords.envelope(item)
        .map(envelope -> new StreamRecord("", KeyRecords.sequence(item), envelope))
        .flatMap(record ->
            JobEvent.decode(record.envelope().body()).map(event -> Position.of(record, event)));
  }

  private WaitingEvent.Discarded overtaken() {
    return new WaitingEvent.Discarded(
        clock.instant(), "timebridge", "overtaken: a newer event of its key was seen");
  }

  private void publish(Envelope envelope, byte[] data) throws StoreTrouble, InterruptedException {
    String stream = names.stream(envelope.route().stream());
    try {
      kinesis.putRecord(r ->
          r.streamName(stream).partitionKey(envelope.key()).data(SdkBytes.fromByteArray(data)));
    } catch (AbortedException aborted) {
      InterruptedException interrupted = new InterruptedException("interrupted while it published");
      interrupted.initCause(aborted);
      throw interrupted;
    } catch (SdkException trouble) {
      throw new StoreTrouble("publishing to " + stream + ": " + trouble.getMessage(), trouble);
    }
  }
}
