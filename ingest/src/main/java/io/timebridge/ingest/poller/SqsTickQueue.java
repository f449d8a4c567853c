package io.timebridge.ingest.poller;

import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** {@link TickQueue} in SQS: long polling, ten messages at a time. Used by one thread. */
final class SqsTickQueue implements TickQueue {
  /** Shorter than an attempt of the client, and than the time that a stop waits. */
  private static final long LONGEST_WAIT_SECONDS = 5;

  private static final int MOST = 10;

  private final SqsClient sqs;
  private final String name;
  private final int waitSeconds;
  private @Nullable String url;

  /**
   * The client stays the caller's to close.
   *
   * @param every between two ticks
   */
  SqsTickQueue(SqsClient sqs, Names names, Duration every) {
    this.sqs = sqs;
    this.name = names.queue(QueueName.TICKS);
    this.waitSeconds = Math.toIntExact(Math.clamp(every.toSeconds() / 4, 1, LONGEST_WAIT_SECONDS));
  }

  @Override
  public List<Message> receive() throws InterruptedException {
    return call(() ->
        sqs
            .receiveMessage(r ->
                r.queueUrl(url())
                    .maxNumberOfMessages(MOST)
                    .waitTimeSeconds(waitSeconds)
                    .messageSystemAttributeNames(MessageSystemAttributeName.SENT_TIMESTAMP))
            .messages()
            .stream()
            .map(m -> new Message(m.body(), sent(m.attributes()), m.receiptHandle()))
            .toList());
  }

  private static Instant sent(Map<MessageSystemAttributeName, String> attributes) {
    String millis = attributes.get(MessageSystemAttributeName.SENT_TIMESTAMP);
    if (millis == null) {
      throw new IllegalStateException("a message came without the time that was asked for");
    }
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }

  @Override
  public void delete(Message message) throws InterruptedException {
    call(() -> sqs.deleteMessage(r -> r.queueUrl(url()).receiptHandle(message.receipt())));
  }

  /** The queue's address; it is asked for once. */
  private String url() {
    String known = url;
    if (known == null) {
      known = sqs.getQueueUrl(r -> r.queueName(name)).queueUrl();
      url = known;
    }
    return known;
  }

  private <T> T call(Supplier<T> call) throws InterruptedException {
    try {
      return call.get();
    } catch (AbortedException aborted) {
      InterruptedException interrupted = new InterruptedException("interrupted while receiving");
      interrupted.initCause(aborted);
      throw interrupted;
    } catch (SdkException trouble) {
      throw new StoreUnavailable("queue " + name + ": " + trouble.getMessage(), trouble);
    }
  }
}
