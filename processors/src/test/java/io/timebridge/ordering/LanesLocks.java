package io.timebridge.ordering;

/** Locks with a bug. */
final class LanesLocks {
  private LanesLocks() {}

  /** Keeps nobody out. */
  static final class Open extends ScheduledLock {
    Open(ScheduledRun run) {
      super(run);
    }

    @Override
    public void lock() {
      run.step("takes no lock");
    }
  }

  /** Wakes one where all are to be woken. */
  static final class WakesOne extends ScheduledLock {
    WakesOne(ScheduledRun run) {
      super(run);
    }

    @Override
    public Waiting newCondition() {
      return new Waiting() {
        @Override
        public void signalAll() {
          signal();
        }
      };
    }
  }

  /** Loses what a thread of some role signals. */
  static final class UnheardFrom extends ScheduledLock {
    private final String role;

    UnheardFrom(ScheduledRun run, String role) {
      super(run);
      this.role = role;
    }

    @Override
    public Waiting newCondition() {
      return new Waiting() {
        @Override
        public void signalAll() {
          if (!run.isTurnOf(role)) {
            super.signalAll();
          }
        }
      };
    }
  }

  /** Lets go of the lock before it is among those who wait. */
  static final class LetsGoTooEarly extends ScheduledLock {
    LetsGoTooEarly(ScheduledRun run) {
      super(run);
    }

    @Override
    public Waiting newCondition() {
      return new Waiting() {
        @Override
        public long awaitNanos(long nanos) {
          unlock();
          run.step("is about to wait");
          park();
          return nanos;
        }
      };
    }
  }
}
