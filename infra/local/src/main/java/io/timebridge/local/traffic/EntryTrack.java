package io.timebridge.local.traffic;

import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.traffic.LedgerJudge.Tally;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One entry's timesheets, effect by effect, against its versions. An effect belongs to the earliest
 * version it can belong to that is not older than the newest seen; if there is none, it came too
 * late. Not thread-safe.
 */
final class EntryTrack {
  private final long entry;
  private final List<Optional<Booked>> versions;
  private final Tally tally;
  private final Map<Long, Booked> live = new TreeMap<>();
  private int newest;
  private @Nullable Instant doubleSince;
  private boolean doubleCounted;
  private @Nullable Instant olderSince;

  /**
   * @param versions oldest first; empty = deleted
   */
  EntryTrack(long entry, List<Optional<Booked>> versions, Tally tally) {
    this.entry = entry;
    this.versions = List.copyOf(versions);
    this.tally = tally;
  }

  /**
   * @param admitted whether it may double or overtake for a while
   */
  void took(Effect effect, boolean admitted) {
    long id = Fields.id(effect.ids(), "idTimesheet");
    if (effect.op().equals("timesheet.delete")) {
      boolean wasDouble = live.size() > 1;
      live.remove(id);
      if (!wasDouble) {
        ordered(effect, Optional.empty(), admitted);
      }
    } else {
      Booked content = Booked.timesheet(effect.content());
      live.put(id, content);
      if (versions.contains(Optional.of(content))) {
        ordered(effect, Optional.of(content), admitted);
      } else {
        tally.stale(
            "entry %d, effect %d: timesheet %d says %s, which the entry never said: %s"
                .formatted(entry, effect.n(), id, content, versions));
      }
    }
    watchDoubles(effect, admitted);
  }

  private void ordered(Effect effect, Optional<Booked> content, boolean admitted) {
    for (int v = newest; v < versions.size(); v++) {
      if (versions.get(v).equals(content)) {
        newest = v;
        if (olderSince != null) {
          tally.lasted(olderSince, effect.at());
          olderSince = null;
        }
        return;
      }
    }
    olderSince = olderSince == null ? effect.at() : olderSince;
    if (!admitted) {
      tally.outOfOrder(
          "entry %d, effect %d (%s %s) at %s came after version %d of %s"
              .formatted(
                  entry,
                  effect.n(),
                  effect.op(),
                  content.map(Booked::toString).orElse("deleted"),
                  effect.at(),
                  newest + 1,
                  versions));
    }
  }

  private void watchDoubles(Effect effect, boolean admitted) {
    if (live.size() > 1 && doubleSince == null) {
      doubleSince = effect.at();
      doubleCounted = !admitted;
      if (!admitted) {
        tally.doubled(
            "entry %d, effect %d at %s: timesheets %s"
                .formatted(entry, effect.n(), effect.at(), live));
      }
    } else if (live.size() <= 1 && doubleSince != null) {
      tally.lasted(doubleSince, effect.at());
      doubleSince = null;
      doubleCounted = false;
    }
  }

  /** Nothing comes any more. */
  void atRest(Instant now) {
    if (doubleSince != null) {
      tally.lasted(doubleSince, now);
      if (!doubleCounted) {
        tally.doubled("entry %d has timesheets %s in the end".formatted(entry, live));
      }
    }
    if (olderSince != null) {
      tally.lasted(olderSince, now);
    }
    Optional<Booked> wanted = versions.getLast();
    if (wanted.isPresent() && live.isEmpty()) {
      tally.lost("entry %d has no timesheet, expected %s".formatted(entry, wanted.get()));
    }
    live.forEach((id, is) -> {
      if (!Optional.of(is).equals(wanted)) {
        tally.stale(
            "entry %d: timesheet %d says %s, expected %s"
                .formatted(
                    entry, id, is, wanted.map(Booked::toString).orElse("none: it is deleted")));
      }
    });
  }
}
