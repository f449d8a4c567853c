package io.timebridge.failure;

import io.timebridge.failure.Drains.Ended;
import io.timebridge.logs.Logs;
import io.timebridge.settings.Settings;
import io.timebridge.stream.QueueName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * Receives wake-ups and has their keys drained, several keys at a time.
 *
 * <p>A message is deleted when nothing of its key waits any more. A key that cannot go on leaves
 * its message to come again, later each time; at its last permitted receive the key counts as dead,
 * and SQS moves the message to the dead letters. Trouble of a service spends no receives in vain:
 * while the service would not be called nothing is received, and a last receive that meets trouble
 * sends a fresh message for the spent one. While a drain runs, its message stays invisible to
 * others.
 *
 * <p>{@link #start()} once, {@link #stop} once.
 */
public final class RetryConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(RetryConsumer.class);

  private static final Duration LONG_POLL = Duration.ofSeconds(5);
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
  private static final Duration MAX_VISIBILITY = Duration.ofHours(11);
  private static final int BATCH = 10;

  /**
   * How it works.
   *
   * @param keysAtOnce drains under way, at least 1
   * @param backoff first wait of a key that cannot go on; doubles with every receive
   * @param maxBackoff longest of these waits
   * @param visibility how long a message stays invisible without a sign of its drain; at least 3 s
   */
  public record Options(
      int keysAtOnce, Duration backoff, Duration maxBackoff, Duration visibility) {
    /** As the settings say. */
    public static Options of(Settings.Retry settings) {
      return new Options(
          settings.keysAtOnce(), settings.backoff(), settings.maxBackoff(), settings.visibility());
    }
  }

  private final SqsClient sqs;
  private final SqsRetryQueue queue;
  private final Drains drains;
  private final Options options;
  private final Semaphore places;
  private final Thread thread;
  private volatile boolean closed;

  /** The client stays the caller's to close, once this has stopped. */
  public RetryConsumer(SqsClient sqs, SqsRetryQueue queue, Drains drains, Options options) {
    this.sqs = sqs;
    this.queue = queue;
    this.drains = drains;
    this.options = options;
    this.places = new Semaphore(options.keysAtOnce());
    this.thread = Thread.ofVirtual().name("wake-ups").unstarted(this::receive);
  }

  public void start() {
    thread.start();
  }

  private void receive() {
    try {
      while (!closed) {
        places.acquire();
        if (drains.mayBegin()) {
          receive(1 + takeMore());
        } else {
          places.release();
          Thread.sleep(AFTER_TROUBLE);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Receives for places taken, and gives back those it does not need. */
  private void receive(int taken) throws InterruptedException {
    int used = 0;
    try {
      for (Message message : messages(taken)) {
        Thread.ofVirtual().name("drain-" + message.messageId()).start(() -> drain(message));
        used++;
      }
    } finally {
      places.release(taken - used);
    }
  }

  private int takeMore() {
    int more = 0;
    while (more < BATCH - 1 && places.tryAcquire()) {
      if (!drains.mayBegin()) {
        places.release();
        break;
      }
      more++;
    }
    return more;
  }

  private List<Message> messages(int most) throws InterruptedException {
    try {
      return sqs.receiveMessage(r ->
              r.queueUrl(queue.url())
                  .maxNumberOfMessages(most)
                  .waitTimeSeconds((int) LONG_POLL.toSeconds())
                  .visibilityTimeout((int) options.visibility().toSeconds())
                  .messageSystemAttributeNames(
                      MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT))
          .messages();
    } catch (AbortedException stopped) {
      throw new InterruptedException("interrupted while it received");
    } catch (SdkException trouble) {
      LOG.warn("no wake-ups received: {}", trouble.getMessage());
      Thread.sleep(AFTER_TROUBLE);
      return List.of();
    }
  }

  private void drain(Message message) {
    try {
      Optional<WakeUp> wakeUp = SqsRetryQueue.read(message.body());
      if (wakeUp.isEmpty()) {
        LOG.warn("not a wake-up, deleted: message={}", message.messageId());
        delete(message);
        return;
      }
      int receives = receives(message);
      boolean last = receives >= QueueName.MAX_RECEIVE_COUNT;
      try (Logs.Fields _ = Logs.with(Map.of(Logs.KEY, wakeUp.get().key()))) {
        Heartbeat heartbeat = new Heartbeat(message);
        Ended ended;
        try {
          ended = drains.drain(wakeUp.get(), last);
        } finally {
          heartbeat.end();
        }
        conclude(message, wakeUp.get(), receives, ended);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt(); // the message comes again by itself
    } catch (StoreTrouble | RuntimeException trouble) {
      // The edge of the thread: the message comes again when its visibility ends.
      LOG.warn("wake-up not worked off: message={}", message.messageId(), trouble);
    } finally {
      places.release();
    }
  }

  private void conclude(Message message, WakeUp wakeUp, int receives, Ended ended)
      throws StoreTrouble, InterruptedException {
    boolean last = receives >= QueueName.MAX_RECEIVE_COUNT;
    switch (ended) {
      case Ended.Nothing nothing -> delete(message);
      case Ended.Done(int events) -> {
        LOG.info("drained: key={} events={}", wakeUp.key(), events);
        delete(message);
      }
      case Ended.Rejected(String reason) -> {
        LOG.info("waits on: key={} receives={} reason={}", wakeUp.key(), receives, reason);
        appearAfter(message, last ? Duration.ZERO : backoff(receives));
      }
      case Ended.Held(String reason) -> {
        LOG.warn("waits for a person: key={} reason={}", wakeUp.key(), reason);
        delete(message);
      }
      case Ended.Dead(String reason) -> {
        LOG.warn("dead: key={} receives={} reason={}", wakeUp.key(), receives, reason);
        appearAfter(message, Duration.ZERO); // SQS moves it with the receive that it does not get
      }
      case Ended.Later(String cause, Optional<Duration> after) -> {
        LOG.info("later: key={} receives={} cause={}", wakeUp.key(), receives, cause);
        if (last) {
          queue.sendAgain(wakeUp);
          delete(message);
        } else {
          appearAfter(message, after.orElse(backoff(receives)));
        }
      }
    }
  }

  private Duration backoff(int receives) {
    int doublings = Math.min(20, Math.max(0, receives - 1));
    Duration wait = options.backoff().multipliedBy(1L << doublings);
    return wait.compareTo(options.maxBackoff()) < 0 ? wait : options.maxBackoff();
  }

  private static int receives(Message message) {
    String count = message.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT);
    return count == null ? 1 : Integer.parseInt(count);
  }

  private void delete(Message message) {
    sqs.deleteMessage(r -> r.queueUrl(queue.url()).receiptHandle(message.receiptHandle()));
  }

  private void appearAfter(Message message, Duration wait) {
    Duration at = wait.compareTo(MAX_VISIBILITY) < 0 ? wait : MAX_VISIBILITY;
    int seconds = (int) Math.ceilDiv(at.toMillis(), 1000);
    sqs.changeMessageVisibility(r ->
        r.queueUrl(queue.url()).receiptHandle(message.receiptHandle()).visibilityTimeout(seconds));
  }

  /** Keeps a message invisible while its key is drained. */
  private final class Heartbeat {
    private final Thread beats;

    Heartbeat(Message message) {
      this.beats =
          Thread.ofVirtual().name("heartbeat-" + message.messageId()).start(() -> beat(message));
    }

    private void beat(Message message) {
      try {
        while (true) {
          TimeUnit.MILLISECONDS.sleep(options.visibility().toMillis() / 3);
          sign(message);
        }
      } catch (InterruptedException over) {
        Thread.currentThread().interrupt();
      }
    }

    /** One that fails is made up for by the next; in between the row decides between two drains. */
    private void sign(Message message) throws InterruptedException {
      try {
        appearAfter(message, options.visibility());
      } catch (AbortedException over) {
        throw new InterruptedException("interrupted during a sign of life");
      } catch (SdkException trouble) {
        LOG.warn("a wake-up may come twice: message={}", message.messageId(), trouble);
      }
    }

    void end() throws InterruptedException {
      beats.interrupt();
      beats.join(); // no beat after what follows
    }
  }

  /** Receives no more; drains under way are left to end, as far as {@code within} allows. */
  public void stop(Duration within) throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join();
    if (!places.tryAcquire(options.keysAtOnce(), within.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("drains still run after {}; their wake-ups come again", within);
    }
  }
}
