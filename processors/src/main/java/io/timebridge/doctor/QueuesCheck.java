package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.settings.Settings.Poller.Ticks;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each queue is there, in order where it has to be, and hopeless messages go where people find
 * them. Receives no message.
 */
final class QueuesCheck {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** As the deployed queue has it: a tick that comes too late is worth nothing. */
  private static final int TICK_RECEIVES = 3;

  private final SqsClient sqs;
  private final Names names;
  private final Ticks ticks;
  private final AwsCommand aws;

  QueuesCheck(SqsClient sqs, Names names, Ticks ticks, AwsCommand aws) {
    this.sqs = sqs;
    this.names = names;
    this.ticks = ticks;
    this.aws = aws;
  }

  List<Finding> look() {
    List<Finding> findings = new ArrayList<>();
    for (QueueName queue : QueueName.values()) {
      findings.addAll(look(queue));
    }
    return findings;
  }

  private List<Finding> look(QueueName queue) {
    String name = names.queue(queue);
    Map<QueueAttributeName, String> attributes;
    String url;
    try {
      url = sqs.getQueueUrl(r -> r.queueName(name)).queueUrl();
      attributes =
          sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.ALL))
              .attributes();
    } catch (QueueDoesNotExistException missing) {
      return List.of(missing(queue, name));
    }
    List<Finding> findings = new ArrayList<>();
    redrive(queue, name, url, attributes).ifPresent(findings::add);
    long waiting = number(attributes, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES);
    if (waiting > 0) {
      left(queue, name, url, waiting).ifPresent(findings::add);
    }
    if (findings.isEmpty()) {
      findings.add(new Well("%s is there, %d messages".formatted(name, waiting)));
    }
    return findings;
  }

  /** Only a poller that is told to needs the ticks. */
  private Finding missing(QueueName queue, String name) {
    String fix =
        aws.making(
            "sqs",
            "create-queue --queue-name %s --attributes %sMessageRetentionPeriod=1209600"
                .formatted(name, queue.isFifo() ? "FifoQueue=true," : ""));
    return switch (queue) {
      case RETRY, RETRY_DEAD_LETTERS -> new Wrong(name + " does not exist", fix);
      case TICKS, TICK_DEAD_LETTERS ->
          ticks == Ticks.QUEUE
              ? new Wrong(name + " does not exist, and poller.ticks is queue", fix)
              : new Warning(name + " does not exist; not needed while poller.ticks is timer", fix);
    };
  }

  private Optional<Finding> redrive(
      QueueName queue, String name, String url, Map<QueueAttributeName, String> attributes) {
    Optional<QueueName> wanted =
        switch (queue) {
          case RETRY -> Optional.of(QueueName.RETRY_DEAD_LETTERS);
          case TICKS ->
              ticks == Ticks.QUEUE ? Optional.of(QueueName.TICK_DEAD_LETTERS) : Optional.empty();
          case RETRY_DEAD_LETTERS, TICK_DEAD_LETTERS -> Optional.empty();
        };
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    String target = names.queue(wanted.get());
    JsonNode policy = policy(attributes.getOrDefault(QueueAttributeName.REDRIVE_POLICY, "{}"));
    String found = policy.path("deadLetterTargetArn").asString("");
    long receives = policy.path("maxReceiveCount").asLong(0);
    boolean right = found.endsWith(":" + target);
    int most = queue == QueueName.RETRY ? QueueName.MAX_RECEIVE_COUNT : TICK_RECEIVES;
    String fix = aws.of("sqs", setting(url, attributes, target, most));
    if (queue == QueueName.TICKS) {
      return right
          ? Optional.empty()
          : Optional.of(new Warning(name + " does not redrive to " + target, fix));
    }
    if (!right) {
      return Optional.of(
          new Wrong(
              name + " does not redrive to " + target + ": a hopeless key is never told of", fix));
    }
    return receives == most
        ? Optional.empty()
        : Optional.of(
            new Wrong(
                "%s redrives after %d receives, workers count to %d"
                    .formatted(name, receives, most),
                fix));
  }

  private static JsonNode policy(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException unreadable) {
      return JSON.createObjectNode(); // as good as none, and told as such
    }
  }

  private static String setting(
      String url, Map<QueueAttributeName, String> attributes, String target, int most) {
    String own = attributes.getOrDefault(QueueAttributeName.QUEUE_ARN, "");
    String arn = own.substring(0, own.lastIndexOf(':') + 1) + target;
    return "set-queue-attributes --queue-url '%s' --attributes '{\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"%s\\\",\\\"maxReceiveCount\\\":\\\"%d\\\"}\"}'"
        .formatted(url, arn, most);
  }

  private Optional<Finding> left(QueueName queue, String name, String url, long waiting) {
    return switch (queue) {
      case RETRY_DEAD_LETTERS ->
          Optional.of(
              new Warning(
                  "%s holds %d wake-ups that were tried in vain; what they woke is in the table"
                      .formatted(name, waiting),
                  "./timebridge dlq list"));
      case TICK_DEAD_LETTERS ->
          Optional.of(
              new Warning(
                  "%s holds %d ticks that no poller took".formatted(name, waiting),
                  "see whether a poller runs (check `poller`), then "
                      + aws.of("sqs", "purge-queue --queue-url '" + url + "'")));
      case RETRY, TICKS -> Optional.empty();
    };
  }

  private static long number(
      Map<QueueAttributeName, String> attributes, QueueAttributeName attribute) {
    return Long.parseLong(attributes.getOrDefault(attribute, "0"));
  }
}
