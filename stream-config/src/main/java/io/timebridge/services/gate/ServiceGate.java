package io.timebridge.services.gate;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The gate before one service: at most so many calls at a time (bulkhead), evenly spaced (rate
 * limiter), and none while the service is ill (circuit breaker). Thread-safe; one per service and
 * process.
 *
 * <p>Every wait comes before the call is sent, is first come, first served, lasts at most {@link
 * #LONGEST_WAIT} and can be interrupted. Nothing is repeated here: a retry wraps a whole step of
 * the caller. The time limit of a call is its HTTP time-out.
 *
 * @implNote A caller first takes a place among the concurrent calls, then, for each call it makes
 *     in that place, a slot of the rate limiter, then the circuit breaker's leave. Nobody takes a
 *     second place while holding one. {@code quietUntil} and {@code openedAt} are monotonic
 *     nanoseconds, written without a lock: the later one wins, and a lost race costs one call.
 */
public final class ServiceGate {
  /** Longest wait for a place, for a slot, or for a quiet time to end: 30 s each. */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** Longest quiet time that a service's Retry-After can impose on all calls: 5 min. */
  private static final Duration LONGEST_QUIET = Duration.ofMinutes(5);

  /** Calls that decide, after an open circuit's pause, whether it closes. */
  private static final int TRIAL_CALLS = 3;

  /** Whether calls are let through. */
  public enum State {
    CLOSED,
    /** No calls until {@link ServiceGate#openFor()} has passed. */
    OPEN,
    /** A few calls are let through to find out; the others are refused as if it were open. */
    TRYING
  }

  /** One call to the service. It sends at most one request. */
  @FunctionalInterface
  public interface Call<T> {
    /** Sends and reads the answer; throwing {@link ServiceTrouble} counts as a failure. */
    Ending<T> send() throws ServiceTrouble, InterruptedException;
  }

  /** What is done in one place among the concurrent calls: one call, or a few in a row. */
  @FunctionalInterface
  public interface Work<T> {
    T in(Place place) throws ServiceTrouble, InterruptedException;
  }

  /** A place among the concurrent calls. Good only inside the {@link Work} it was given to. */
  public final class Place {
    private Place() {}

    /**
     * Waits for a slot, then makes a call.
     *
     * @param what the call, for messages: {@code timesheet add}
     * @param maySend asked when every permit is held, right before the call is made; false ends in
     *     {@link Kind#NOT_DONE}
     * @throws ServiceTrouble {@link Kind#CIRCUIT_OPEN} at once while the circuit is open; {@link
     *     Kind#NOT_DONE} when the wait would be too long; else what the call threw
     */
    public <T> T call(String what, BooleanSupplier maySend, Call<T> call)
        throws ServiceTrouble, InterruptedException {
      requireClosed(what);
      requireInTime(what, maySend);
      waitForSlot(what);
      if (!circuit.tryAcquirePermission()) {
        throw circuitOpen(what);
      }
      return recorded(what, maySend, call);
    }
  }

  private final String service;
  private final Duration openFor;
  private final Time time;
  private final Bulkhead places;
  private final AtomicRateLimiter slots;
  private final CircuitBreaker circuit;
  private final AtomicLong quietUntil;
  private final AtomicLong openedAt;

  /**
   * @param service its name in messages
   */
  public ServiceGate(String service, Settings.Gate limits) {
    this(service, limits, Time.SYSTEM);
  }

  /** As {@link #ServiceGate(String, Settings.Gate)}, with another time than the machine's. */
  public ServiceGate(String service, Settings.Gate limits, Time time) {
    this.service = service;
    this.openFor = limits.circuitOpenFor();
    this.time = time;
    this.quietUntil = new AtomicLong(time.nanos());
    this.openedAt = new AtomicLong(time.nanos());
    this.places =
        Bulkhead.of(
            service,
            BulkheadConfig.custom()
                .maxConcurrentCalls(limits.concurrentCalls())
                .maxWaitDuration(LONGEST_WAIT)
                .fairCallHandlingStrategyEnabled(true)
                .build());
    this.slots =
        new AtomicRateLimiter(
            service,
            RateLimiterConfig.custom()
                .limitForPeriod(1)
                .limitRefreshPeriod(Duration.ofSeconds(1).dividedBy(limits.callsPerSecond()))
                .timeoutDuration(LONGEST_WAIT)
                .build(),
            time::nanos);
    this.circuit = circuit(service, limits, time);
    circuit
        .getEventPublisher()
        .onStateTransition(event -> {
          if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
            openedAt.set(time.nanos());
          }
        });
  }

  private static CircuitBreaker circuit(String service, Settings.Gate limits, Time time) {
    return CircuitBreaker.of(
        service,
        CircuitBreakerConfig.custom()
            .slidingWindowType(SlidingWindowType.COUNT_BASED)
            .slidingWindowSize(limits.circuitWindow())
            .minimumNumberOfCalls(Math.max(5, limits.circuitWindow() / 2))
            .failureRateThreshold(limits.circuitFailurePercent())
            .waitDurationInOpenState(limits.circuitOpenFor())
            .permittedNumberOfCallsInHalfOpenState(Math.min(TRIAL_CALLS, limits.concurrentCalls()))
            .clock(time.asClock())
            .build());
  }

  /**
   * Waits for a place among the concurrent calls and works in it.
   *
   * @param what for messages
   * @throws ServiceTrouble {@link Kind#CIRCUIT_OPEN} at once while the circuit is open, {@link
   *     Kind#NOT_DONE} when no place came free in time; else what {@code work} threw
   */
  public <T> T inPlace(String what, Work<T> work) throws ServiceTrouble, InterruptedException {
    requireClosed(what);
    if (!places.tryAcquirePermission()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw notDone(what, "no place among the concurrent calls within " + LONGEST_WAIT, null);
    }
    try {
      return work.in(new Place());
    } finally {
      places.onComplete();
    }
  }

  /** {@link #inPlace} with a single {@link Place#call}. */
  public <T> T call(String what, BooleanSupplier maySend, Call<T> call)
      throws ServiceTrouble, InterruptedException {
    return inPlace(what, place -> place.call(what, maySend, call));
  }

  /** Whether calls are let through now. */
  public State state() {
    return switch (circuit.getState()) {
      case OPEN, FORCED_OPEN -> openFor().isZero() ? State.TRYING : State.OPEN;
      case HALF_OPEN -> State.TRYING;
      case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
    };
  }

  /** How long the circuit stays open yet; zero when it is not open. */
  public Duration openFor() {
    if (circuit.getState() != CircuitBreaker.State.OPEN) {
      return Duration.ZERO;
    }
    Duration left = openFor.minusNanos(time.nanos() - openedAt.get());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /**
   * Tells {@code listener} of every change of the circuit, on the thread of the call that brought
   * it about; it must not block. That an open circuit's pause is over is no change: the next call
   * makes it one.
   */
  public void onChange(Consumer<State> listener) {
    circuit
        .getEventPublisher()
        .onStateTransition(event ->
            listener.accept(
                switch (event.getStateTransition().getToState()) {
                  case OPEN, FORCED_OPEN -> State.OPEN;
                  case HALF_OPEN -> State.TRYING;
                  case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
                }));
  }

  private <T> T recorded(String what, BooleanSupplier maySend, Call<T> call)
      throws ServiceTrouble, InterruptedException {
    long start = time.nanos();
    boolean judged = false;
    try {
      requireInTime(what, maySend);
      Ending<T> ending;
      try {
        ending = call.send();
      } catch (ServiceTrouble failure) {
        judged = true;
        circuit.onError(time.nanos() - start, TimeUnit.NANOSECONDS, failure);
        throw failure;
      }
      return switch (ending) {
        case Ending.Answered<T>(T answer) -> {
          judged = true;
          circuit.onSuccess(time.nanos() - start, TimeUnit.NANOSECONDS);
          yield answer;
        }
        case Ending.NotCounted<T>(ServiceTrouble trouble) -> {
          trouble.retryAfter().ifPresent(this::keepQuiet);
          throw trouble;
        }
      };
    } finally {
      if (!judged) {
        circuit.releasePermission();
      }
    }
  }

  private void waitForSlot(String what) throws ServiceTrouble, InterruptedException {
    Duration quiet = Duration.ofNanos(Math.max(0, quietUntil.get() - time.nanos()));
    if (quiet.compareTo(LONGEST_WAIT) > 0) {
      throw notDone(what, "the service asked for patience", quiet);
    }
    long slot = slots.reservePermission(1);
    if (slot < 0) {
      throw notDone(what, "no slot within " + LONGEST_WAIT, null);
    }
    long wait = Math.max(slot, quiet.toNanos());
    if (wait > 0) {
      time.sleepNanos(wait);
    }
  }

  private void keepQuiet(Duration asked) {
    Duration quiet = asked.compareTo(LONGEST_QUIET) < 0 ? asked : LONGEST_QUIET;
    long until = time.nanos() + quiet.toNanos();
    quietUntil.updateAndGet(before -> until - before > 0 ? until : before);
  }

  private void requireClosed(String what) throws ServiceTrouble {
    if (!openFor().isZero()) {
      throw circuitOpen(what);
    }
  }

  private void requireInTime(String what, BooleanSupplier maySend) throws ServiceTrouble {
    if (!maySend.getAsBoolean()) {
      throw notDone(what, "too late to send", null);
    }
  }

  private ServiceTrouble circuitOpen(String what) {
    Duration left = openFor();
    Duration trial = openFor.compareTo(Duration.ofSeconds(1)) < 0 ? openFor : Duration.ofSeconds(1);
    return new ServiceTrouble(
        Kind.CIRCUIT_OPEN,
        "%s %s: not sent, the circuit is open".formatted(service, what),
        left.isZero() ? trial : left,
        null);
  }

  private ServiceTrouble notDone(String what, String why, @Nullable Duration retryAfter) {
    return new ServiceTrouble(
        Kind.NOT_DONE, "%s %s: not sent, %s".formatted(service, what, why), retryAfter, null);
  }
}
