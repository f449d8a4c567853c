package io.timebridge.local.aws;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON that SNS wraps a message in where raw delivery is off. The fields are those of SNS; the
 * signature is a placeholder that no check can accept.
 */
record SnsEnvelope(JsonMapper json, URI endpoint) {
  String write(SnsMessage message, SnsSubscription subscription) {
    ObjectNode node = json.createObjectNode();
    node.put("Type", "Notification");
    node.put("MessageId", message.id());
    node.put("TopicArn", message.topicArn());
    message.subject().ifPresent(subject -> node.put("Subject", subject));
    node.put("Message", message.textFor(subscription.protocol()));
    node.put("Timestamp", Timestamps.millis(message.at()));
    node.put("SignatureVersion", "1");
    node.put("Signature", "bG9jYWw=");
    node.put("SigningCertURL", endpoint + "/not-signed-locally.pem");
    node.put(
        "UnsubscribeURL",
        endpoint
            + "/?Action=Unsubscribe&SubscriptionArn="
            + URLEncoder.encode(subscription.arn(), StandardCharsets.UTF_8));
    if (!message.attributes().isEmpty()) {
      ObjectNode attributes = node.putObject("MessageAttributes");
      message
          .attributes()
          .forEach((name, attribute) ->
              attributes
                  .putObject(name)
                  .put("Type", attribute.type())
                  .put("Value", attribute.value()));
    }
    return json.writeValueAsString(node);
  }
}
