package io.timebridge.local.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sns.model.BatchRequestTooLongException;
import software.amazon.awssdk.services.sns.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.PublishBatchResponse;
import software.amazon.awssdk.services.sns.model.SnsException;
import software.amazon.awssdk.services.sns.model.Subscription;
import software.amazon.awssdk.services.sns.model.Topic;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LocalSnsTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static LocalSqs queues;
  private static SqsClient sqs;

  private LocalSns server;
  private SnsClient sns;

  @BeforeAll
  static void startQueues() {
    queues = LocalSqs.start(0, "us-east-1");
    sqs = LocalClients.of("sqs", queues.endpoint()).sqs();
  }

  @AfterAll
  static void stopQueues() {
    sqs.close();
    queues.close();
  }

  @BeforeEach
  void start() {
    server =
        LocalSns.start(
            LocalSns.Options.defaults(queues.endpoint())
                .withRetries(3, Duration.ofMillis(1))
                .withWaiting(10)
                .withRemembered(20));
    sns = LocalClients.of("sns", server.endpoint()).sns();
  }

  @AfterEach
  void stop() {
    sns.close();
    server.close();
  }

  @Test
  void makes_a_topic_once_and_lists_it() {
    String arn = topic("alerts");

    assertThat(arn).isEqualTo("arn:aws:sns:us-east-1:000000000000:alerts");
    assertThat(topic("alerts")).isEqualTo(arn);
    assertThat(sns.listTopics().topics()).extracting(Topic::topicArn).containsExactly(arn);
    sns.deleteTopic(r -> r.topicArn(arn));
    sns.deleteTopic(r -> r.topicArn(arn));
    assertThat(sns.listTopics().topics()).isEmpty();
  }

  @Test
  void keeps_the_attributes_of_a_topic() {
    String arn =
        sns.createTopic(r -> r.name("named").attributes(Map.of("DisplayName", "<A & B>")))
            .topicArn();

    assertThat(sns.getTopicAttributes(r -> r.topicArn(arn)).attributes())
        .containsEntry("DisplayName", "<A & B>")
        .containsEntry("TopicArn", arn);
    sns.setTopicAttributes(
        r -> r.topicArn(arn).attributeName("DisplayName").attributeValue("two\nlines"));
    assertThat(sns.getTopicAttributes(r -> r.topicArn(arn)).attributes())
        .containsEntry("DisplayName", "two\nlines");
    assertThatThrownBy(
            () -> sns.createTopic(r -> r.name("named").attributes(Map.of("DisplayName", "other"))))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void lists_more_topics_than_a_page_holds() {
    IntStream.range(0, 105).forEach(n -> topic("t" + n));
    assertThat(sns.listTopics().topics()).hasSize(100);
    assertThat(sns.listTopicsPaginator().topics().stream().map(Topic::topicArn).distinct())
        .hasSize(105);
  }

  @Test
  void wraps_a_message_for_a_queue_in_the_json_of_sns() {
    String arn = topic("wrapped");
    String queue = queue("wrapped");
    subscribe(arn, "sqs", queueArn("wrapped"), false);

    String id =
        sns.publish(r ->
                r.topicArn(arn)
                    .subject("Entry 7 parked")
                    .message("line 1\nline \"2\" <ü>&")
                    .messageAttributes(Map.of("key", text("entry-7"))))
            .messageId();

    JsonNode body = JSON.readTree(receive(queue).body());
    assertThat(body.path("Type").asString()).isEqualTo("Notification");
    assertThat(body.path("MessageId").asString()).isEqualTo(id);
    assertThat(body.path("TopicArn").asString()).isEqualTo(arn);
    assertThat(body.path("Subject").asString()).isEqualTo("Entry 7 parked");
    assertThat(body.path("Message").asString()).isEqualTo("line 1\nline \"2\" <ü>&");
    assertThat(body.path("Timestamp").asString()).matches("[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z");
    assertThat(body.at("/MessageAttributes/key/Type").asString()).isEqualTo("String");
    assertThat(body.at("/MessageAttributes/key/Value").asString()).isEqualTo("entry-7");
  }

  @Test
  void gives_a_queue_the_message_alone_when_delivery_is_raw() {
    String arn = topic("raw");
    String queue = queue("raw");
    subscribe(arn, "sqs", queueArn("raw"), true);
    SdkBytes bytes = SdkBytes.fromByteArray(new byte[] {0, 1, (byte) 0xFF});

    sns.publish(r ->
        r.topicArn(arn)
            .message("{\"plain\":true}")
            .messageAttributes(
                Map.of(
                    "key",
                    text("entry-7"),
                    "bytes",
                    MessageAttributeValue.builder()
                        .dataType("Binary")
                        .binaryValue(bytes)
                        .build())));

    Message message = receive(queue);
    assertThat(message.body()).isEqualTo("{\"plain\":true}");
    assertThat(message.messageAttributes())
        .hasEntrySatisfying("key", v -> assertThat(v.stringValue()).isEqualTo("entry-7"))
        .hasEntrySatisfying("bytes", v -> assertThat(v.binaryValue()).isEqualTo(bytes));
  }

  @Test
  void posts_a_notification_with_the_headers_of_sns() throws Exception {
    BlockingQueue<LoopbackServer.Ask> seen = new LinkedBlockingQueue<>();
    try (LoopbackServer subscriber = subscriber(ask -> status(seen.add(ask) ? 200 : 500))) {
      String arn = topic("http");
      String subscription = subscribe(arn, "http", url(subscriber), false);

      String id = sns.publish(r -> r.topicArn(arn).message("hello")).messageId();

      LoopbackServer.Ask ask = take(seen);
      assertThat(ask.method()).isEqualTo("POST");
      assertThat(ask.header("x-amz-sns-message-type")).contains("Notification");
      assertThat(ask.header("x-amz-sns-message-id")).contains(id);
      assertThat(ask.header("x-amz-sns-topic-arn")).contains(arn);
      assertThat(ask.header("x-amz-sns-subscription-arn")).contains(subscription);
      assertThat(JSON.readTree(ask.text()).path("Message").asString()).isEqualTo("hello");
    }
  }

  @Test
  void posts_the_message_alone_when_delivery_is_raw() throws Exception {
    BlockingQueue<LoopbackServer.Ask> seen = new LinkedBlockingQueue<>();
    try (LoopbackServer subscriber = subscriber(ask -> status(seen.add(ask) ? 200 : 500))) {
      String arn = topic("http-raw");
      subscribe(arn, "http", url(subscriber), true);

      sns.publish(r -> r.topicArn(arn).message("hello"));

      LoopbackServer.Ask ask = take(seen);
      assertThat(ask.text()).isEqualTo("hello");
      assertThat(ask.header("x-amz-sns-rawdelivery")).contains("true");
    }
  }

  @Test
  void tries_again_when_a_subscriber_fails_and_gives_up_after_three_retries() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    // The first message fails for good (4 attempts), the second at its second attempt succeeds.
    try (LoopbackServer subscriber =
        subscriber(ask -> status(calls.incrementAndGet() >= 6 ? 200 : 503))) {
      String arn = topic("retried");
      subscribe(arn, "http", url(subscriber), true);

      sns.publish(r -> r.topicArn(arn).message("one"));
      sns.publish(r -> r.topicArn(arn).message("two"));

      await().until(() -> counter("delivered") == 1);
      assertThat(calls).hasValue(6);
      assertThat(counter("failed")).isEqualTo(1);
    }
  }

  @Test
  void does_not_try_again_when_a_subscriber_refuses_for_good() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (LoopbackServer subscriber = subscriber(ask -> status(400 + calls.getAndIncrement()))) {
      String arn = topic("refused");
      subscribe(arn, "http", url(subscriber), true);

      sns.publish(r -> r.topicArn(arn).message("one"));

      await().until(() -> counter("failed") == 1);
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void never_waits_for_a_subscriber_and_drops_what_its_queue_cannot_hold() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (LoopbackServer subscriber =
        subscriber(ask -> {
          stuck.countDown();
          awaitQuietly(release);
          return status(200);
        })) {
      String arn = topic("stuck");
      String queue = queue("beside");
      subscribe(arn, "http", url(subscriber), true);
      subscribe(arn, "sqs", queueArn("beside"), true);

      sns.publish(r -> r.topicArn(arn).message("m0"));
      assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
      // Every call returns although the subscriber has not answered one, and cannot before release.
      for (int n = 1; n <= 15; n++) {
        String message = "m" + n;
        sns.publish(r -> r.topicArn(arn).message(message));
        // The subscriber beside it gets each message meanwhile.
        assertThat(receive(queue).body()).isEqualTo("m" + (n - 1));
      }
      assertThat(release.getCount()).isEqualTo(1);
      assertThat(counter("dropped")).isEqualTo(5); // 1 in flight, 10 wait
      release.countDown();
      await().until(() -> counter("delivered") == 11 + 16); // what it kept, and the queue's
    } finally {
      release.countDown();
    }
  }

  @Test
  void goes_on_when_a_subscriber_is_dead() throws Exception {
    String dead;
    try (LoopbackServer subscriber = subscriber(ask -> status(200))) {
      dead = url(subscriber);
    }
    String arn = topic("dead");
    String queue = queue("alive");
    subscribe(arn, "http", dead, true);
    subscribe(arn, "sqs", queueArn("no-such-queue"), true);
    subscribe(arn, "sqs", queueArn("alive"), true);

    sns.publish(r -> r.topicArn(arn).message("still here"));

    assertThat(receive(queue).body()).isEqualTo("still here");
    await().until(() -> counter("failed") == 2);
  }

  @Test
  void delivers_nothing_more_when_unsubscribed() {
    String arn = topic("left");
    String queue = queue("left");
    queue("stays");
    String subscription = subscribe(arn, "sqs", queueArn("left"), true);
    subscribe(arn, "sqs", queueArn("stays"), true);
    sns.unsubscribe(r -> r.subscriptionArn(subscription));

    sns.publish(r -> r.topicArn(arn).message("gone"));

    assertThat(receive(sqs.getQueueUrl(r -> r.queueName("stays")).queueUrl()).body())
        .isEqualTo("gone");
    assertThat(sqs.receiveMessage(r -> r.queueUrl(queue)).messages()).isEmpty();
    assertThatThrownBy(() -> sns.unsubscribe(r -> r.subscriptionArn(subscription)))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void subscribes_an_endpoint_once() {
    String arn = topic("twice");
    String first = subscribe(arn, "sqs", queueArn("q"), true);

    assertThat(subscribe(arn, "sqs", queueArn("q"), true)).isEqualTo(first);
    assertThatThrownBy(() -> subscribe(arn, "sqs", queueArn("q"), false))
        .isInstanceOf(InvalidParameterException.class);
    assertThat(sns.listSubscriptionsByTopic(r -> r.topicArn(arn)).subscriptions())
        .extracting(Subscription::subscriptionArn, Subscription::endpoint)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(first, queueArn("q")));
    assertThat(sns.listSubscriptions().subscriptions()).hasSize(1);
  }

  @Test
  void publishes_a_batch_and_reports_each_bad_entry() {
    String arn = topic("batch");
    PublishBatchResponse response =
        sns.publishBatch(r ->
            r.topicArn(arn)
                .publishBatchRequestEntries(
                    entry("a", "one"),
                    entry("b", "two").toBuilder().subject("no\ncontrol").build(),
                    entry("c", "three")));

    assertThat(response.successful()).extracting("id").containsExactly("a", "c");
    assertThat(response.failed())
        .extracting(BatchResultErrorEntry::id, BatchResultErrorEntry::code)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("b", "InvalidParameter"));
    assertThat(published(0)).containsExactly("one", "three");
  }

  @Test
  void refuses_a_batch_as_a_whole_when_ids_repeat_or_it_is_too_long() {
    String arn = topic("bad-batch");
    assertThatThrownBy(() ->
            sns.publishBatch(r ->
                r.topicArn(arn).publishBatchRequestEntries(entry("a", "one"), entry("a", "two"))))
        .isInstanceOf(BatchEntryIdsNotDistinctException.class);
    String half = "x".repeat(140 * 1024);
    assertThatThrownBy(() ->
            sns.publishBatch(r ->
                r.topicArn(arn).publishBatchRequestEntries(entry("a", half), entry("b", half))))
        .isInstanceOf(BatchRequestTooLongException.class);
    assertThat(published(0)).isEmpty();
  }

  @Test
  void shows_the_last_messages_and_those_after_a_number() {
    String arn = topic("shown");
    for (int n = 1; n <= 25; n++) {
      String message = "m" + n;
      sns.publish(r -> r.topicArn(arn).message(message));
    }
    assertThat(published(0)).hasSize(20).startsWith("m6").endsWith("m25");
    assertThat(published(23)).containsExactly("m24", "m25");
    assertThat(published(25)).isEmpty();
    assertThat(get("/__admin/messages?after=25").path("last").asLong()).isEqualTo(25);
    assertThat(statusOf("/__admin/messages?after=-1")).isEqualTo(400);
    assertThat(statusOf("/__admin/elsewhere")).isEqualTo(404);
  }

  @Test
  void picks_the_text_for_the_protocol_when_the_message_is_structured() {
    String arn = topic("structured");
    String queue = queue("structured");
    subscribe(arn, "sqs", queueArn("structured"), true);

    sns.publish(r ->
        r.topicArn(arn)
            .messageStructure("json")
            .message("{\"default\":\"all\",\"sqs\":\"queues\"}"));

    assertThat(receive(queue).body()).isEqualTo("queues");
    assertThatThrownBy(
            () -> sns.publish(r -> r.topicArn(arn).messageStructure("json").message("{}")))
        .isInstanceOf(InvalidParameterException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "sqs, https://sqs/queue",
    "sqs, arn:aws:sqs:us-east-1:000000000000:orders.fifo",
    "http, https://wrong-scheme/",
    "https, 'https://not a url'",
    "email, a@b.c"
  })
  void refuses_a_subscription_that_cannot_be_delivered(String protocol, String endpoint) {
    String arn = topic("strict");
    assertThatThrownBy(() -> subscribe(arn, protocol, endpoint, true))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void names_a_topic_that_is_not_there() {
    String arn = "arn:aws:sns:us-east-1:000000000000:nowhere";
    assertThatThrownBy(() -> sns.publish(r -> r.topicArn(arn).message("x")))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> sns.getTopicAttributes(r -> r.topicArn(arn)))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> subscribe(arn, "sqs", queueArn("q"), true))
        .isInstanceOf(NotFoundException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "ü", "orders.fifo"})
  void refuses_a_topic_name_it_does_not_offer(String name) {
    assertThatThrownBy(() -> topic(name)).isInstanceOf(SnsException.class);
  }

  @Test
  void refuses_a_message_above_256_kib_attributes_included() {
    String arn = topic("large");
    String full = "x".repeat(256 * 1024);
    sns.publish(r -> r.topicArn(arn).message(full));
    assertThatThrownBy(() ->
            sns.publish(
                r -> r.topicArn(arn).message(full).messageAttributes(Map.of("k", text("v")))))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("too long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&&&", "Action", "Action=Nothing", "Action=%zz", "Action=Publish"})
  void answers_400_with_an_xml_error_when_the_body_is_not_a_request(String body) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(server.endpoint())
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("<ErrorResponse").contains("<Code>");
    }
  }

  private String topic(String name) {
    return sns.createTopic(r -> r.name(name)).topicArn();
  }

  private String subscribe(String topic, String protocol, String endpoint, boolean raw) {
    return sns.subscribe(r ->
            r.topicArn(topic)
                .protocol(protocol)
                .endpoint(endpoint)
                .returnSubscriptionArn(true)
                .attributes(Map.of("RawMessageDelivery", String.valueOf(raw))))
        .subscriptionArn();
  }

  private static String queue(String name) {
    String url = sqs.createQueue(r -> r.queueName(name)).queueUrl();
    sqs.purgeQueue(r -> r.queueUrl(url));
    return url;
  }

  private static String queueArn(String name) {
    return "arn:aws:sqs:us-east-1:000000000000:" + name;
  }

  private static Message receive(String url) {
    List<Message> messages =
        sqs.receiveMessage(r ->
                r.queueUrl(url)
                    .maxNumberOfMessages(1)
                    .waitTimeSeconds(7)
                    .messageAttributeNames("All"))
            .messages();
    assertThat(messages).hasSize(1);
    sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(messages.getFirst().receiptHandle()));
    return messages.getFirst();
  }

  private static PublishBatchRequestEntry entry(String id, String message) {
    return PublishBatchRequestEntry.builder().id(id).message(message).build();
  }

  private static MessageAttributeValue text(String value) {
    return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
  }

  private static LoopbackServer subscriber(LoopbackServer.Handler handler) {
    return LoopbackServer.start("subscriber", 0, handler);
  }

  private static String url(LoopbackServer subscriber) {
    return subscriber.endpoint() + "/hook?x=1";
  }

  private static LoopbackServer.Answer status(int status) {
    return LoopbackServer.Answer.of(status, "text/plain", "");
  }

  private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    @Nullable T taken = queue.poll(10, TimeUnit.SECONDS);
    assertThat(taken).isNotNull();
    return java.util.Objects.requireNonNull(taken);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> published(long after) {
    return get("/__admin/messages?after=" + after)
        .path("messages")
        .valueStream()
        .map(m -> m.path("message").asString())
        .toList();
  }

  /** The sum over all subscriptions. */
  private long counter(String name) {
    return get("/__admin/subscriptions")
        .path("subscriptions")
        .valueStream()
        .mapToLong(s -> s.path(name).asLong())
        .sum();
  }

  private JsonNode get(String path) {
    return JSON.readTree(fetch(path).body());
  }

  private int statusOf(String path) {
    return fetch(path).statusCode();
  }

  private HttpResponse<String> fetch(String path) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(server.endpoint() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
