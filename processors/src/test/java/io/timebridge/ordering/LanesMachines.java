package io.timebridge.ordering;

import io.timebridge.ordering.LanesLedger.Rec;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lane machines with a bug. */
final class LanesMachines {
  private LanesMachines() {}

  /** Has room for one record too many. */
  static final class Roomy extends LaneMachine<Rec> {
    private final int held;

    Roomy(int inFlight, int held, Backoff backoff, InstantSource clock) {
      super(inFlight, held, backoff, clock);
      this.held = held;
    }

    @Override
    boolean hasRoom(Shard<Rec> shard) {
      return shard.unfinished() <= held;
    }
  }

  /** Lets nothing start by whoever has just finished something. */
  static final class Forgetful extends LaneMachine<Rec> {
    private @Nullable Thread finisher;

    Forgetful(int inFlight, int held, Backoff backoff, InstantSource clock) {
      super(inFlight, held, backoff, clock);
    }

    @Override
    Optional<Pause<Rec>> finish(Attempt<Rec> attempt, Outcome outcome) {
      finisher = Thread.currentThread();
      return super.finish(attempt, outcome);
    }

    @Override
    Optional<Attempt<Rec>> next() {
      return Thread.currentThread().equals(finisher) ? Optional.empty() : super.next();
    }
  }

  /** Halts a shard only when something has finished after that. */
  static final class LateHalt extends LaneMachine<Rec> {
    private @Nullable Shard<Rec> toHalt;

    LateHalt(int inFlight, int held, Backoff backoff, InstantSource clock) {
      super(inFlight, held, backoff, clock);
    }

    @Override
    void halt(Shard<Rec> shard) {
      toHalt = shard;
    }

    @Override
    Optional<Pause<Rec>> finish(Attempt<Rec> attempt, Outcome outcome) {
      if (toHalt != null) {
        super.halt(toHalt);
      }
      return super.finish(attempt, outcome);
    }
  }

  /** Ends the pause that a lane is in, whichever pause the timer was for. */
  static final class AnyTimer extends LaneMachine<Rec> {
    private final Map<Pause<Rec>, String> keys = new HashMap<>();
    private final Map<String, Pause<Rec>> last = new HashMap<>();

    AnyTimer(int inFlight, int held, Backoff backoff, InstantSource clock) {
      super(inFlight, held, backoff, clock);
    }

    @Override
    Optional<Pause<Rec>> finish(Attempt<Rec> attempt, Outcome outcome) {
      Optional<Pause<Rec>> pause = super.finish(attempt, outcome);
      pause.ifPresent(p -> {
        keys.put(p, attempt.key());
        last.put(attempt.key(), p);
      });
      return pause;
    }

    @Override
    void wake(Pause<Rec> pause) {
      super.wake(last.get(keys.get(pause)));
    }
  }
}
