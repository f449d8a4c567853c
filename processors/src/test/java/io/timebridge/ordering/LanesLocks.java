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

  /** Wakes nobody when a shard is halted. */
  static final class WakesNobodyOnHalt extends ScheduledLock {
    WakesNobodyOnHalt(ScheduledRun run) {
      super(run);
    }

    @Override
    public Waiting newCondition() {
      return new Waiting() {
        @Override
        public void signalAll() {
          if (!run.isTurnOf("halter")) {
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
