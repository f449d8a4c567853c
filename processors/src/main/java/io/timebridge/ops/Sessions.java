package io.timebridge.ops;

import io.timebridge.settings.Secret;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Who is logged in. At most {@value #MOST} at a time (the one that was not seen for longest goes),
 * each for {@link #LASTS}. After {@value #MOST_WRONG} wrong tokens within a minute no more of that
 * network are looked at, and after {@value #MOST_WRONG_OF_ALL} of anybody's none at all, so that
 * tokens cannot be tried out by the thousand and one who tries locks out no other. Thread-safe.
 *
 * @implNote {@code lock} guards all fields.
 */
final class Sessions {
  /** From the login on. */
  static final Duration LASTS = Duration.ofHours(12);

  /** Wrong tokens of one network per {@link #WRONG_WITHIN}; more tries are refused unseen. */
  static final int MOST_WRONG = 10;

  static final int MOST_WRONG_OF_ALL = 1_000;

  static final Duration WRONG_WITHIN = Duration.ofMinutes(1);

  static final int MOST = 1_000;
  private static final int RANDOM_BYTES = 32;

  /**
   * A person's browser.
   *
   * @param id known to the browser alone
   * @param formKey what a form of ours carries, and no other page's can
   */
  record Session(Secret id, Secret formKey, long untilNanos) {
    /** Of a program that gave the token itself: nobody else can have made it send the request. */
    boolean isProgram() {
      return id.isEmpty();
    }
  }

  /** What became of a login. */
  sealed interface Login {
    record In(Session session) implements Login {}

    record Wrong() implements Login {}

    record TooMany() implements Login {}
  }

  private final Optional<Secret> token;
  private final SecureRandom random;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Integer> wrong = new HashMap<>();
  private int wrongOfAll;
  private long wrongUntil;

  /**
   * @param token that lets a person in; empty = everybody who reaches the page
   */
  Sessions(Optional<Secret> token, SecureRandom random, LongSupplier nanos) {
    this.token = token;
    this.random = random;
    this.nanos = nanos;
  }

  boolean needToken() {
    return token.isPresent();
  }

  /** A new session for whoever gives the token. */
  Login logIn(Secret given, String network) {
    return judge(given, network, this::begin);
  }

  /** Whether a program that sends the token with each request may come in. */
  Login mayCallWith(Secret given, String network) {
    return judge(given, network, () -> session(new Secret("")));
  }

  private Login judge(Secret given, String network, Supplier<Session> in) {
    lock.lock();
    try {
      if (tooMany(network)) {
        return new Login.TooMany();
      }
      if (!isToken(given)) {
        wrong.merge(network, 1, Integer::sum);
        wrongOfAll++;
        return new Login.Wrong();
      }
      return new Login.In(in.get());
    } finally {
      lock.unlock();
    }
  }

  /** A session for whoever reaches the page, where no token is needed. */
  Session open() {
    if (token.isPresent()) {
      throw new IllegalStateException("a token is needed");
    }
    lock.lock();
    try {
      return begin();
    } finally {
      lock.unlock();
    }
  }

  Optional<Session> find(String id) {
    lock.lock();
    try {
      Session found = sessions.get(id);
      if (found != null && found.untilNanos() - nanos.getAsLong() <= 0) {
        sessions.remove(id);
        return Optional.empty();
      }
      return Optional.ofNullable(found);
    } finally {
      lock.unlock();
    }
  }

  void end(Session session) {
    lock.lock();
    try {
      sessions.remove(session.id().reveal());
    } finally {
      lock.unlock();
    }
  }

  /** At most {@value #MOST_WRONG_OF_ALL} networks are remembered, for a minute. */
  private boolean tooMany(String network) {
    long now = nanos.getAsLong();
    if (wrongOfAll == 0 || wrongUntil - now <= 0) {
      wrong.clear();
      wrongOfAll = 0;
      wrongUntil = now + WRONG_WITHIN.toNanos();
    }
    return wrongOfAll >= MOST_WRONG_OF_ALL || wrong.getOrDefault(network, 0) >= MOST_WRONG;
  }

  /** Takes the same time wherever the two differ. */
  private boolean isToken(Secret given) {
    return token.isPresent() && token.get().equals(given);
  }

  private Session begin() {
    if (sessions.size() >= MOST) {
      Iterator<String> unseen = sessions.keySet().iterator();
      unseen.next();
      unseen.remove();
    }
    Session session = session(new Secret(random()));
    sessions.put(session.id().reveal(), session);
    return session;
  }

  private Session session(Secret id) {
    return new Session(id, new Secret(random()), nanos.getAsLong() + LASTS.toNanos());
  }

  private String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
