package io.timebridge.failure;

import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Wake-ups in the deployment's FIFO queue: group = key, so that wake-ups of a key come one after
 * the other; deduplication id = key and episode, or a nonce where somebody asks again. Thread-safe.
 */
public final class SqsRetryQueue implements RetryQueue {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What SQS takes as a group's name. */
  private static final int MAX_GROUP = 128;

  private final SqsClient sqs;
  private final String name;
  private volatile @Nullable String url;

  /** The client stays the caller's to close. */
  public SqsRetryQueue(SqsClient sqs, Names names) {
    this.sqs = sqs;
    this.name = names.queue(QueueName.RETRY);
  }

  @Override
  public void send(WakeUp wakeUp) throws StoreTrouble, InterruptedException {
    send(wakeUp, group(wakeUp.key()), group(wakeUp.key()) + "-" + wakeUp.episode());
  }

  /** Sends a wake-up whatever was sent before: nothing takes it for a repeat. */
  public void sendAgain(WakeUp wakeUp) throws StoreTrouble, InterruptedException {
    send(wakeUp, group(wakeUp.key()), UUID.randomUUID().toString());
  }

  /**
   * SQS holds back whatever stands behind a message that stays away in its group, for hours in the
   * end, so this one gets a group of its own.
   */
  @Override
  public void sendApart(WakeUp wakeUp) throws StoreTrouble, InterruptedException {
    String nonce = UUID.randomUUID().toString();
    send(wakeUp, nonce, nonce);
  }

  private void send(WakeUp wakeUp, String group, String deduplicationId)
      throws StoreTrouble, InterruptedException {
    String body =
        JSON.createObjectNode()
            .put("v", 1)
            .put("key", wakeUp.key())
            .put("episode", wakeUp.episode())
            .put("reason", wakeUp.reason())
            .toString();
    try {
      String to = url();
      sqs.sendMessage(m ->
          m.queueUrl(to)
              .messageBody(body)
              .messageGroupId(group)
              .messageDeduplicationId(deduplicationId));
    } catch (AbortedException aborted) {
      InterruptedException interrupted = new InterruptedException("interrupted during a wake-up");
      interrupted.initCause(aborted);
      throw interrupted;
    } catch (SdkException trouble) {
      throw new StoreTrouble("SQS " + name + ": " + trouble.getMessage(), trouble);
    }
  }

  /** The queue's address; it is asked for once. */
  String url() {
    String known = url;
    if (known == null) {
      known = sqs.getQueueUrl(r -> r.queueName(name)).queueUrl();
      url = known;
    }
    return known;
  }

  /** Keys of ours are short and plain; what else may come is made so. */
  private static String group(String key) {
    String plain = key.replaceAll("[^A-Za-z0-9!\"#$%&'()*+,./:;<=>?@\\[\\]^_`{|}~-]", "_");
    return plain.length() > MAX_GROUP ? plain.substring(0, MAX_GROUP) : plain;
  }

  /** What a message says; empty when it is none of ours. */
  static Optional<WakeUp> read(String body) {
    try {
      JsonNode message = JSON.readTree(body);
      String key = message.path("key").asString("");
      return key.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new WakeUp(
                  key,
                  message.path("episode").asLong(0),
                  message.path("reason").asString("unknown")));
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }
}
