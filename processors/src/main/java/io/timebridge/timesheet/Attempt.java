package io.timebridge.timesheet;

import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.Answer;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.timesheet.Call.Order;
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
 * One attempt under one intent (or several of our own, renewed before anything was sent): announce,
 * look up what may have landed, send, write the result. Used by one thread.
 */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  /** What every attempt works with. */
  record Tools(
      Parts parts,
      Mapper mapper,
      IntentTokens tokens,
      LookUp lookUp,
      OwedVerifies verifies,
      RetryBudget budget) {}

  /**
   * What is known of the entry's timesheet.
   *
   * @param timesheetId 0 = there surely is none
   * @param reported as the report shows it; null when it was not looked up
   */
  record Known(long timesheetId, Optional<Place> place, @Nullable ReportedTimesheet reported) {}

  /** A second timesheet of the entry that SecondService refuses to delete. */
  static final class DoubleStays extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Rejection rejection;
    private final transient Known keep;

    DoubleStays(Rejection rejection, Known keep) {
      super(rejection.detail());
      this.rejection = rejection;
      this.keep = keep;
    }

    Rejection rejection() {
      return rejection;
    }

    Known keep() {
      return keep;
    }
  }

  /** What a call may take beside its time-out: garbage collection, scheduling. */
  private static final Duration FENCE_SLACK = Duration.ofSeconds(1);

  private static final Known NONE = new Known(0, Optional.empty(), null);

  private final Parts parts;
  private final Mapper mapper;
  private final IntentTokens tokens;
  private final LookUp lookUp;
  private final OwedVerifies verifies;
  private final RetryBudget budget;
  private final Order order;
  private Intent intent;
  private EntryRow row;
  private Fence fence;
  private boolean maybeUnderWay;
  private boolean sent;
  private boolean answered;

  Attempt(Tools tools, Order order) {
    this.parts = tools.parts();
    this.mapper = tools.mapper();
    this.tokens = tools.tokens();
    this.lookUp = tools.lookUp();
    this.verifies = tools.verifies();
    this.budget = tools.budget();
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
    intent = new Intent(tokens.next(), op, order.version(), places, parts.secondSettings().span());
    if (!took(parts.store().takeOver(order.id(), row, intent))) {
      throw new ServiceTrouble(
          ServiceTrouble.Kind.NOT_DONE, "the intent of entry " + order.id() + " was taken over");
    }
    tokens.forget(old);
  }

  /**
   * The timesheet there is, looked up where an unresolved add may have landed or somebody asked for
   * a check. A timesheet that the row knows and the report does not show at these places may have
   * been moved or have lost its mark: it stays the entry's own until SecondService says that there
   * is none of that id.
   */
  Known resolved()
      throws ServiceTrouble, EntryStore.Unavailable, DoubleStays, InterruptedException {
    Known byRow = new Known(row.timesheetId(), row.place(), null);
    boolean canLook = parts.secondSettings().timesheetReport();
    Set<Place> places = places();
    if (!canLook || places.isEmpty() || (!unresolvedAdd() && !order.event().verify())) {
      return byRow;
    }
    if (order.event().verify()) {
      lookUp.pause(); // it may have been asked for before the report shows what it is about
    }
    List<ReportedTimesheet> found =
        order.event().verify()
            ? lookUp.findAll(order.id(), places)
            : lookUp.find(order.id(), places);
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
      throws ServiceTrouble, EntryStore.Unavailable, DoubleStays, InterruptedException {
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
      case Answer.Refused refused when refused.reason() == SecondService.Reason.UNKNOWN_TIMESHEET ->
          deletedByHand(known, booking);
      case Answer.Refused refused -> park(rejection(refused), known);
    };
  }

  /** Somebody deleted the timesheet in SecondService: it is made anew, or a person is told. */
  private Optional<Outcome> deletedByHand(Known known, Mapped.Booking booking)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    return switch (parts.rules().deletedByHand()) {
      case RECREATE -> sendAdd(booking);
      case REPORT ->
          park(
              new Rejection(
                  Rejection.Reason.DELETED_BY_HAND,
                  "timesheet %d of person %d on %s is gone from SecondService; sent again, it is made anew"
                      .formatted(
                          known.timesheetId(), booking.place().personId(), booking.place().day())),
              NONE);
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
      case Answer.Refused refused -> park(rejection(refused), NONE);
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
      case Answer.Refused refused when refused.reason() == SecondService.Reason.UNKNOWN_TIMESHEET ->
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
    sent = true;
    maybeUnderWay = true; // until the answer says otherwise; an interrupt leaves it so
    try {
      Answer answer = sending.send(parts.second().sendingOnlyWhile(fence));
      maybeUnderWay = false;
      answered = true;
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
    if (answered) {
      budget.carriedOut();
    }
    return closed(
        parts.store().result(order.id(), intent.token(), result), new Outcome.Applied(what));
  }

  /** W4 with our token. */
  Optional<Outcome> park(Rejection rejection, Known known) throws EntryStore.Unavailable {
    if (rejection.reason() == Rejection.Reason.UNKNOWN_TASK
        && order.target() instanceof Claim.Live live) {
      mapper.forgetTasks(live.content());
    }
    Parking why = new Parking(rejection, OptionalLong.of(known.timesheetId()), known.place());
    return closed(
        parts.store().park(order.id(), row, Optional.of(intent.token()), order.record(), why),
        new Outcome.Parked(rejection.reason() + ": " + rejection.detail()));
  }

  /**
   * Whoever took our intent over decides; what we sent meanwhile is checked by an event of its own.
   */
  private Optional<Outcome> closed(Written written, Outcome outcome) {
    tokens.forget(intent.token());
    if (written instanceof Written.Done) {
      return Optional.of(outcome);
    }
    owe("a call ended after its intent was taken over", Duration.ZERO);
    return Optional.empty();
  }

  private void owe(String why, Duration notBefore) {
    Set<Place> places = new HashSet<>(intent.places());
    order.booking().ifPresent(b -> places.add(b.place()));
    verifies.owe(order.id(), places, why, notBefore);
  }

  /** Ends the attempt after trouble: what was surely not done is not waited for. */
  Outcome gaveUp(ServiceTrouble trouble) throws EntryStore.Unavailable {
    if (trouble.kind() == ServiceTrouble.Kind.UNKNOWN) {
      budget.failed(order.record().key());
    }
    String cause = String.valueOf(trouble.getMessage());
    if (maybeUnderWay) {
      oweIfLate();
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

  /**
   * A process that was frozen between the last look at the clocks and the sending sent too late:
   * others may have waited for this call in vain. That shows in a foreign token, or in a call that
   * ended later than any sent in time could.
   */
  private void oweIfLate() {
    if (sentLate() || !stillAnnounced()) {
      owe(
          "a call of unknown outcome may have been sent after its time",
          parts.secondSettings().landsWithin());
    }
  }

  private boolean sentLate() {
    return fence.closedFor(parts.secondSettings().gate().callTimeout().plus(FENCE_SLACK));
  }

  /** Whether the row surely holds our intent. */
  private boolean stillAnnounced() {
    try {
      Optional<Intent> open = parts.store().read(order.id()).intent();
      return open.filter(i -> i.token().equals(intent.token())).isPresent();
    } catch (EntryStore.Unavailable notKnown) {
      LOG.debug("entry={} row not read after a call of unknown outcome", order.id(), notKnown);
      return false;
    }
  }

  /** The row cannot be reached: what becomes of it is for the next attempt to find out. */
  void lostTouch() {
    if (!maybeUnderWay) {
      tokens.settled(intent.token());
    }
    if (sent && sentLate()) {
      owe("a call may have been sent after its time", parts.secondSettings().landsWithin());
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
