package io.timebridge.local.aws;

import io.timebridge.local.aws.SnsTarget.Attempt;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the messages of one subscription, in order, on its own virtual thread. {@link #offer}
 * never waits: what does not fit into the bounded queue is dropped and counted. Thread-safe.
 *
 * @implNote The queue is the only thing shared with the publisher; the counters are written by the
 *     publisher (dropped) or the worker (the others) and read by anyone.
 */
final class SnsDelivery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnsDelivery.class);

  /**
   * How hard to try.
   *
   * @param waiting messages that may wait
   * @param retries further attempts after the first
   * @param firstBackoff wait before the first retry; it doubles each time
   */
  record Policy(int waiting, int retries, Duration firstBackoff) {}

  private final SnsSubscription subscription;
  private final SnsTarget target;
  private final Policy policy;
  private final BlockingQueue<SnsMessage> queue;
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread worker;

  SnsDelivery(SnsSubscription subscription, SnsTarget target, Policy policy) {
    this.subscription = subscription;
    this.target = target;
    this.policy = policy;
    this.queue = new ArrayBlockingQueue<>(policy.waiting());
    this.worker = Thread.ofVirtual().name("sns-delivery").start(this::run);
  }

  SnsSubscription subscription() {
    return subscription;
  }

  void offer(SnsMessage message) {
    if (!queue.offer(message) && dropped.getAndIncrement() == 0) {
      LOG.warn(
          "sns: {} messages wait for {}; further ones are dropped",
          policy.waiting(),
          subscription.endpoint());
    }
  }

  /** Messages that the subscriber took. */
  long delivered() {
    return delivered.get();
  }

  /** Messages given up after the last attempt. */
  long failed() {
    return failed.get();
  }

  /** Messages that found the queue full. */
  long dropped() {
    return dropped.get();
  }

  /** Ends the worker; what waits is forgotten. */
  @Override
  public void close() {
    worker.interrupt();
  }

  private void run() {
    try {
      while (true) {
        SnsMessage message = queue.take();
        try {
          deliver(message);
        } catch (RuntimeException e) { // the edge of the thread: one message must not end it
          failed.incrementAndGet();
          LOG.error("sns: message {} to {} failed", message.id(), subscription.endpoint(), e);
        }
      }
    } catch (InterruptedException e) {
      // Closed: the thread ends here, nobody is left to see its interrupt.
      LOG.debug("sns: deliveries to {} end", subscription.endpoint());
    }
  }

  private void deliver(SnsMessage message) throws InterruptedException {
    Duration backoff = policy.firstBackoff();
    for (int attempt = 1; ; attempt++) {
      switch (target.send(message)) {
        case Attempt.Delivered() -> {
          delivered.incrementAndGet();
          return;
        }
        case Attempt.Failed(String why, boolean lasting) -> {
          if (lasting || attempt > policy.retries()) {
            failed.incrementAndGet();
            LOG.warn(
                "sns: message {} not delivered to {} after {} attempts: {}",
                message.id(),
                subscription.endpoint(),
                attempt,
                why);
            return;
          }
          Thread.sleep(backoff);
          backoff = backoff.multipliedBy(2);
        }
      }
    }
  }
}
