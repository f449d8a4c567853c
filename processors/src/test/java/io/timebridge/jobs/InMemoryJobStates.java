package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Job states in memory, with the condition of the real store; can be made to fail. */
final class InMemoryJobStates implements JobStates {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, State> states = new HashMap<>();
  private boolean failing;

  void fail(boolean on) {
    failing = on;
  }

  @Override
  public Optional<State> read(String key) throws StoreTrouble {
    lock.lock();
    try {
      failIfAsked();
      return Optional.ofNullable(states.get(key));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean write(String key, State state) throws StoreTrouble {
    lock.lock();
    try {
      failIfAsked();
      State there = states.get(key);
      if (there != null && there.isNewerThan(state.epoch(), state.sequence())) {
        return false;
      }
      states.put(key, state);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void failIfAsked() throws StoreTrouble {
    if (failing) {
      throw new StoreTrouble("Job_Data is down", null);
    }
  }
}
