package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.stream.QueueName;
import io.timebridge.stream.Tick;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The poller looks when a message says so, and its own timer is an hour away. */
class QueuedTicksTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void looks_when_a_tick_comes_and_takes_every_message_away() throws Exception {
    LocalSystem.Options calm = LocalSystem.Options.calm(Ports.ANY, 1);
    try (LocalSystem system =
            LocalSystem.start(
                new LocalSystem.Options(
                    calm.ports(),
                    calm.behaviour(),
                    1,
                    Map.of("poller.every", "1h", "poller.ticks", "queue")),
                progress -> {});
        SqsClient sqs = system.aws().sqs()) {
      JobsOfBoth both = JobsOfBoth.of(system);
      List<Long> ids = both.found(3, "Job %d");
      String ticks = url(system, sqs, QueueName.TICKS);
      send(sqs, ticks, Tick.NEW_JOBS.message());
      send(sqs, ticks, Tick.JOB_UPDATES.message());
      await().atMost(PATIENCE).until(() -> both.live().equals(new TreeSet<>(ids)));
      await().atMost(PATIENCE).until(() -> messages(sqs, ticks) == 0);

      both.rename(ids.getFirst(), "Renamed");
      send(sqs, ticks, Tick.CLEANUP.message());
      send(sqs, ticks, Tick.RECONCILE.message());
      send(sqs, ticks, "{\"tick\":\"lunch\"}");
      send(sqs, ticks, Tick.JOB_UPDATES.message());
      await().atMost(PATIENCE).until(() -> messages(sqs, ticks) == 0);
      assertThat(both.name(ids.getFirst())).as("a double makes no look").startsWith("Job 1");
      assertThat(messages(sqs, url(system, sqs, QueueName.TICK_DEAD_LETTERS))).isZero();
    }
  }

  private static String url(LocalSystem system, SqsClient sqs, QueueName queue) {
    return sqs.getQueueUrl(r -> r.queueName(system.settings().names().queue(queue))).queueUrl();
  }

  private static void send(SqsClient sqs, String url, String body) {
    sqs.sendMessage(r -> r.queueUrl(url).messageBody(body));
  }

  private static int messages(SqsClient sqs, String url) {
    return sqs
        .getQueueAttributes(r ->
            r.queueUrl(url)
                .attributeNames(
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
        .attributes()
        .values()
        .stream()
        .mapToInt(Integer::parseInt)
        .sum();
  }
}
