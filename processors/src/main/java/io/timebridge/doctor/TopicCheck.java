package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.Topic;

/** Alerts have a topic, and somebody who hears them. Publishes nothing. */
final class TopicCheck {
  private static final String PENDING = "PendingConfirmation";

  private final SnsClient sns;
  private final String topic;
  private final AwsCommand aws;

  TopicCheck(SnsClient sns, String topic, AwsCommand aws) {
    this.sns = sns;
    this.topic = topic;
    this.aws = aws;
  }

  List<Finding> look() {
    Optional<String> arn =
        sns.listTopicsPaginator().topics().stream()
            .map(Topic::topicArn)
            .filter(at -> at.endsWith(":" + topic))
            .findFirst();
    if (arn.isEmpty()) {
      return List.of(
          new Wrong(
              topic + " does not exist: nobody is told of anything",
              aws.making("sns", "create-topic --name " + topic)));
    }
    String at = arn.get();
    List<String> subscriptions =
        sns.listSubscriptionsByTopicPaginator(r -> r.topicArn(at)).subscriptions().stream()
            .map(subscription -> subscription.subscriptionArn())
            .toList();
    long confirmed = subscriptions.stream().filter(s -> !s.equals(PENDING)).count();
    if (confirmed > 0) {
      return List.of(new Well("%s is there, subscriptions: %d".formatted(topic, confirmed)));
    }
    return List.of(
        new Warning(
            subscriptions.isEmpty()
                ? topic + " has no subscription: nobody is told of anything"
                : topic + " has only subscriptions that nobody has confirmed",
            aws.of(
                "sns",
                "subscribe --topic-arn %s --protocol email --notification-endpoint YOU@EXAMPLE.ORG"
                    .formatted(at))));
  }
}
