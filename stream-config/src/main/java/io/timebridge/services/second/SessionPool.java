package io.timebridge.services.second;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.ServiceGate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one process. Logins happen one at a time, and after one that failed there is a
 * pause that doubles, with jitter, from {@link #FIRST_PAUSE} to {@link #LONGEST_PAUSE}; who needs a
 * session during a pause is told at once. A session that is refused before it ever worked counts as
 * a failed login from the second time in a row: other clients of the same user may be pushing ours
 * out. Thread-safe.
 *
 * @implNote {@code login} guards {@code failures}, {@code fruitless}, {@code pause}, {@code
 *     notBefore} and {@code lastTrouble}, and is held while logging in. It is taken by callers that
 *     hold a place of the gate, never the other way round: the login uses its caller's place, so it
 *     cannot wait for one. A slot's {@code session} is written under {@code login} and read without
 *     it.
 */
final class SessionPool {
  static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** However long the service asks us to wait with the next login. */
  private static final Duration LONGEST_ASKED = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);

  /** Logs in once. */
  @FunctionalInterface
  interface LoginCall {
    LoginOutcome attempt(ServiceGate.Place place) throws ServiceTrouble, InterruptedException;
  }

  private final List<Slot> slots;
  private final AtomicInteger next = new AtomicInteger();
  private final LoginCall loginCall;
  private final InstantSource clock;
  private final RandomGenerator random;

  private final ReentrantLock login = new ReentrantLock(true);
  private int failures;
  private int fruitless;
  private Duration pause = Duration.ZERO;
  private Instant notBefore = Instant.EPOCH;
  private @Nullable ServiceTrouble lastTrouble;

  SessionPool(int sessions, LoginCall loginCall, InstantSource clock, RandomGenerator random) {
    this.slots = IntStream.range(0, sessions).mapToObj(i -> new Slot()).toList();
    this.loginCall = loginCall;
    this.clock = clock;
    this.random = random;
  }

  /** The slot for the next call: each in turn. */
  Slot next() {
    return slots.get(Math.floorMod(next.getAndIncrement(), slots.size()));
  }

  /** Room for one session. */
  final class Slot {
    private volatile @Nullable Session session;

    private Slot() {}

    /**
     * The slot's session; logs in when there is none.
     *
     * @throws ServiceTrouble when there is none to be had; a call that needed it was surely not
     *     done, so never {@link Kind#UNKNOWN}
     */
    Session open(ServiceGate.Place place) throws ServiceTrouble, InterruptedException {
      Session current = session;
      if (current != null) {
        return current;
      }
      login.lockInterruptibly();
      try {
        current = session;
        if (current == null) {
          current = logIn(place);
          session = current;
        }
        return current;
      } finally {
        login.unlock();
      }
    }

    /** Says that a call in this session was answered. */
    void worked(Session used) {
      if (used.hasWorked()) {
        return;
      }
      used.works();
      login.lock();
      try {
        fruitless = 0;
        failures = 0;
      } finally {
        login.unlock();
      }
    }

    /** Says that the service refused this session; the next call of the slot logs in anew. */
    void refused(Session used) {
      login.lock();
      try {
        if (session != used) {
          return;
        }
        session = null;
        if (!used.hasWorked() && ++fruitless > 1) {
          failed(
              new ServiceTrouble(
                  Kind.NOT_DONE, "SecondService refuses sessions right after their login"));
        }
      } finally {
        login.unlock();
      }
    }
  }

  private Session logIn(ServiceGate.Place place) throws ServiceTrouble, InterruptedException {
    Duration left = pauseLeft();
    if (lastTrouble != null && left.isPositive()) {
      throw notDone(lastTrouble, left);
    }
    LoginOutcome outcome;
    try {
      outcome = loginCall.attempt(place);
    } catch (ServiceTrouble trouble) {
      if (trouble.kind() == Kind.CIRCUIT_OPEN) {
        throw trouble; // nothing was asked, so nothing was refused
      }
      outcome = new LoginOutcome.Refused(trouble);
    }
    return switch (outcome) {
      case LoginOutcome.LoggedIn(Session session) -> {
        LOG.info("SecondService login: a new session");
        yield session;
      }
      case LoginOutcome.Refused(ServiceTrouble trouble) -> {
        failed(trouble);
        throw notDone(trouble, pauseLeft());
      }
    };
  }

  private void failed(ServiceTrouble trouble) {
    failures = Math.min(failures + 1, 30);
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << (failures - 1));
    long most = Math.min(doubled.toMillis(), LONGEST_PAUSE.toMillis());
    long jittered = most / 2 + random.nextLong(most / 2 + 1);
    long asked = trouble.retryAfter().map(Duration::toMillis).orElse(0L);
    pause = Duration.ofMillis(Math.max(jittered, Math.min(asked, LONGEST_ASKED.toMillis())));
    notBefore = clock.instant().plus(pause);
    lastTrouble = trouble;
    LOG.warn("SecondService login: failure {} in a row, the next is tried in {}", failures, pause);
  }

  /** Positive until the next login may be tried; a clock set back makes it no longer than asked. */
  private Duration pauseLeft() {
    Duration left = Duration.between(clock.instant(), notBefore);
    return left.compareTo(pause) < 0 ? left : pause;
  }

  private static ServiceTrouble notDone(ServiceTrouble trouble, Duration pause) {
    Kind kind = trouble.kind() == Kind.CREDENTIALS ? Kind.CREDENTIALS : Kind.NOT_DONE;
    return new ServiceTrouble(kind, String.valueOf(trouble.getMessage()), pause, trouble);
  }
}
