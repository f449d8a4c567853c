package io.timebridge.services.first;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A token store of one process, for tests and for tools that live only a moment. Thread-safe.
 *
 * @implNote {@code lock} guards every field.
 */
public final class InMemoryTokenStore implements TokenStore {
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Stored stored;
  private @Nullable String holder;
  private Instant heldUntil = Instant.MIN;

  public InMemoryTokenStore(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Optional<Stored> load() {
    lock.lock();
    try {
      return Optional.ofNullable(stored);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean replace(long generationSeen, TokenPair pair) {
    lock.lock();
    try {
      if (generationSeen != (stored == null ? 0 : stored.generation())) {
        return false;
      }
      stored = new Stored(generationSeen + 1, pair);
      holder = null;
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean lease(String who, Duration duration) {
    lock.lock();
    try {
      Instant now = clock.instant();
      if (holder != null && !holder.equals(who) && heldUntil.isAfter(now)) {
        return false;
      }
      holder = who;
      heldUntil = now.plus(duration);
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void release(String who) {
    lock.lock();
    try {
      if (who.equals(holder)) {
        holder = null;
      }
    } finally {
      lock.unlock();
    }
  }
}
