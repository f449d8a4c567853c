package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.first.TokenEndpoint.Granted;
import io.timebridge.services.first.TokenStore.Stored;
import io.timebridge.services.first.TokenStore.Unavailable;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.http.ServiceHttp;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token pair that a fleet shares through a {@link TokenStore}; until one is stored, the pair of
 * the settings. One process refreshes at a time, once for all its callers, and everybody else takes
 * the new pair from the store. A refresh runs in a thread of its own: a caller that is interrupted
 * leaves it to finish, since an answer that nobody reads would cost the fleet its tokens. A refresh
 * token that the service has once called dead is not tried again, and nothing else is called until
 * another pair is stored. Thread-safe.
 *
 * @implNote {@code lock} guards {@code flight}; {@code current} is written by whoever learns of a
 *     newer token and read without a lock; {@code dead} belongs to the flight, of which there is
 *     one at a time. Callers hold no place of the gate here, since a refresh needs one.
 */
public final class StoredTokens implements TokenSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoredTokens.class);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  /** What storing a new pair may take when this is closed. */
  private static final Duration STORE_WITHIN = Duration.ofSeconds(5);

  /** Waits; injected so that tests do not. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;

    Sleeper REAL = d -> TimeUnit.NANOSECONDS.sleep(d.toNanos());
  }

  private final TokenPair first;
  private final TokenKeeper keeper;
  private final TokenStore store;
  private final ServiceHttp http;
  private final TokenEndpoint endpoint;
  private final InstantSource clock;
  private final Sleeper sleeper;
  private final Duration callTimeout;
  private final Duration leaseFor;
  private final String holder = UUID.randomUUID().toString();

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable CompletableFuture<Secret> flight;
  private volatile @Nullable Secret current;
  private volatile @Nullable Secret dead;
  private volatile @Nullable Secret proven;
  private final Refusal refusal;

  /** What is known of the credentials. */
  public sealed interface Health {
    /** A call with the present token succeeded. */
    record Good() implements Health {}

    /** A person has to log in. {@code why} holds no secret. */
    record Dead(String why) implements Health {}

    /** No call has told yet. */
    record Unknown() implements Health {}
  }

  /**
   * @param gate FirstService's, shared with {@link HttpFirstService}
   * @param clock for the end of a token's life and of a lease
   */
  public StoredTokens(
      Settings.FirstService settings, ServiceGate gate, TokenStore store, InstantSource clock) {
    this(settings, gate, store, clock, Sleeper.REAL, System::nanoTime);
  }

  StoredTokens(
      Settings.FirstService settings,
      ServiceGate gate,
      TokenStore store,
      InstantSource clock,
      Sleeper sleeper,
      LongSupplier nanos) {
    this.first = new TokenPair(settings.accessToken(), settings.refreshToken(), Optional.empty());
    this.store = store;
    this.keeper = new TokenKeeper(store, sleeper);
    this.callTimeout = settings.gate().callTimeout();
    this.http = new ServiceHttp("FirstService", callTimeout, gate, clock);
    this.endpoint = new TokenEndpoint(settings, http, clock);
    this.clock = clock;
    this.sleeper = sleeper;
    this.refusal = new Refusal(this::lookFor, nanos);
    // The gate's longest waits (a place, a slot), one call, and some time to store the pair.
    this.leaseFor =
        ServiceGate.LONGEST_WAIT.multipliedBy(2).plus(callTimeout).plus(Duration.ofSeconds(10));
  }

  @Override
  public Secret access() throws ServiceTrouble, InterruptedException {
    Secret known = current;
    if (known != null) {
      return known;
    }
    TokenPair pair;
    try {
      pair = store.load().map(Stored::pair).orElse(first);
    } catch (Unavailable unavailable) {
      throw notDone(unavailable);
    }
    if (pair.access().isEmpty()) {
      return refreshAfter(pair.access());
    }
    lock.lockInterruptibly();
    try {
      // A flight may have learned of a newer one meanwhile.
      known = current;
      if (known == null) {
        known = pair.access();
        current = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Secret refreshAfter(Secret rejected) throws ServiceTrouble, InterruptedException {
    CompletableFuture<Secret> running;
    lock.lockInterruptibly();
    try {
      Secret known = current;
      if (known != null && !known.equals(rejected)) {
        return known;
      }
      running = flight;
      if (running == null || running.isDone()) {
        running = takeOff(rejected);
        flight = running;
      }
    } finally {
      lock.unlock();
    }
    return await(running);
  }

  @Override
  public void requireUsable() throws ServiceTrouble {
    refusal.require();
  }

  @Override
  public void worked(Secret token) {
    proven = token;
  }

  @Override
  public void refused(Secret token, String why) {
    refusal.set(token, why, false);
  }

  /** What calls have told of the credentials. */
  public Health health() {
    Secret known = current;
    return refusal
        .why()
        .<Health>map(Health.Dead::new)
        .orElseGet(
            () -> known != null && known.equals(proven) ? new Health.Good() : new Health.Unknown());
  }

  /**
   * The generation of the pair that is dead, 0 for that of the settings; empty when another is
   * stored meanwhile, or none is dead.
   */
  public OptionalLong deadGeneration() throws Unavailable, InterruptedException {
    Optional<Secret> refused = refusal.access();
    Optional<Stored> stored = keeper.load();
    if (refused.isEmpty() || newerThan(refused.get(), stored).isPresent()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(stored.map(Stored::generation).orElse(0L));
  }

  /** The generation of the stored pair, if a call with its token succeeded. */
  public OptionalLong goodGeneration() throws Unavailable, InterruptedException {
    return keeper
        .load()
        .filter(stored -> stored.pair().access().equals(proven))
        .map(stored -> OptionalLong.of(stored.generation()))
        .orElseGet(OptionalLong::empty);
  }

  private Optional<Secret> lookFor(Secret refused) throws Unavailable, InterruptedException {
    Optional<Secret> other = newerThan(refused, keeper.load());
    other.ifPresent(token -> current = token);
    return other;
  }

  /**
   * Makes a pair out of the code that a person got by logging in, and stores it for the whole
   * fleet.
   *
   * @throws ServiceTrouble {@code CREDENTIALS} when the code or the client is not accepted
   */
  public void login(Secret code, String redirectUri) throws ServiceTrouble, InterruptedException {
    login(code, redirectUri, new Secret(""));
  }

  /**
   * The same for a code that was asked for with a challenge.
   *
   * @param verifier PKCE's (RFC 7636), whose hash was the challenge; empty = there was none
   */
  public void login(Secret code, String redirectUri, Secret verifier)
      throws ServiceTrouble, InterruptedException {
    switch (endpoint.authorize(code, redirectUri, verifier)) {
      case Granted.Pair(TokenPair pair) -> {
        try {
          current = keeper.keepWhateverIsStored(pair).access();
          refusal.clear();
        } catch (Unavailable unavailable) {
          throw notDone(unavailable);
        }
      }
      case Granted.Refused(String error) ->
          throw new ServiceTrouble(
              Kind.CREDENTIALS,
              "FirstService login: %s; check the code, first-service.client-id and .client-secret"
                  .formatted(error));
    }
  }

  private CompletableFuture<Secret> takeOff(Secret rejected) {
    CompletableFuture<Secret> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("first-service-token-refresh")
        .start(() -> {
          try {
            Secret fresh = refresh(rejected);
            current = fresh;
            refusal.clear();
            result.complete(fresh);
          } catch (Throwable failed) { // the edge of a thread: everything goes to those who wait
            result.completeExceptionally(failed);
          }
        });
    return result;
  }

  private static Secret await(CompletableFuture<Secret> running)
      throws ServiceTrouble, InterruptedException {
    try {
      return running.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof ServiceTrouble trouble) {
        // A new one: several callers may share the flight.
        throw new ServiceTrouble(
            trouble.kind(),
            String.valueOf(trouble.getMessage()),
            trouble.retryAfter().orElse(null),
            trouble);
      }
      throw new IllegalStateException("FirstService token refresh", failed.getCause());
    }
  }

  /** Waits until another process has refreshed, or refreshes itself. */
  private Secret refresh(Secret rejected) throws ServiceTrouble, InterruptedException {
    try {
      for (Duration waited = Duration.ZERO;
          waited.compareTo(leaseFor) <= 0;
          waited = waited.plus(LOOK_AGAIN)) {
        Optional<Secret> other = newerThan(rejected, keeper.load());
        if (other.isPresent()) {
          return other.get();
        }
        if (store.lease(holder, leaseFor)) {
          return refreshAsHolder(rejected, clock.instant().plus(leaseFor));
        }
        sleeper.sleep(LOOK_AGAIN);
      }
    } catch (Unavailable unavailable) {
      throw notDone(unavailable);
    }
    throw new ServiceTrouble(
        Kind.NOT_DONE,
        "FirstService token refresh: another process has been at it for more than " + leaseFor,
        LOOK_AGAIN,
        null);
  }

  private Secret refreshAsHolder(Secret rejected, Instant leasedUntil)
      throws ServiceTrouble, Unavailable, InterruptedException {
    try {
      // Again: another process may have refreshed between the look and the lease.
      Optional<Stored> stored = keeper.load();
      Optional<Secret> other = newerThan(rejected, stored);
      if (other.isPresent()) {
        return other.get();
      }
      Secret refreshToken = stored.map(Stored::pair).orElse(first).refresh();
      if (refreshToken.isEmpty()) {
        throw logInAgain(rejected, "has no refresh token", true);
      }
      if (refreshToken.equals(dead)) {
        throw logInAgain(rejected, "has a refresh token that the service called dead", true);
      }
      Instant sendBefore = leasedUntil.minus(callTimeout).minus(Duration.ofSeconds(5));
      return switch (endpoint.refresh(refreshToken, () -> clock.instant().isBefore(sendBefore))) {
        case Granted.Pair(TokenPair pair) ->
            keeper.keep(stored.map(Stored::generation).orElse(0L), pair).access();
        case Granted.Refused(String error) -> afterRefusal(rejected, refreshToken, error);
      };
    } finally {
      keeper.release(holder);
    }
  }

  /** Somebody may have logged in, or refreshed after a lease that had run out. */
  private Secret afterRefusal(Secret rejected, Secret refreshToken, String error)
      throws ServiceTrouble, Unavailable, InterruptedException {
    Optional<Secret> other = newerThan(rejected, keeper.load());
    if (other.isPresent()) {
      return other.get();
    }
    boolean forGood = error.equals("invalid_grant");
    if (forGood) {
      dead = refreshToken;
    }
    throw logInAgain(rejected, "was refused a new token (" + error + ")", forGood);
  }

  private Optional<Secret> newerThan(Secret rejected, Optional<Stored> stored) {
    return stored
        .map(s -> s.pair().access())
        .filter(access -> !access.isEmpty() && !access.equals(rejected));
  }

  private ServiceTrouble logInAgain(Secret rejected, String what, boolean forGood) {
    String why =
        "FirstService: Timebridge %s; log in again: ./timebridge login first-service"
            .formatted(what);
    refusal.set(rejected, why, forGood);
    return new ServiceTrouble(Kind.CREDENTIALS, why, Refusal.LOOK_EVERY, null);
  }

  private static ServiceTrouble notDone(Unavailable unavailable) {
    return new ServiceTrouble(
        Kind.NOT_DONE, String.valueOf(unavailable.getMessage()), null, unavailable);
  }

  /**
   * Lets a refresh under way end, since an answer that nobody reads costs the fleet its tokens, and
   * stores a pair that could not be stored so far; then breaks off whatever still runs.
   */
  @Override
  public void close() {
    CompletableFuture<Secret> running;
    lock.lock();
    try {
      running = flight;
    } finally {
      lock.unlock();
    }
    try {
      if (running != null) {
        awaitEnd(running);
      }
      keeper.keepWhatIsUnsaved();
    } catch (Unavailable unavailable) {
      LOG.error(
          "FirstService's new token pair could not be stored; log in again: ./timebridge login first-service",
          unavailable);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    } finally {
      http.close();
    }
  }

  private void awaitEnd(CompletableFuture<Secret> running) throws InterruptedException {
    try {
      running.get(callTimeout.plus(STORE_WITHIN).toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException ended) {
      LOG.debug("FirstService token refresh at the end: {}", ended.toString());
    }
  }
}
