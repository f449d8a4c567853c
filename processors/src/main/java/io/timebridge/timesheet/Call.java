package io.timebridge.timesheet;

import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryEvent.Claim;
import io.timebridge.timesheet.EntryStore.Result;
import io.timebridge.timesheet.Mapper.Mapped;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A call to SecondService framed by its intent: announce (W1) or take over (W1t), look up what may
 * have landed, send before the fence closes, write the result (W2). A call whose outcome is unknown
 * is never repeated under the same intent.
 */
final class Call {
  private final Attempt.Tools tools;

  Call(Attempt.Tools tools) {
    this.tools = tools;
  }

  /**
   * What is to be done.
   *
   * @param row as read
   * @param open the intent to take over; empty = none is open
   * @param booking the wanted timesheet; empty = none (deletion, or nothing to book)
   */
  record Order(
      StreamRecord record,
      EntryEvent event,
      EntryRow row,
      Claim target,
      Optional<Intent> open,
      Optional<Mapped.Booking> booking) {

    EntryId id() {
      return event.id();
    }

    Result result(EntryRow.State state, long timesheetId, Optional<Place> place) {
      return switch (target) {
        case Claim.Live(long version, EntryContent content) ->
            new Result(
                Math.max(version, row.version()),
                content.hash(),
                state,
                timesheetId,
                place,
                event.seq());
        case Claim.Gone(OptionalLong version) ->
            new Result(
                Math.max(version.orElse(0), row.version()),
                row.hash(),
                state,
                timesheetId,
                place,
                event.seq());
      };
    }

    long version() {
      return switch (target) {
        case Claim.Live live -> live.version();
        case Claim.Gone gone -> Math.max(gone.version().orElse(0), row.version());
      };
    }
  }

  /** Makes the call. Empty when somebody else was first; the row is then to be read again. */
  Optional<Outcome> make(Order order)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    return announced(order, attempt -> attempt.send(attempt.resolved()));
  }

  /** Takes the open intent over, finds out what it did, and parks the key. */
  Optional<Outcome> resolveThenPark(Order order, Rejection rejection)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    return announced(order, attempt -> attempt.park(rejection, attempt.resolved()));
  }

  /**
   * Takes the open intent over, finds out what it did, and remembers a version with nothing to
   * book.
   */
  Optional<Outcome> resolveThenNote(Order order, String reason)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    return announced(
        order,
        attempt -> {
          Attempt.Known known = attempt.resolved();
          EntryRow.State state =
              known.timesheetId() > 0
                  ? EntryRow.State.LIVE
                  : order.row().state() == EntryRow.State.DELETED
                      ? EntryRow.State.DELETED
                      : EntryRow.State.NONE;
          return attempt.finish(
              order.result(state, known.timesheetId(), known.place()),
              "nothing to book: " + reason);
        });
  }

  private interface Steps {
    Optional<Outcome> run(Attempt attempt)
        throws ServiceTrouble, EntryStore.Unavailable, Attempt.DoubleStays, InterruptedException;
  }

  private Optional<Outcome> announced(Order order, Steps steps)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    Attempt attempt = new Attempt(tools, order);
    try {
      if (!attempt.announce()) {
        return Optional.empty();
      }
      return attempt.isBlind() ? attempt.parkBlind() : steps.run(attempt);
    } catch (Attempt.DoubleStays stays) {
      return attempt.park(stays.rejection(), stays.keep());
    } catch (ServiceTrouble trouble) {
      return Optional.of(attempt.gaveUp(trouble));
    } catch (EntryStore.Unavailable unavailable) {
      attempt.lostTouch();
      throw unavailable;
    }
  }
}
