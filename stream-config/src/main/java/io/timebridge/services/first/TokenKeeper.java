package io.timebridge.services.first;

import io.timebridge.services.first.StoredTokens.Sleeper;
import io.timebridge.services.first.TokenStore.Stored;
import io.timebridge.services.first.TokenStore.Unavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts new pairs into the store and holds on to one that the store would not take: the service has
 * already killed the pair before it, so losing it would mean logging in again. Thread-safe.
 *
 * @implNote {@code lock} guards {@code unsaved} and is held while the store is asked.
 */
final class TokenKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(TokenKeeper.class);
  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);

  private record Unsaved(long generationSeen, TokenPair pair) {}

  private final TokenStore store;
  private final Sleeper sleeper;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Unsaved unsaved;

  TokenKeeper(TokenStore store, Sleeper sleeper) {
    this.store = store;
    this.sleeper = sleeper;
  }

  /** What is stored, once a pair that is still unsaved has been. */
  Optional<Stored> load() throws Unavailable, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (unsaved != null) {
        store.replace(unsaved.generationSeen(), unsaved.pair());
        LOG.info("FirstService's token pair is stored after all, or a newer one is");
        unsaved = null;
      }
      return store.load();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stores a fresh pair, patiently; failing that, keeps it for the next {@link #load}.
   *
   * @return the pair to use: this one, or the one that somebody stored meanwhile
   */
  TokenPair keep(long generationSeen, TokenPair pair) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      unsaved = new Unsaved(generationSeen, pair);
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        try {
          return load().map(Stored::pair).orElse(pair);
        } catch (Unavailable unavailable) {
          LOG.warn("attempt {} to store FirstService's new token pair", attempt, unavailable);
        }
        if (attempt < ATTEMPTS) {
          sleeper.sleep(FIRST_WAIT.multipliedBy(1L << (attempt - 1)));
        }
      }
      LOG.error("FirstService's new token pair is only in memory; it is stored when possible");
      return pair;
    } finally {
      lock.unlock();
    }
  }

  /** Stores a pair in the place of whatever is stored. */
  TokenPair keepWhateverIsStored(TokenPair pair) throws Unavailable, InterruptedException {
    lock.lockInterruptibly();
    try {
      unsaved = null;
      while (!store.replace(store.load().map(Stored::generation).orElse(0L), pair)) {
        sleeper.sleep(FIRST_WAIT);
      }
      return pair;
    } finally {
      lock.unlock();
    }
  }

  /** Stores a pair that the store would not take before, if there is one. */
  void keepWhatIsUnsaved() throws Unavailable, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (unsaved != null) {
        load();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends a lease; if the store cannot be reached, the lease ends by itself. */
  void release(String holder) throws InterruptedException {
    try {
      store.release(holder);
    } catch (Unavailable unavailable) {
      LOG.warn(
          "the lease on refreshing FirstService's tokens stays until it runs out", unavailable);
    }
  }
}
