package io.timebridge.ordering;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A lock of a {@link ScheduledRun}, not reentrant. Taking it and waiting on it are steps. Waits end
 * by a signal alone, never by time or by chance: whoever is not signalled waits for good.
 */
class ScheduledLock implements Lock {
  final ScheduledRun run;
  private boolean held;

  ScheduledLock(ScheduledRun run) {
    this.run = run;
  }

  @Override
  public void lock() {
    run.await("takes the lock", () -> !held);
    held = true;
  }

  @Override
  public void lockInterruptibly() {
    lock();
  }

  @Override
  public void unlock() {
    held = false;
  }

  @Override
  public Waiting newCondition() {
    return new Waiting();
  }

  @Override
  public boolean tryLock() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  /** The lock's condition. */
  class Waiting implements Condition {
    private static final class Waiter {
      boolean signalled;
    }

    private final List<Waiter> waiters = new ArrayList<>();

    @Override
    public void await() {
      park();
    }

    final void park() {
      Waiter me = new Waiter();
      waiters.add(me);
      held = false;
      run.await("waits", () -> me.signalled && !held);
      held = true;
    }

    @Override
    public long awaitNanos(long nanos) {
      park();
      return nanos;
    }

    @Override
    public void signal() {
      if (!waiters.isEmpty()) {
        waiters.removeFirst().signalled = true;
      }
    }

    @Override
    public void signalAll() {
      while (!waiters.isEmpty()) {
        signal();
      }
    }

    @Override
    public void awaitUninterruptibly() {
      park();
    }

    @Override
    public boolean await(long time, TimeUnit unit) {
      park();
      return true;
    }

    @Override
    public boolean awaitUntil(Date deadline) {
      throw new UnsupportedOperationException();
    }
  }
}
