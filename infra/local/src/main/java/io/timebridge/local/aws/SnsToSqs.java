package io.timebridge.local.aws;

import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** Delivers to a queue. A raw message carries its attributes along; the JSON holds them inside. */
final class SnsToSqs implements SnsTarget {
  private final SqsClient sqs;
  private final SnsEnvelope envelope;
  private final SnsSubscription subscription;

  SnsToSqs(SqsClient sqs, SnsEnvelope envelope, SnsSubscription subscription) {
    this.sqs = sqs;
    this.envelope = envelope;
    this.subscription = subscription;
  }

  @Override
  public Attempt send(SnsMessage message) {
    String arn = subscription.endpoint();
    String queue = arn.substring(arn.lastIndexOf(':') + 1);
    try {
      String url = sqs.getQueueUrl(r -> r.queueName(queue)).queueUrl();
      sqs.sendMessage(r -> {
        r.queueUrl(url);
        if (subscription.raw()) {
          r.messageBody(message.textFor("sqs")).messageAttributes(attributes(message));
        } else {
          r.messageBody(envelope.write(message, subscription));
        }
      });
      return new Attempt.Delivered();
    } catch (QueueDoesNotExistException e) {
      return new Attempt.Failed("no queue " + queue, true);
    } catch (SdkException e) {
      return new Attempt.Failed(String.valueOf(e.getMessage()), false);
    }
  }

  private static Map<String, MessageAttributeValue> attributes(SnsMessage message) {
    Map<String, MessageAttributeValue> attributes = new HashMap<>();
    message
        .attributes()
        .forEach((name, attribute) -> {
          MessageAttributeValue.Builder value =
              MessageAttributeValue.builder().dataType(attribute.type());
          if (attribute.isBinary()) {
            value.binaryValue(
                SdkBytes.fromByteArray(Base64.getDecoder().decode(attribute.value())));
          } else {
            value.stringValue(attribute.value());
          }
          attributes.put(name, value.build());
        });
    return attributes;
  }
}
