package io.timebridge.timesheet;

import io.timebridge.failure.Drains;
import io.timebridge.failure.WakeUp;
import io.timebridge.ordering.Folding;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryStore.Written;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works off the events of an entry that wait: in order, folded as on the stream, until none is left
 * or one cannot go on. The write that takes the last one away turns the lane back to the stream, in
 * one transaction: an event that arrives at that moment either joins those that wait, which keeps
 * the lane, or goes the stream's way. Thread-safe; several drains of a key meet in the row, as
 * workers do.
 */
public final class EntryDrain implements Drains {
  private static final Logger LOG = LoggerFactory.getLogger(EntryDrain.class);

  /** Events looked at first; more only where all of these become one. */
  private static final int AT_FIRST = 8;

  /** Before a drain that has got on goes on, after trouble that says nothing of its end. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final EntryStore store;
  private final TimesheetApplier applier;
  private final TimesheetApplier.Unusable unusable;
  private final Folding<StreamRecord> folding = new EntryFolding();

  public EntryDrain(
      EntryStore store, TimesheetApplier applier, TimesheetApplier.Unusable unusable) {
    this.store = store;
    this.applier = applier;
    this.unusable = unusable;
  }

  @Override
  public Ended drain(WakeUp wakeUp, boolean lastTry) throws InterruptedException {
    Optional<EntryId> id = EntryId.parse(wakeUp.key());
    if (id.isEmpty()) {
      return new Ended.Nothing();
    }
    try {
      Optional<Rejection.Reason> held = held(id.get());
      return held.isPresent() && !wakeUp.isAsked()
          ? hold(id.get(), held.get())
          : drain(id.get(), lastTry);
    } catch (EntryStore.Unavailable trouble) {
      return later(String.valueOf(trouble.getMessage()), Optional.empty(), 0);
    }
  }

  private Optional<Rejection.Reason> held(EntryId id) throws EntryStore.Unavailable {
    return store.waitsBecause(id).filter(Rejection.Reason::isForAPerson);
  }

  /** Nothing tries the key by itself from now on: it is shown, and told of, as a dead one. */
  private Ended hold(EntryId id, Rejection.Reason reason) throws EntryStore.Unavailable {
    EntryRow row = store.read(id);
    if (!row.waits()) {
      return new Ended.Nothing();
    }
    return row.lane() == EntryRow.Lane.DEAD || store.bury(id, row) instanceof Written.Done
        ? new Ended.Held(reason.name())
        : new Ended.Later("others write the row of entry " + id, Optional.of(SOON));
  }

  /**
   * Not before both services would be called, and after an outage no more often than work may
   * begin: a wake-up received in vain would spend one of its tries.
   */
  @Override
  public boolean mayBegin() {
    try {
      applier.admitDrain();
      return true;
    } catch (ServiceTrouble closed) {
      LOG.debug("no wake-ups are received: {}", closed.getMessage());
      return false;
    }
  }

  private Ended drain(EntryId id, boolean lastTry) throws InterruptedException {
    int drained = 0;
    try {
      while (true) {
        EntryRow row = store.read(id);
        if (!row.waits()) {
          return drained == 0 ? new Ended.Nothing() : new Ended.Done(drained);
        }
        List<StreamRecord> next = next(id);
        if (next.isEmpty()) {
          return new Ended.Later("others take away what waits", Optional.of(SOON));
        }
        DrainedEntries rows = new DrainedEntries(store, next);
        switch (handle(id, next.getLast(), rows, drained == 0)) {
          case Outcome.Applied applied -> drained += next.size();
          case Outcome.Skipped skipped -> drained += next.size();
          case Outcome.Parked(String reason) -> {
            Optional<Rejection.Reason> held = held(id);
            if (held.isPresent()) {
              return hold(id, held.get());
            }
            if (!lastTry) {
              return new Ended.Rejected(reason);
            }
            // It has all its tries: this wake-up's were spent on those before it.
            return drained > 0
                ? new Ended.Later(reason, Optional.empty())
                : lastRejected(id, reason, row.parked(), rows.rejected());
          }
          case Outcome.Retry retry -> {
            return later(retry.cause(), retry.after(), drained);
          }
        }
      }
    } catch (EntryStore.Unavailable trouble) {
      return later(String.valueOf(trouble.getMessage()), Optional.empty(), drained);
    }
  }

  /** A drain that gets on does not wait longer each time, as one that does not. */
  private static Ended later(String cause, Optional<Duration> after, int drained) {
    Optional<Duration> soon = drained > 0 ? Optional.of(SOON) : Optional.empty();
    return new Ended.Later(cause, after.or(() -> soon));
  }

  /**
   * The events that are worked off next, as one; empty when none is there. However many wait, only
   * a few are read each time.
   */
  private List<StreamRecord> next(EntryId id) throws EntryStore.Unavailable {
    List<StreamRecord> waiting = store.waiting(id, AT_FIRST);
    int leading = leading(waiting);
    if (leading == AT_FIRST) {
      waiting = store.waiting(id, EntryStore.MOST_AT_ONCE);
      leading = leading(waiting);
    }
    return waiting.subList(0, leading);
  }

  private int leading(List<StreamRecord> waiting) {
    return waiting.size() < 2 ? waiting.size() : folding.leading(waiting);
  }

  /**
   * @param admitted whether leave was taken for it, by {@link #mayBegin}
   */
  private Outcome handle(EntryId id, StreamRecord carrier, DrainedEntries rows, boolean admitted)
      throws EntryStore.Unavailable, InterruptedException {
    return switch (EntryEvent.read(carrier.envelope(), carrier.sequence())) {
      case EntryEvent.Reading.Event(EntryEvent event) ->
          applier.handleAgain(carrier, event, rows, admitted);
      case EntryEvent.Reading.Ignore(String reason) -> dropped(id, rows, reason);
      case EntryEvent.Reading.Unusable(String problem) -> {
        unusable.keep(carrier, problem);
        yield dropped(id, rows, problem);
      }
    };
  }

  private static Outcome dropped(EntryId id, DrainedEntries rows, String reason)
      throws EntryStore.Unavailable {
    return rows.skip(id, rows.read(id)) instanceof Written.Done
        ? new Outcome.Skipped(reason)
        : new Outcome.Retry("others write the row of entry " + id);
  }

  /**
   * The key is dead now, unless an event joined those that wait after this try had begun, or
   * anybody else wrote the row: then another wake-up is owed, since nothing may rest untried.
   *
   * @param tried how many waited when this try began
   * @param after the row as the rejection left it
   */
  private Ended lastRejected(EntryId id, String reason, int tried, EntryRow after)
      throws EntryStore.Unavailable {
    if (after.lane() == EntryRow.Lane.DEAD) {
      return new Ended.Dead(reason);
    }
    if (after.parked() == tried && store.bury(id, after) instanceof Written.Done) {
      return new Ended.Dead(reason);
    }
    EntryRow now = store.read(id);
    if (now.waits() && store.wakeAgain(id, now) instanceof Written.Done(EntryRow woken)) {
      applier.wake(id, woken, reason);
    }
    return new Ended.Rejected(reason);
  }
}
