package io.timebridge.local.aws;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Delivers by POST. An answer of 2xx counts as delivered; another 4xx than 429 is final, as SNS has
 * it; anything else is worth another try.
 */
final class SnsToHttp implements SnsTarget {
  private final HttpClient http;
  private final Duration timeout;
  private final SnsEnvelope envelope;
  private final SnsSubscription subscription;

  SnsToHttp(HttpClient http, Duration timeout, SnsEnvelope envelope, SnsSubscription subscription) {
    this.http = http;
    this.timeout = timeout;
    this.envelope = envelope;
    this.subscription = subscription;
  }

  @Override
  public Attempt send(SnsMessage message) throws InterruptedException {
    boolean raw = subscription.raw();
    String body =
        raw ? message.textFor(subscription.protocol()) : envelope.write(message, subscription);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(subscription.endpoint()))
            .timeout(timeout)
            .header("Content-Type", "text/plain; charset=UTF-8")
            .header("User-Agent", "Amazon Simple Notification Service Agent")
            .header("x-amz-sns-message-type", "Notification")
            .header("x-amz-sns-message-id", message.id())
            .header("x-amz-sns-topic-arn", message.topicArn())
            .header("x-amz-sns-subscription-arn", subscription.arn())
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (raw) {
      request.header("x-amz-sns-rawdelivery", "true");
    }
    try {
      int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
      return switch (status / 100) {
        case 2 -> new Attempt.Delivered();
        case 4 -> new Attempt.Failed("HTTP " + status, status != 429);
        default -> new Attempt.Failed("HTTP " + status, false);
      };
    } catch (IOException e) {
      return new Attempt.Failed(e.getClass().getSimpleName() + ": " + e.getMessage(), false);
    }
  }
}
