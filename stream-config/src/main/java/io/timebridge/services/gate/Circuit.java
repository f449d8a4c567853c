package io.timebridge.services.gate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.timebridge.services.gate.ServiceGate.State;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The circuit breaker of a gate. Thread-safe.
 *
 * @implNote {@code openedAt} is monotonic nanoseconds, written without a lock: the later one wins.
 */
final class Circuit {
  /** Calls that decide, after an open circuit's pause, whether it closes. */
  private static final int TRIAL_CALLS = 3;

  private final Duration openFor;
  private final Time time;
  private final CircuitBreaker breaker;
  private final AtomicLong openedAt;

  Circuit(String service, Settings.Gate limits, Time time) {
    this.openFor = limits.circuitOpenFor();
    this.time = time;
    this.openedAt = new AtomicLong(time.nanos());
    this.breaker =
        CircuitBreaker.of(
            service,
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(limits.circuitWindow())
                .minimumNumberOfCalls(Math.max(5, limits.circuitWindow() / 2))
                .failureRateThreshold(limits.circuitFailurePercent())
                .waitDurationInOpenState(openFor)
                .permittedNumberOfCallsInHalfOpenState(
                    Math.min(TRIAL_CALLS, limits.concurrentCalls()))
                .clock(time.asClock())
                .build());
    onChange(state -> {
      if (state == State.OPEN) {
        openedAt.set(time.nanos());
      }
    });
  }

  boolean tryEnter() {
    return breaker.tryAcquirePermission();
  }

  /** Whether a call that came now would be let through; of those that try, only so many are. */
  boolean mayTry() {
    if (breaker.getState() != CircuitBreaker.State.HALF_OPEN) {
      return true;
    }
    boolean may = breaker.tryAcquirePermission();
    if (may) {
      breaker.releasePermission();
    }
    return may;
  }

  void leaveUnjudged() {
    breaker.releasePermission();
  }

  void succeeded(long nanos) {
    breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
  }

  void failed(long nanos, Throwable failure) {
    breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
  }

  State state() {
    State phase = phase();
    return phase == State.OPEN && openFor().isZero() ? State.TRYING : phase;
  }

  /** As {@link #state()}, but open until a call tries, also when the pause is over. */
  State phase() {
    return of(breaker.getState());
  }

  private static State of(CircuitBreaker.State state) {
    return switch (state) {
      case OPEN, FORCED_OPEN -> State.OPEN;
      case HALF_OPEN -> State.TRYING;
      case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
    };
  }

  /** How long it stays open yet; zero when it is not open. */
  Duration openFor() {
    if (breaker.getState() != CircuitBreaker.State.OPEN) {
      return Duration.ZERO;
    }
    Duration left = openFor.minusNanos(time.nanos() - openedAt.get());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** When to ask again where a call was refused. */
  Duration askAgainAfter() {
    Duration left = openFor();
    Duration trial = openFor.compareTo(Duration.ofSeconds(1)) < 0 ? openFor : Duration.ofSeconds(1);
    return left.isZero() ? trial : left;
  }

  void onChange(Consumer<State> listener) {
    breaker
        .getEventPublisher()
        .onStateTransition(event -> listener.accept(of(event.getStateTransition().getToState())));
  }
}
