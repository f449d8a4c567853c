package io.timebridge.reconcile;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Tells differences, and has those verified that are to be. What would delete is held until the
 * comparison is at its end, where deletions are limited: only then it is known how many they are.
 * For one thread.
 */
final class Repairs {
  private final Sides sides;
  private final Reconciliation.Order order;
  private final Tally tally;
  private final Reconciliation.Progress progress;
  private final Deque<Drift> held = new ArrayDeque<>();
  private long deletions;
  private long twins;
  private long unreadable;
  private long left;

  Repairs(Sides sides, Reconciliation.Order order, Tally tally, Reconciliation.Progress progress) {
    this.sides = sides;
    this.order = order;
    this.tally = tally;
    this.progress = progress;
  }

  /** A difference that is believed. */
  void take(Drift drift) throws CannotCompare, InterruptedException {
    tally.drift(drift);
    boolean twin = drift.kinds().contains(Kind.UNMARKED_TWIN) && !order.believe();
    twins += twin ? 1 : 0;
    boolean blind = drift.kinds().contains(Kind.UNREADABLE);
    unreadable += blind ? 1 : 0;
    if (twin || blind || !order.repair().covers(drift)) {
      progress.found(drift, false);
    } else if (drift.kinds().contains(Kind.DELETED_IN_FIRST) && order.limits().areOnDeletions()) {
      hold(drift);
    } else {
      repair(drift);
    }
  }

  private void hold(Drift drift) {
    deletions++;
    if (held.size() < order.limits().deletions()) {
      held.add(drift);
    } else {
      progress.found(drift, false);
    }
  }

  private void repair(Drift drift) throws CannotCompare, InterruptedException {
    if (tally.repairs() >= order.limits().checks()) {
      left++;
      progress.found(drift, false);
      return;
    }
    sides.verify(drift.id(), drift.places(), "reconcile: " + words(drift.kinds()));
    tally.repaired();
    progress.found(drift, true);
    progress.step("%d checks published".formatted(tally.repairs()));
  }

  /** Everything was looked at. */
  void end() throws CannotCompare, InterruptedException {
    if (deletions <= order.limits().deletionsOf(tally.timesheets())) {
      for (Drift drift = held.poll(); drift != null; drift = held.poll()) {
        repair(drift);
      }
    } else {
      tally.held(
          "%d timesheets would be deleted, since FirstService says that their entries are gone; so many are not deleted without a person. Perhaps its token sees less than before. Where it is so: ./timebridge reconcile --repair"
              .formatted(deletions));
    }
    close();
  }

  /** Nothing more is verified. */
  void close() {
    held.forEach(drift -> progress.found(drift, false));
    held.clear();
    if (left > 0) {
      tally.held(
          "%d more are to be checked than the %d at a time; the next comparison goes on with them"
              .formatted(left, order.limits().checks()));
      left = 0;
    }
    if (twins > 0 && order.repair() != Repair.OFF) {
      tally.held(
          "%d entries have no timesheet, but one without a mark is there for the same work; booked all the same: ./timebridge reconcile --repair --believe"
              .formatted(twins));
      twins = 0;
    }
    if (unreadable > 0 && order.repair() != Repair.OFF) {
      tally.held(
          "%d rows of Timesheet_Entries cannot be read; their entries are not checked before somebody has put the rows right"
              .formatted(unreadable));
      unreadable = 0;
    }
  }

  private static String words(Set<Kind> kinds) {
    return String.join(", ", kinds.stream().sorted().map(Kind::word).toList());
  }
}
