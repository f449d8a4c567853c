package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.settings.Secret;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That the service refused our credentials, and until when nobody needs to ask it again: until
 * another pair is stored, which one caller at a time looks for every {@link #LOOK_EVERY}; where the
 * reason may pass by itself, {@link #ASK_AGAIN} at most. Thread-safe; never blocks.
 */
final class Refusal {
  /** Between two looks for another pair: 3 s. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(3);

  /** Until the service is asked again where only a person's login may not be needed: 1 min. */
  static final Duration ASK_AGAIN = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);

  /** Finds an access token other than the refused one in the store. */
  @FunctionalInterface
  interface Look {
    Optional<Secret> otherThan(Secret refused) throws TokenStore.Unavailable, InterruptedException;
  }

  private record Refused(Secret access, String why, boolean forGood, long sinceNanos) {}

  private final Look look;
  private final LongSupplier nanos;
  private final AtomicReference<@Nullable Refused> refused = new AtomicReference<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile long lookedAt;

  Refusal(Look look, LongSupplier nanos) {
    this.look = look;
    this.nanos = nanos;
  }

  /**
   * @param access the token that is not accepted
   * @param why for people: no secret
   * @param forGood whether only another pair can help
   */
  void set(Secret access, String why, boolean forGood) {
    long now = nanos.getAsLong();
    if (refused.getAndSet(new Refused(access, why, forGood, now)) == null) {
      lookedAt = now;
      LOG.warn("{}; calls wait until then", why);
    }
  }

  /** There is a token that works, or that nobody has refused yet. */
  void clear() {
    if (refused.getAndSet(null) != null) {
      LOG.info("FirstService: there is another token, calls go on");
    }
  }

  /** Why nothing can be called; empty when it can. */
  Optional<String> why() {
    return Optional.ofNullable(refused.get()).map(Refused::why);
  }

  /** The token that is not accepted; empty when none is known. */
  Optional<Secret> access() {
    return Optional.ofNullable(refused.get()).map(Refused::access);
  }

  /**
   * @throws ServiceTrouble {@code CREDENTIALS} while refused
   */
  void require() throws ServiceTrouble {
    Refused now = refused.get();
    if (now == null) {
      return;
    }
    long time = nanos.getAsLong();
    if (!now.forGood() && time - now.sinceNanos() >= ASK_AGAIN.toNanos()) {
      refused.compareAndSet(now, null);
      return;
    }
    if (time - lookedAt >= LOOK_EVERY.toNanos() && looking.compareAndSet(false, true)) {
      lookedAt = time;
      Thread.ofVirtual().name("first-service-token-look").start(() -> lookFor(now));
    }
    throw new ServiceTrouble(Kind.CREDENTIALS, now.why(), LOOK_EVERY, null);
  }

  private void lookFor(Refused now) {
    try {
      if (look.otherThan(now.access()).isPresent() && refused.compareAndSet(now, null)) {
        LOG.info("FirstService: another token pair is stored, calls go on");
      }
    } catch (TokenStore.Unavailable unavailable) {
      LOG.warn("no look for another token pair: {}", unavailable.getMessage());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    } finally {
      looking.set(false);
    }
  }
}
