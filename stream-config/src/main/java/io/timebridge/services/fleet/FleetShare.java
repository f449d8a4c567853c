package io.timebridge.services.fleet;

import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Names;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * This process's share of a service's limits, renewed every {@link #BEAT} in a row that all
 * processes of the deployment share; the gate lets through what the share allows. The shares of all
 * processes add up to no more than the limits at any time. A process that is alone has all of them;
 * several get equal parts, as far as they want them. Without DynamoDB the process stops calling
 * within {@link Membership#STOP_AFTER}. Costs a read and a write of DynamoDB per beat. Thread-safe.
 *
 * @implNote {@code lock} guards {@code membership}; it is held while the store is asked.
 */
public final class FleetShare implements AutoCloseable {
  /** Between two beats: 1 s. */
  static final Duration BEAT = Duration.ofSeconds(1);

  /** Between two beats while a share is about to change. */
  private static final Duration QUICK_BEAT = Duration.ofMillis(250);

  /** Attempts of one beat against other processes' writes. */
  private static final int ATTEMPTS = 5;

  /** Longest time that closing waits for calls to end. */
  private static final Duration LEAVE_WITHIN = Duration.ofSeconds(3);

  private static final long LOOK_EVERY_MILLIS = 50;

  private static final Logger LOG = LoggerFactory.getLogger(FleetShare.class);

  private final String service;
  private final Share limit;
  private final SharesStore store;
  private final ServiceGate gate;
  private final Membership membership;
  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread beats;
  private Share told = new Share(Integer.MAX_VALUE, Integer.MAX_VALUE);

  private FleetShare(
      String service,
      Settings.Gate limits,
      int sessions,
      Supplier<Share> wants,
      ServiceGate gate,
      SharesStore store,
      InstantSource clock) {
    this.service = service;
    this.limit = new Share(limits.concurrentCalls(), sessions);
    this.store = store;
    this.gate = gate;
    this.membership =
        new Membership(
            UUID.randomUUID().toString(),
            limit,
            wants,
            limits.callTimeout(),
            new GateLimits(gate, limit, limits.callsPerSecond(), System::nanoTime, clock),
            System::nanoTime);
    this.beats = Thread.ofVirtual().name("share-of-" + service).unstarted(this::beats);
  }

  /**
   * Joins those who call FirstService; when it returns, the first beat is done.
   *
   * @param wants asked at every beat, see {@link #ALL}
   * @param gate made by {@link ServiceGate#shared}
   * @param dynamoDb stays the caller's to close, after this
   */
  public static FleetShare ofFirstService(
      Settings settings,
      Supplier<Share> wants,
      ServiceGate gate,
      DynamoDbClient dynamoDb,
      InstantSource clock) {
    Settings.Gate limits = settings.firstService().gate();
    return join(
        "first-service",
        limits,
        limits.concurrentCalls(), // it has no sessions: they are never scarcer than calls
        wants,
        gate,
        dynamoDb,
        settings.names(),
        clock);
  }

  /** As {@link #ofFirstService}, for SecondService and its sessions. */
  public static FleetShare ofSecondService(
      Settings settings,
      Supplier<Share> wants,
      ServiceGate gate,
      DynamoDbClient dynamoDb,
      InstantSource clock) {
    return join(
        "second-service",
        settings.secondService().gate(),
        settings.secondService().sessions(),
        wants,
        gate,
        dynamoDb,
        settings.names(),
        clock);
  }

  /** As much as there is. */
  public static final Share ALL = new Share(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /** One call at a time. */
  public static final Share ONE = new Share(1, 1);

  private static FleetShare join(
      String service,
      Settings.Gate limits,
      int sessions,
      Supplier<Share> wants,
      ServiceGate gate,
      DynamoDbClient dynamoDb,
      Names names,
      InstantSource clock) {
    FleetShare share =
        new FleetShare(
            service,
            limits,
            sessions,
            wants,
            gate,
            new DynamoDbSharesStore(dynamoDb, names, service),
            clock);
    try {
      share.beat();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt(); // the thread of beats goes on with it
    }
    share.beats.start();
    return share;
  }

  /** What may be used now. */
  public Share current() {
    lock.lock();
    try {
      return gate.hasShare() ? membership.using() : Share.NONE;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a share.
   *
   * @return false when there is none yet after {@code longest}, or this was closed meanwhile
   */
  public boolean await(Duration longest) throws InterruptedException {
    long began = System.nanoTime();
    while (!gate.hasShare()) {
      boolean late = System.nanoTime() - began >= longest.toNanos();
      if (late || stopped.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return true;
  }

  private void beats() {
    try {
      boolean quickly = false;
      while (!stopped.await((quickly ? QUICK_BEAT : BEAT).toMillis(), TimeUnit.MILLISECONDS)) {
        quickly = beat();
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the next one is to come soon. */
  private boolean beat() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (stopped.getCount() == 0) {
        return false; // closed while this waited for the lock: it must not join again
      }
      boolean written = false;
      for (int attempt = 1; attempt <= ATTEMPTS && !written; attempt++) {
        written = membership.beat(store);
      }
      tell("");
      return !written || membership.isMoving();
    } catch (SharesStore.Unavailable unavailable) {
      tell(": " + unavailable.getMessage());
      return false;
    } catch (RuntimeException defect) { // the edge of a thread: without beats the share lapses
      LOG.error("{} share: beat failed", service, defect);
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** One line per change. */
  private void tell(String why) {
    Share now = gate.hasShare() ? membership.using() : Share.NONE;
    if (now.equals(told)) {
      return;
    }
    boolean wanted = membership.isWanting();
    if (now.isNone() && wanted) {
      LOG.warn("{} share: none, no calls until there is one{}", service, why);
    } else {
      LOG.info(
          "{} share: calls={} of {} sessions={} of {}",
          service,
          now.calls(),
          limit.calls(),
          now.sessions(),
          limit.sessions());
    }
    told = now;
  }

  /**
   * Gives the share back once its calls have ended. One that they do not end for is left to the
   * others to take over. Idempotent.
   */
  @Override
  public void close() {
    if (stopped.getCount() == 0) {
      return;
    }
    stopped.countDown();
    lock.lock(); // a beat under way ends first
    try {
      membership.stop();
      long began = System.nanoTime();
      boolean left = membership.leave(store);
      while (!left && System.nanoTime() - began < LEAVE_WITHIN.toNanos()) {
        TimeUnit.MILLISECONDS.sleep(20);
        left = membership.leave(store);
      }
      if (!left) {
        LOG.warn("{} share: not given back, calls still run", service);
      }
    } catch (SharesStore.Unavailable unavailable) {
      LOG.warn("{} share: not given back, it will lapse: {}", service, unavailable.getMessage());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
