package io.timebridge.local.aws;

/**
 * A subscription.
 *
 * @param protocol {@code sqs}, {@code http} or {@code https}
 * @param endpoint a queue ARN or a URL
 * @param raw the message alone is delivered, without the JSON around it
 */
record SnsSubscription(String arn, String topicArn, String protocol, String endpoint, boolean raw) {
  boolean isSqs() {
    return protocol.equals("sqs");
  }
}
