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
  static LaneMachine<Rec> roomy(
      int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
    Room more = new Room(records.perShard() + 1, records.total());
    return new LaneMachine<>(inFlight, more, bytes, backoff, clock);
  }

  /** Lets each shard hold what it may, whatever the others hold. */
  static LaneMachine<Rec> eachForItself(
      int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
    Room unlimited = new Room(records.perShard(), Integer.MAX_VALUE);
    return new LaneMachine<>(inFlight, unlimited, bytes, backoff, clock);
  }

  /** Has no room at the limit of all, not even for a shard that holds nothing. */
  static final class NoRoomForTheFirst extends LaneMachine<Rec> {
    private final Room records;

    NoRoomForTheFirst(
        int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
      super(inFlight, records, bytes, backoff, clock);
      this.records = records;
    }

    @Override
    boolean hasRoom(Shard<Rec> shard) {
      return super.hasRoom(shard) && counts().held() < records.total();
    }
  }

  /** Folds what a halt has taken away. */
  static final class FoldsTheHalted extends LaneMachine<Rec> {
    FoldsTheHalted(int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
      super(inFlight, records, bytes, backoff, clock);
    }

    @Override
    boolean fold(Attempt<Rec> attempt, int records) {
      carry(attempt, records);
      return true;
    }
  }

  /** Finishes one record more than was handled, where there is one. */
  static final class FoldsOneMore extends LaneMachine<Rec> {
    FoldsOneMore(int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
      super(inFlight, records, bytes, backoff, clock);
    }

    @Override
    boolean fold(Attempt<Rec> attempt, int records) {
      return super.fold(attempt, Math.min(records + 1, foldable(attempt).size()));
    }
  }

  /** Finishes the carrier's own record alone, and the rest when it has been handled once more. */
  static final class FoldsTheHeadOnly extends LaneMachine<Rec> {
    FoldsTheHeadOnly(int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
      super(inFlight, records, bytes, backoff, clock);
    }

    @Override
    void carry(Attempt<Rec> attempt, int records) {}
  }

  /** Lets nothing start by whoever has just finished something. */
  static final class Forgetful extends LaneMachine<Rec> {
    private @Nullable Thread finisher;

    Forgetful(int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
      super(inFlight, records, bytes, backoff, clock);
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

    LateHalt(int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
      super(inFlight, records, bytes, backoff, clock);
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

    AnyTimer(int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
      super(inFlight, records, bytes, backoff, clock);
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
