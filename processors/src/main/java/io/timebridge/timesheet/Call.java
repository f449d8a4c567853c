package io.timebridge.timesheet;

import io.timebridge.ordering.Outcome;
import io.timebridge.ordering.StreamRecord;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.Answer;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryEvent.Claim;
import io.timebridge.timesheet.EntryStore.Parking;
import io.timebridge.timesheet.EntryStore.Result;
import io.timebridge.timesheet.EntryStore.Written;
import io.timebridge.timesheet.Mapper.Mapped;
import io.timebridge.timesheet.TimesheetApplier.Parts;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call to SecondService framed by its intent: announce (W1) or take over (W1t), look up what may
 * have landed, send before the fence closes, write the result (W2). A call whose outcome is unknown
 * is never repeated under the same intent.
 */
final class Call {
  private static final Logger LOG = LoggerFactory.getLogger(Call.class);

  private final Parts parts;
  private final Mapper mapper;
  private final IntentTokens tokens;
  private final LookUp lookUp;

  /**
   * @param pause waits while nothing is under way, and lets others take their turn meanwhile
   */
  Call(Parts parts, Mapper mapper, IntentTokens tokens, LookUp.Pause pause) {
    this.parts = parts;
    this.mapper = mapper;
    this.tokens = tokens;
    this.lookUp = new LookUp(parts.second(), parts.secondSettings().visibleWithin(), pause);
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
          Known known = attempt.resolved();
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
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException;
  }

  private Optional<Outcome> announced(Order order, Steps steps)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    Attempt attempt = new Attempt(order);
    try {
      if (!attempt.announce()) {
        return Optional.empty();
      }
      return attempt.isBlind() ? attempt.parkBlind() : steps.run(attempt);
    } catch (DoubleStays stays) {
      return attempt.park(stays.rejection, stays.keep);
    } catch (ServiceTrouble trouble) {
      return Optional.of(attempt.gaveUp(trouble));
    } catch (EntryStore.Unavailable unavailable) {
      attempt.nothingUnderWay();
      throw unavailable;
    }
  }

  /**
   * What is known of the entry's timesheet.
   *
   * @param timesheetId 0 = there surely is none
   * @param reported as the report shows it; null when it was not looked up
   */
  private record Known(
      long timesheetId, Optional<Place> place, @Nullable ReportedTimesheet reported) {}

  /** A second timesheet of the entry that SecondService refuses to delete. */
  private static final class DoubleStays extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Rejection rejection;
    private final transient Known keep;

    DoubleStays(Rejection rejection, Known keep) {
      super(rejection.detail(), null, false, false);
      this.rejection = rejection;
      this.keep = keep;
    }
  }

  /**
   * One attempt under one intent (or several of our own, renewed before anything was sent). Used by
   * one thread.
   */
  private final class Attempt {
    private final Order order;
    private Intent intent;
    private EntryRow row;
    private Fence fence;
    private boolean maybeUnderWay;

    Attempt(Order order) {
      this.order = order;
      this.row = order.row();
      this.fence = newFence();
      this.intent = firstIntent();
    }

    private Intent firstIntent() {
      Set<Place> places = new HashSet<>();
      Intent.Op op = Rules.op(row, order.target());
      order.open().ifPresent(open -> places.addAll(open.places()));
      if (order.booking().isPresent() && (op == Intent.Op.ADD || !places.isEmpty())) {
        places.add(order.booking().get().place());
      }
      return new Intent(tokens.next(), op, order.version(), places, parts.secondSettings().span());
    }

    private Fence newFence() {
      return Fence.from(parts.nanoTime(), parts.clock(), parts.secondSettings().sendWithin());
    }

    /** Whether an add may have landed that this deployment has no means to look up. */
    boolean isBlind() {
      return unresolvedAdd() && !parts.secondSettings().timesheetReport();
    }

    Optional<Outcome> parkBlind() throws EntryStore.Unavailable {
      Rejection unknown =
          new Rejection(
              Rejection.Reason.UNKNOWN_OUTCOME,
              "an add may have been done, and this SecondService has no timesheet report to look it up");
      return park(unknown, new Known(row.timesheetId(), row.place(), null));
    }

    private boolean unresolvedAdd() {
      return order.open().filter(o -> !o.places().isEmpty()).isPresent();
    }

    /** W1 or W1t. */
    boolean announce() throws EntryStore.Unavailable {
      Written written =
          order.open().isEmpty()
              ? parts.store().begin(order.id(), row, intent)
              : parts.store().takeOver(order.id(), row, intent);
      order.open().ifPresent(open -> tokens.forget(open.token()));
      return took(written);
    }

    private boolean took(Written written) {
      if (written instanceof Written.Done(EntryRow now)) {
        row = now;
        return true;
      }
      tokens.forget(intent.token());
      return false;
    }

    /**
     * Our intent anew, before anything was sent under it: a fresh fence, another operation, or one
     * place more.
     */
    private void renew(Intent.Op op, Set<Place> places)
        throws ServiceTrouble, EntryStore.Unavailable {
      String old = intent.token();
      tokens.settled(old); // nothing is under way under it, whatever becomes of this write
      fence = newFence();
      intent =
          new Intent(tokens.next(), op, order.version(), places, parts.secondSettings().span());
      if (!took(parts.store().takeOver(order.id(), row, intent))) {
        throw new ServiceTrouble(
            ServiceTrouble.Kind.NOT_DONE, "the intent of entry " + order.id() + " was taken over");
      }
      tokens.forget(old);
    }

    /**
     * The timesheet there is, looked up where an unresolved add may have landed or somebody asked
     * for a check. A timesheet that the row knows and the report does not show at these places may
     * have been moved or have lost its mark: it stays the entry's own until SecondService says that
     * there is none of that id.
     */
    Known resolved() throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      Known byRow = new Known(row.timesheetId(), row.place(), null);
      boolean canLook = parts.secondSettings().timesheetReport();
      Set<Place> places = places();
      if (!canLook || places.isEmpty() || (!unresolvedAdd() && !order.event().verify())) {
        return byRow;
      }
      if (order.event().verify()) {
        lookUp.pause(); // it may have been asked for before the report shows what it is about
      }
      List<ReportedTimesheet> found = lookUp.find(order.id(), places);
      Optional<ReportedTimesheet> own =
          found.stream().filter(t -> t.id() == row.timesheetId()).findFirst();
      boolean rowKnowsBetter = own.isEmpty() && row.timesheetId() > 0 && !unresolvedAdd();
      if (found.isEmpty() || rowKnowsBetter) {
        deleteAll(found, byRow);
        return byRow;
      }
      ReportedTimesheet keep = own.orElseGet(found::getFirst);
      Known known = new Known(keep.id(), Optional.of(new Place(keep.personId(), keep.day())), keep);
      deleteAll(found.stream().filter(t -> t.id() != keep.id()).toList(), known);
      return known;
    }

    private Set<Place> places() {
      Set<Place> places = new HashSet<>(intent.places());
      row.place().ifPresent(places::add);
      places.addAll(order.event().places());
      order.booking().ifPresent(b -> places.add(b.place()));
      return places;
    }

    /** Removes doubles; one that SecondService will not let go parks the key. */
    private void deleteAll(List<ReportedTimesheet> doubles, Known keep)
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      for (ReportedTimesheet t : doubles) {
        if (sendWithin(s -> s.delete(t.id())) instanceof Answer.Refused refused
            && refused.reason() != SecondService.Reason.UNKNOWN_TIMESHEET) {
          throw new DoubleStays(rejection(refused), keep);
        }
      }
    }

    Optional<Outcome> send(Known known)
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      if (order.booking().isEmpty()) {
        return sendDelete(known);
      }
      Mapped.Booking booking = order.booking().get();
      if (known.timesheetId() == 0) {
        return sendAdd(booking);
      }
      if (known.reported() != null && sameContent(known.reported(), booking.timesheet())) {
        return booked(known.timesheetId(), booking, "adopted");
      }
      Answer answer = sendWithin(s -> s.update(known.timesheetId(), booking.timesheet()));
      return switch (answer) {
        case Answer.Done done -> booked(known.timesheetId(), booking, "updated");
        case Answer.Refused refused
            when refused.reason() == SecondService.Reason.UNKNOWN_TIMESHEET ->
            sendAdd(booking);
        case Answer.Refused refused -> park(rejection(refused), known);
      };
    }

    private Optional<Outcome> sendAdd(Mapped.Booking booking)
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      if (intent.op() != Intent.Op.ADD || !intent.places().contains(booking.place())) {
        Set<Place> places = new HashSet<>(intent.places());
        places.add(booking.place());
        renew(Intent.Op.ADD, places);
      }
      Answer answer = sendWithin(s -> s.add(booking.timesheet()));
      return switch (answer) {
        case Answer.Done(long timesheetId) when timesheetId > 0 ->
            booked(timesheetId, booking, "added");
        case Answer.Done unnamed -> sendAddUnnamed(booking);
        case Answer.Refused refused ->
            park(rejection(refused), new Known(0, Optional.empty(), null));
      };
    }

    /**
     * It says it added, but not what: until the timesheet is found, its outcome counts as unknown.
     */
    private Optional<Outcome> sendAddUnnamed(Mapped.Booking booking)
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      maybeUnderWay = true;
      if (!parts.secondSettings().timesheetReport()) {
        return parkBlind();
      }
      List<ReportedTimesheet> found = lookUp.find(order.id(), Set.of(booking.place()));
      if (found.isEmpty()) {
        throw new ServiceTrouble(
            ServiceTrouble.Kind.UNKNOWN,
            "SecondService says it added a timesheet but names and shows none");
      }
      return booked(found.getFirst().id(), booking, "added");
    }

    private Optional<Outcome> sendDelete(Known known)
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      Result gone = order.result(EntryRow.State.DELETED, 0, Optional.empty());
      if (known.timesheetId() == 0) {
        return finish(gone, "deleted: nothing was booked");
      }
      Answer answer = sendWithin(s -> s.delete(known.timesheetId()));
      return switch (answer) {
        case Answer.Done done -> finish(gone, "deleted timesheet " + known.timesheetId());
        case Answer.Refused refused
            when refused.reason() == SecondService.Reason.UNKNOWN_TIMESHEET ->
            finish(gone, "deleted: timesheet " + known.timesheetId() + " was gone already");
        case Answer.Refused refused -> park(rejection(refused), known);
      };
    }

    private interface Sending {
      Answer send(SecondService second) throws ServiceTrouble, InterruptedException;
    }

    /**
     * Sends before the fence closes; the intent is renewed first when a look-up has used up most of
     * its time.
     */
    private Answer sendWithin(Sending sending)
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      if (!fence.isEarly() && !maybeUnderWay) {
        renew(intent.op(), intent.places());
      }
      maybeUnderWay = true; // until the answer says otherwise; an interrupt leaves it so
      try {
        Answer answer = sending.send(parts.second().sendingOnlyWhile(fence));
        maybeUnderWay = false;
        return answer;
      } catch (ServiceTrouble trouble) {
        maybeUnderWay = !trouble.surelyNotDone();
        throw trouble;
      }
    }

    private Optional<Outcome> booked(long timesheetId, Mapped.Booking booking, String what)
        throws EntryStore.Unavailable {
      return finish(
          order.result(EntryRow.State.LIVE, timesheetId, Optional.of(booking.place())),
          what + " timesheet " + timesheetId);
    }

    /** W2. */
    Optional<Outcome> finish(Result result, String what) throws EntryStore.Unavailable {
      return closed(
          parts.store().result(order.id(), intent.token(), result), new Outcome.Applied(what));
    }

    /** W4 with our token. */
    Optional<Outcome> park(Rejection rejection, Known known) throws EntryStore.Unavailable {
      if (rejection.reason() == Rejection.Reason.UNKNOWN_TASK
          && order.target() instanceof Claim.Live live) {
        mapper.forgetTasks(live.content());
      }
      Parking why = new Parking(rejection, known.timesheetId(), known.place());
      return closed(
          parts.store().park(order.id(), row, Optional.of(intent.token()), order.record(), why),
          new Outcome.Parked(rejection.reason() + ": " + rejection.detail()));
    }

    /**
     * Whoever took our intent over decides; what we sent meanwhile is checked by an event of its
     * own.
     */
    private Optional<Outcome> closed(Written written, Outcome outcome) {
      tokens.forget(intent.token());
      if (written instanceof Written.Done) {
        return Optional.of(outcome);
      }
      Set<Place> places = new HashSet<>(intent.places());
      order.booking().ifPresent(b -> places.add(b.place()));
      try {
        parts.verify().request(order.id(), places, "a call ended after its intent was taken over");
      } catch (EntryStore.Unavailable notAsked) {
        LOG.error(
            "entry={} has to be verified, and nobody could be asked to", order.id(), notAsked);
      }
      return Optional.empty();
    }

    /** Ends the attempt after trouble: what was surely not done is not waited for. */
    Outcome gaveUp(ServiceTrouble trouble) throws EntryStore.Unavailable {
      String cause = String.valueOf(trouble.getMessage());
      if (maybeUnderWay) {
        return new Outcome.Retry(cause + " (outcome unknown)", tokens.remaining(intent));
      }
      tokens.settled(intent.token());
      if (order.open().isEmpty()) {
        parts.store().release(order.id(), intent.token());
        tokens.forget(intent.token());
      }
      Optional<Duration> after = trouble.retryAfter();
      return after.isPresent() ? new Outcome.Retry(cause, after.get()) : new Outcome.Retry(cause);
    }

    void nothingUnderWay() {
      if (!maybeUnderWay) {
        tokens.settled(intent.token());
      }
    }
  }

  private static boolean sameContent(ReportedTimesheet is, SecondService.Timesheet wanted) {
    return is.jobId() == wanted.jobId()
        && is.taskId() == wanted.taskId()
        && is.personId() == wanted.personId()
        && is.day().equals(wanted.day())
        && is.hours().compareTo(wanted.hours()) == 0
        && is.description().equals(wanted.description());
  }

  private static Rejection rejection(Answer.Refused refused) {
    Rejection.Reason reason =
        switch (refused.reason()) {
          case CLOSED_JOB -> Rejection.Reason.CLOSED_JOB;
          case UNKNOWN_JOB -> Rejection.Reason.UNKNOWN_JOB;
          case UNKNOWN_TASK -> Rejection.Reason.UNKNOWN_TASK;
          case UNKNOWN_PERSON -> Rejection.Reason.UNKNOWN_USER;
          case LOCKED_PERIOD -> Rejection.Reason.LOCKED_PERIOD;
          case BAD_HOURS -> Rejection.Reason.INVALID_DATA;
          case UNKNOWN_TIMESHEET, OTHER -> Rejection.Reason.REFUSED;
        };
    return new Rejection(reason, refused.message());
  }
}
