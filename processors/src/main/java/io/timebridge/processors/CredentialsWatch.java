package io.timebridge.processors;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.services.first.StoredTokens;
import io.timebridge.services.first.StoredTokens.Health;
import io.timebridge.services.first.TokenStore;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people when FirstService's credentials are dead, and when they live again. Looks every
 * {@link #LOOK_EVERY}; a message that did not go out is tried again at the next look. Thread-safe.
 *
 * @implNote {@code nextLook...} belong to the thread that looks.
 */
final class CredentialsWatch implements AutoCloseable {
  /** Between two looks: 5 s. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  /** Between two questions whether others have told: 1 min. */
  static final Duration ASK_EVERY = Duration.ofMinutes(1);

  private static final String PROBLEM = "first-service-credentials";
  private static final List<String> KEYWORDS = List.of("timebridge", "FirstService", "credentials");
  private static final Logger LOG = LoggerFactory.getLogger(CredentialsWatch.class);

  private final StoredTokens tokens;
  private final Alerts alerts;
  private final LongSupplier nanos;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private boolean dead;
  private long askAt;

  CredentialsWatch(StoredTokens tokens, Alerts alerts, LongSupplier nanos) {
    this.tokens = tokens;
    this.alerts = alerts;
    this.nanos = nanos;
    this.askAt = nanos.getAsLong();
    this.thread = Thread.ofVirtual().name("credentials-watch").unstarted(this::looks);
  }

  static CredentialsWatch start(StoredTokens tokens, Alerts alerts) {
    CredentialsWatch watch = new CredentialsWatch(tokens, alerts, System::nanoTime);
    watch.thread.start();
    return watch;
  }

  private void looks() {
    try {
      while (!stopped.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** One look. */
  void look() throws InterruptedException {
    Health health = tokens.health();
    boolean changed = dead != (health instanceof Health.Dead);
    if (health instanceof Health.Unknown || (!changed && nanos.getAsLong() - askAt < 0)) {
      return;
    }
    try {
      switch (health) {
        case Health.Dead(String why) -> {
          OptionalLong generation = tokens.deadGeneration();
          if (generation.isPresent()) {
            alerts.raise(died(why), generation.getAsLong());
          }
        }
        case Health.Good() -> {
          OptionalLong generation = tokens.goodGeneration();
          if (generation.isPresent()) {
            alerts.over(alive(), generation.getAsLong());
          }
        }
        case Health.Unknown() -> throw new IllegalStateException("is left out above");
      }
      dead = health instanceof Health.Dead;
      askAt = nanos.getAsLong() + ASK_EVERY.toNanos();
    } catch (Alerts.NotTold | TokenStore.Unavailable again) {
      LOG.warn("credentials watch: {}", again.getMessage());
    } catch (RuntimeException defect) { // the edge of a thread: the next look may do better
      LOG.error("credentials watch: look failed", defect);
    }
  }

  static Alert died(String why) {
    return new Alert(
        PROBLEM,
        "FirstService needs a new login",
        why + "\nEverything that needs FirstService waits; nothing is lost, nothing is parked.",
        List.of(
            "Run `./timebridge login first-service`: it prints the address to log in at",
            "Log in there, and enter the code that FirstService gives"),
        KEYWORDS);
  }

  static Alert alive() {
    return new Alert(
        PROBLEM,
        "FirstService's login works again",
        "Calls to FirstService go on, and what waited is worked off in order.",
        List.of(),
        KEYWORDS);
  }

  @Override
  public void close() {
    stopped.countDown();
    thread.interrupt();
  }
}
