package io.timebridge.local.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

class LocalSqsTest {
  private static LocalSqs server;
  private static SqsClient sqs;

  @BeforeAll
  static void start() {
    server = LocalSqs.start(0, "us-east-1");
    sqs = LocalClients.of("sqs", server.endpoint()).sqs();
  }

  @AfterAll
  static void stop() {
    sqs.close();
    server.close();
  }

  @Test
  void gives_queue_urls_and_arns_that_lead_back_here() {
    String url = sqs.createQueue(r -> r.queueName("addressed")).queueUrl();

    assertThat(url).startsWith(server.endpoint().toString()).endsWith("/addressed");
    assertThat(attribute(url, QueueAttributeName.QUEUE_ARN))
        .isEqualTo("arn:aws:sqs:us-east-1:000000000000:addressed");
  }

  @Test
  void delivers_a_group_in_order_and_holds_it_while_one_message_is_in_flight() {
    String url = fifo("ordered.fifo", Map.of());
    for (int n = 1; n <= 5; n++) {
      send(url, "a", "a" + n);
      send(url, "b", "b" + n);
    }

    List<String> seenA = new ArrayList<>();
    List<String> seenB = new ArrayList<>();
    while (seenA.size() + seenB.size() < 10) {
      Message message = receiveOne(url);
      (message.body().startsWith("a") ? seenA : seenB).add(message.body());
      sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()));
    }
    assertThat(seenA).containsExactly("a1", "a2", "a3", "a4", "a5");
    assertThat(seenB).containsExactly("b1", "b2", "b3", "b4", "b5");

    send(url, "c", "c1");
    send(url, "c", "c2");
    assertThat(receiveOne(url).body()).isEqualTo("c1");
    assertThat(receive(url)).isEmpty();
  }

  @Test
  void takes_a_deduplication_id_once() {
    String url = fifo("deduplicated.fifo", Map.of());
    for (int n = 0; n < 2; n++) {
      sqs.sendMessage(r ->
          r.queueUrl(url).messageBody("once").messageGroupId("g").messageDeduplicationId("same"));
    }
    Message first = receiveOne(url);
    sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(first.receiptHandle()));
    assertThat(receive(url)).isEmpty();
  }

  @Test
  void moves_a_message_to_the_fifo_dead_letter_queue_when_it_was_received_too_often() {
    String dead = fifo("hopeless-dlq.fifo", Map.of());
    String url =
        fifo(
            "hopeless.fifo",
            Map.of(
                QueueAttributeName.REDRIVE_POLICY,
                "{\"deadLetterTargetArn\":\""
                    + attribute(dead, QueueAttributeName.QUEUE_ARN)
                    + "\",\"maxReceiveCount\":\"3\"}"));
    send(url, "key-7", "hopeless");

    for (int receive = 1; receive <= 3; receive++) {
      Message message = receiveOne(url);
      assertThat(message.attributes())
          .containsEntry(
              MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, String.valueOf(receive));
      sqs.changeMessageVisibility(
          r -> r.queueUrl(url).receiptHandle(message.receiptHandle()).visibilityTimeout(0));
    }
    assertThat(receive(url)).isEmpty();

    Message moved = receiveOne(dead);
    assertThat(moved.body()).isEqualTo("hopeless");
    assertThat(moved.attributes())
        .containsEntry(MessageSystemAttributeName.MESSAGE_GROUP_ID, "key-7");
  }

  @Test
  void names_the_error_when_a_queue_is_not_there() {
    assertThatThrownBy(() -> sqs.getQueueUrl(r -> r.queueName("nowhere")))
        .isInstanceOf(QueueDoesNotExistException.class);
  }

  @Test
  void names_the_port_when_it_is_taken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, LoopbackServer.loopback())) {
      assertThatThrownBy(() -> LocalSqs.start(taken.getLocalPort(), "us-east-1"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("sqs cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  private static String fifo(String name, Map<QueueAttributeName, String> more) {
    Map<QueueAttributeName, String> attributes = new java.util.HashMap<>(more);
    attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
    return sqs.createQueue(r -> r.queueName(name).attributes(attributes)).queueUrl();
  }

  private static void send(String url, String group, String body) {
    sqs.sendMessage(
        r -> r.queueUrl(url).messageBody(body).messageGroupId(group).messageDeduplicationId(body));
  }

  private static Message receiveOne(String url) {
    List<Message> messages =
        sqs.receiveMessage(r ->
                r.queueUrl(url)
                    .maxNumberOfMessages(1)
                    .waitTimeSeconds(5)
                    .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
            .messages();
    assertThat(messages).hasSize(1);
    return messages.getFirst();
  }

  private static List<Message> receive(String url) {
    return sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(10)).messages();
  }

  private static String attribute(String url, QueueAttributeName name) {
    return java.util.Objects.requireNonNull(
        sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(name)).attributes().get(name));
  }
}
