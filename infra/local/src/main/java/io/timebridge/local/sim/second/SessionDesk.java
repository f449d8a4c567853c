package io.timebridge.local.sim.second;

import io.timebridge.local.sim.second.SecondServiceSim.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who is logged in. A session ends after its fixed life, or when it is the oldest and one too many
 * begins; too many logins in any 60 s are refused.
 *
 * @implNote {@code lock} guards both collections and {@code logins}; sessions are kept in the order
 *     of their logins.
 */
final class SessionDesk {
  private static final Duration WINDOW = Duration.ofSeconds(60);

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, Instant> loggedInAt = new LinkedHashMap<>();
  private final ArrayDeque<Instant> recentLogins = new ArrayDeque<>();
  private final Sessions rules;
  private final InstantSource clock;
  private long logins;

  SessionDesk(Sessions rules, InstantSource clock) {
    this.rules = rules;
    this.clock = clock;
  }

  /** A new session's appID; empty when there were too many logins. */
  Optional<String> open() {
    lock.lock();
    try {
      Instant now = clock.instant();
      logins++;
      while (!recentLogins.isEmpty() && !recentLogins.peekFirst().plus(WINDOW).isAfter(now)) {
        recentLogins.removeFirst();
      }
      if (recentLogins.size() >= rules.loginsPerMinute()) {
        return Optional.empty();
      }
      recentLogins.addLast(now);
      dropExpired(now);
      while (loggedInAt.size() >= rules.maxPerUser()) {
        loggedInAt.pollFirstEntry();
      }
      String appId = UUID.randomUUID().toString();
      loggedInAt.put(appId, now);
      return Optional.of(appId);
    } finally {
      lock.unlock();
    }
  }

  boolean isLive(String appId) {
    lock.lock();
    try {
      dropExpired(clock.instant());
      return loggedInAt.containsKey(appId);
    } finally {
      lock.unlock();
    }
  }

  void end(String appId) {
    lock.lock();
    try {
      loggedInAt.remove(appId);
    } finally {
      lock.unlock();
    }
  }

  void endAll() {
    lock.lock();
    try {
      loggedInAt.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Logins asked for so far, those refused for being too many included. */
  long logins() {
    lock.lock();
    try {
      return logins;
    } finally {
      lock.unlock();
    }
  }

  int live() {
    lock.lock();
    try {
      dropExpired(clock.instant());
      return loggedInAt.size();
    } finally {
      lock.unlock();
    }
  }

  private void dropExpired(Instant now) {
    loggedInAt.values().removeIf(at -> !at.plus(rules.life()).isAfter(now));
  }
}
