package io.timebridge.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.failure.Drains.Ended;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Wake-ups over the local SQS, and drains that take their time. */
class RetryConsumerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A message without a sign of life comes again after this time, the least there is. */
  private static final Duration VISIBILITY = Duration.ofSeconds(3);

  private static final RetryConsumer.Options OPTIONS =
      new RetryConsumer.Options(4, Duration.ofSeconds(1), Duration.ofSeconds(1), VISIBILITY);

  private static LocalAws aws;
  private static SqsClient sqs;

  @BeforeAll
  static void start() {
    aws = LocalAws.start();
    sqs = aws.clients().sqs();
  }

  @AfterAll
  static void stop() {
    sqs.close();
    aws.close();
  }

  /** Holds each drain until it may end. */
  private static final class HeldDrains implements Drains {
    private final AtomicInteger begun = new AtomicInteger();
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @Override
    public Ended drain(WakeUp wakeUp, boolean lastTry) throws InterruptedException {
      begun.incrementAndGet();
      mayEnd.await();
      return new Ended.Done(1);
    }

    @Override
    public boolean mayBegin() {
      return true;
    }
  }

  /** The same client, which counts the signs of life and fails the first {@code failing} ones. */
  private static SqsClient failing(int failing, AtomicInteger signs) {
    return (SqsClient)
        Proxy.newProxyInstance(
            SqsClient.class.getClassLoader(),
            new Class<?>[] {SqsClient.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("changeMessageVisibility")
                  && signs.getAndIncrement() < failing) {
                throw SdkException.create("planted", null);
              }
              try {
                return method.invoke(sqs, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }

  private static int messages(Names names) {
    String url = sqs.getQueueUrl(r -> r.queueName(names.queue(QueueName.RETRY))).queueUrl();
    Map<QueueAttributeName, String> counts =
        sqs.getQueueAttributes(r ->
                r.queueUrl(url)
                    .attributeNames(
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
            .attributes();
    return counts.values().stream().mapToInt(Integer::parseInt).sum();
  }

  /** Signs until the drain has lasted through three visibilities. */
  private static void lasts(Names names, int failing) throws Exception {
    aws.createResources(names, 1);
    SqsRetryQueue queue = new SqsRetryQueue(sqs, names);
    HeldDrains drains = new HeldDrains();
    AtomicInteger signs = new AtomicInteger();
    RetryConsumer consumer = new RetryConsumer(failing(failing, signs), queue, drains, OPTIONS);
    consumer.start();
    try {
      queue.send(new WakeUp("77", 1, "LOCKED_PERIOD"));
      await().atMost(PATIENCE).until(() -> signs.get() >= 9 + failing);
      assertThat(drains.begun).hasValue(1);
      drains.mayEnd.countDown();
      await().atMost(PATIENCE).until(() -> messages(names) == 0);
      assertThat(drains.begun).as("nobody else got it").hasValue(1);
    } finally {
      drains.mayEnd.countDown();
      consumer.stop(PATIENCE);
    }
  }

  @Test
  void a_wake_up_stays_away_from_others_however_long_its_drain_takes() throws Exception {
    lasts(new Names("long-"), 0);
  }

  @Test
  void a_sign_of_life_that_failed_is_made_up_for_by_the_next() throws Exception {
    lasts(new Names("sign-"), 1);
  }
}
