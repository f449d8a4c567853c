package io.timebridge.services.second;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.ServiceGate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one process: which of them a call uses, its place says. Logins happen one at a
 * time, and after one that failed there is a pause that doubles, with jitter, from {@link
 * #FIRST_PAUSE} to {@link #LONGEST_PAUSE}; who needs a session during a pause is told at once. A
 * session that is refused before it ever worked counts as a failed login from the second time in a
 * row: other clients of the same user may be pushing ours out. Thread-safe.
 *
 * @implNote {@code login} guards {@code failures} and {@code fruitless}, and is held while logging
 *     in. It is taken by callers that hold a place of the gate, never the other way round: the
 *     login uses its caller's place, so it cannot wait for one. {@code pause}, {@code lastLogin}
 *     and a slot's {@code session} are written under {@code login} and read without it.
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
  private final LoginCall loginCall;
  private final InstantSource clock;
  private final RandomGenerator random;

  private final ReentrantLock login = new ReentrantLock(true);
  private int failures;
  private int fruitless;
  private volatile @Nullable Pause pause;
  private volatile LastLogin lastLogin = LastLogin.NONE;

  /** No login before {@code until}; a clock set back makes it no longer than {@code length}. */
  private record Pause(ServiceTrouble because, Duration length, Instant until) {}

  SessionPool(int sessions, LoginCall loginCall, InstantSource clock, RandomGenerator random) {
    this.slots = IntStream.range(0, sessions).mapToObj(i -> new Slot()).toList();
    this.loginCall = loginCall;
    this.clock = clock;
    this.random = random;
  }

  /** The slot for the calls in that place. */
  Slot of(ServiceGate.Place place) {
    return slots.get(place.session() % slots.size());
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
    requireNoPause();
    LoginOutcome outcome;
    try {
      outcome = loginCall.attempt(place);
    } catch (ServiceTrouble trouble) {
      if (!trouble.wasSent()) {
        throw trouble; // nothing was asked, so nothing was refused
      }
      outcome = new LoginOutcome.Refused(trouble);
    }
    return switch (outcome) {
      case LoginOutcome.LoggedIn(Session session) -> {
        LOG.info("SecondService login: a new session");
        pause = null;
        lastLogin = lastLogin.then(true);
        yield session;
      }
      case LoginOutcome.Refused(ServiceTrouble trouble) -> {
        if (trouble.kind() == Kind.CREDENTIALS) {
          lastLogin = lastLogin.then(false);
        }
        throw notDone(trouble, failed(trouble));
      }
    };
  }

  LastLogin lastLogin() {
    return lastLogin;
  }

  /** Begins a pause, and tells its length. */
  private Duration failed(ServiceTrouble trouble) {
    failures = Math.min(failures + 1, 30);
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << (failures - 1));
    long most = Math.min(doubled.toMillis(), LONGEST_PAUSE.toMillis());
    long jittered = most / 2 + random.nextLong(most / 2 + 1);
    long asked = trouble.retryAfter().map(Duration::toMillis).orElse(0L);
    Duration length =
        Duration.ofMillis(Math.max(jittered, Math.min(asked, LONGEST_ASKED.toMillis())));
    pause = new Pause(trouble, length, clock.instant().plus(length));
    LOG.warn("SecondService login: failure {} in a row, the next is tried in {}", failures, length);
    return length;
  }

  private void requireNoPause() throws ServiceTrouble {
    Pause now = pause;
    if (now == null) {
      return;
    }
    Duration left = left(now);
    if (left.isPositive()) {
      throw notDone(now.because(), left);
    }
  }

  private Duration left(Pause now) {
    Duration left = Duration.between(clock.instant(), now.until());
    return left.compareTo(now.length()) < 0 ? left : now.length();
  }

  /**
   * Says whether a call would get a session, without waiting.
   *
   * @throws ServiceTrouble while no login may be tried, if the service does not know us or there is
   *     no session left
   */
  void requireSessions() throws ServiceTrouble {
    Pause now = pause;
    if (now != null
        && (now.because().kind() == Kind.CREDENTIALS
            || slots.stream().allMatch(slot -> slot.session == null))) {
      requireNoPause();
    }
  }

  private static ServiceTrouble notDone(ServiceTrouble trouble, Duration pause) {
    Kind kind = trouble.kind() == Kind.CREDENTIALS ? Kind.CREDENTIALS : Kind.NOT_DONE;
    return new ServiceTrouble(kind, String.valueOf(trouble.getMessage()), pause, trouble);
  }
}
