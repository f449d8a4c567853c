package io.timebridge.local.aws;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Topics, their subscriptions and the last published messages. Thread-safe.
 *
 * @implNote {@code lock} guards every field. Nothing waits while it is held: publishing only offers
 *     to the queues of the subscriptions, in the order of the message numbers.
 */
final class SnsTopics implements AutoCloseable {
  static final int MAX_TOPICS = 1_000;
  static final int MAX_SUBSCRIPTIONS = 1_000;

  private static final class Topic {
    final Map<String, String> attributes;
    final Map<String, SnsDelivery> subscriptions = new LinkedHashMap<>();

    Topic(Map<String, String> attributes) {
      this.attributes = new LinkedHashMap<>(attributes);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Topic> topics = new LinkedHashMap<>();
  private final Deque<SnsMessage> published = new ArrayDeque<>();
  private final int remembered;
  private long lastNumber;

  /**
   * @param remembered messages that {@link #published} can show
   */
  SnsTopics(int remembered) {
    this.remembered = remembered;
  }

  /** Makes a topic, or accepts the one there is when it has these attributes. */
  void create(String arn, Map<String, String> attributes) {
    locked(() -> {
      Topic existing = topics.get(arn);
      if (existing == null) {
        if (topics.size() >= MAX_TOPICS) {
          throw ServiceError.of("TopicLimitExceeded", "at most " + MAX_TOPICS + " topics");
        }
        topics.put(arn, new Topic(attributes));
      } else if (!existing.attributes.entrySet().containsAll(attributes.entrySet())) {
        throw ServiceError.of(
            "InvalidParameter",
            "Invalid parameter: Attributes Reason: Topic already exists with different"
                + " attributes");
      }
      return arn;
    });
  }

  /** Removes a topic with its subscriptions, if it is there. */
  void delete(String arn) {
    locked(() -> {
      Topic topic = topics.remove(arn);
      if (topic != null) {
        topic.subscriptions.values().forEach(SnsDelivery::close);
      }
      return arn;
    });
  }

  List<String> arns() {
    return locked(() -> List.copyOf(topics.keySet()));
  }

  Map<String, String> attributes(String arn) {
    return locked(() -> {
      Topic topic = topic(arn);
      Map<String, String> all = new LinkedHashMap<>(topic.attributes);
      all.put("TopicArn", arn);
      all.put("Owner", LocalAws.ACCOUNT);
      all.put("SubscriptionsConfirmed", String.valueOf(topic.subscriptions.size()));
      all.put("SubscriptionsPending", "0");
      all.put("SubscriptionsDeleted", "0");
      return all;
    });
  }

  void setAttribute(String arn, String name, String value) {
    locked(() -> String.valueOf(topic(arn).attributes.put(name, value)));
  }

  /**
   * Subscribes, or finds the same subscription again.
   *
   * @param delivery makes the delivery of a subscription that is new
   */
  String subscribe(
      String topicArn,
      String protocol,
      String endpoint,
      Optional<Boolean> raw,
      Function<SnsSubscription, SnsDelivery> delivery) {
    return locked(() -> {
      Topic topic = topic(topicArn);
      for (SnsDelivery existing : topic.subscriptions.values()) {
        SnsSubscription s = existing.subscription();
        if (s.protocol().equals(protocol) && s.endpoint().equals(endpoint)) {
          if (raw.isPresent() && raw.get() != s.raw()) {
            throw ServiceError.of(
                "InvalidParameter",
                "Invalid parameter: Attributes Reason: Subscription already exists with"
                    + " different attributes");
          }
          return s.arn();
        }
      }
      if (topic.subscriptions.size() >= MAX_SUBSCRIPTIONS) {
        throw ServiceError.of(
            "SubscriptionLimitExceeded", "at most " + MAX_SUBSCRIPTIONS + " a topic");
      }
      String arn = topicArn + ":" + UUID.randomUUID();
      topic.subscriptions.put(
          arn,
          delivery.apply(
              new SnsSubscription(arn, topicArn, protocol, endpoint, raw.orElse(false))));
      return arn;
    });
  }

  /**
   * @throws ServiceError NotFound
   */
  void unsubscribe(String arn) {
    locked(() -> {
      for (Topic topic : topics.values()) {
        SnsDelivery delivery = topic.subscriptions.remove(arn);
        if (delivery != null) {
          delivery.close();
          return arn;
        }
      }
      throw new ServiceError(404, "NotFound", "Subscription does not exist");
    });
  }

  /** The subscriptions of one topic, or of all. */
  List<SnsDelivery> subscriptions(Optional<String> topicArn) {
    return locked(() -> {
      if (topicArn.isPresent()) {
        return List.copyOf(topic(topicArn.get()).subscriptions.values());
      }
      List<SnsDelivery> all = new ArrayList<>();
      topics.values().forEach(t -> all.addAll(t.subscriptions.values()));
      return all;
    });
  }

  /**
   * Publishes the message that {@code message} makes of its number.
   *
   * @throws ServiceError NotFound
   */
  SnsMessage publish(String topicArn, LongFunction<SnsMessage> message) {
    return locked(() -> {
      Topic topic = topic(topicArn);
      SnsMessage made = message.apply(++lastNumber);
      published.addLast(made);
      if (published.size() > remembered) {
        published.removeFirst();
      }
      topic.subscriptions.values().forEach(delivery -> delivery.offer(made));
      return made;
    });
  }

  /** The remembered messages with a number above {@code after}, oldest first. */
  List<SnsMessage> published(long after) {
    return locked(() -> published.stream().filter(m -> m.number() > after).toList());
  }

  @Override
  public void close() {
    locked(() -> {
      topics.values().forEach(t -> t.subscriptions.values().forEach(SnsDelivery::close));
      topics.clear();
      return lastNumber;
    });
  }

  private Topic topic(String arn) {
    @Nullable Topic topic = topics.get(arn);
    if (topic == null) {
      throw new ServiceError(404, "NotFound", "Topic does not exist");
    }
    return topic;
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
