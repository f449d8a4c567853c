package io.timebridge.reconcile;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Entries for which a check was asked for, looked at again until none differs. What a look has
 * settled stays settled, whatever goes wrong after it. For one thread.
 */
public final class Repaired {
  private final SecondLook secondLook;
  private final Map<EntryId, Set<Place>> left;

  Repaired(SecondLook secondLook, Map<EntryId, Set<Place>> drifts) {
    this.secondLook = secondLook;
    this.left = new LinkedHashMap<>(drifts);
  }

  /** How many differ, as far as was looked, or are under way. */
  public int left() {
    return left.size();
  }

  /**
   * Looks at each that is left. One that was changed meanwhile is compared as it is now.
   *
   * @param goesOn asked before each batch
   * @throws CannotCompare when some could not be looked at; all others were, unless it is for good
   */
  public void look(BooleanSupplier goesOn) throws CannotCompare, InterruptedException {
    @Nullable CannotCompare last = null;
    for (Map<EntryId, Set<Place>> batch : Suspicions.batches(left)) {
      if (!goesOn.getAsBoolean()) {
        break;
      }
      try {
        secondLook
            .judge(batch, OnTheWay.NOTHING)
            .forEach((id, verdict) -> {
              if (isSettled(verdict)) {
                left.remove(id);
              }
            });
      } catch (CannotCompare trouble) {
        last = trouble;
        if (trouble.isForGood()) {
          break;
        }
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private static boolean isSettled(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Equal equal -> true;
      case Verdict.NotCompared notCompared -> true;
      case Verdict.Waits(String why) -> why.startsWith("parked");
      case Verdict.Differs differs -> false;
      case Verdict.Unreadable unreadable -> false;
      case Verdict.Doubted doubted -> false;
      case Verdict.Unsure unsure -> false;
    };
  }
}
