package io.timebridge.timesheet;

import io.timebridge.intent.IntentTokens;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.Answer;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.timesheet.Call.Order;
import io.timebridge.timesheet.EntryEvent.Claim;
import io.timebridge.timesheet.EntryStore.Parking;
import io.timebridge.timesheet.EntryStore.Result;
import io.timebridge.timesheet.Mapper.Mapped;
import io.timebridge.timesheet.TimesheetApplier.Parts;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to bring an entry's timesheet to its target, under an announced call: look up what
 * may have landed, send, write the result. Used by one thread.
 */
final class Attempt {
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
      super(rejection.brief());
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

  private static final Known NONE = new Known(0, Optional.empty(), null);

  private final Parts parts;
  private final Mapper mapper;
  private final LookUp lookUp;

  /** The intent to be taken over is one of our own under which nothing was sent. */
  private final boolean nothingSent;

  private final Order order;
  private final AnnouncedCall call;

  /** It was looked whether there is a timesheet. */
  private boolean looked;

  Attempt(Tools tools, Order order) {
    this.parts = tools.parts();
    this.mapper = tools.mapper();
    this.lookUp = tools.lookUp();
    this.nothingSent =
        order.open().filter(open -> tools.tokens().isSettled(open.token())).isPresent();
    this.order = order;
    this.call = new AnnouncedCall(tools, order);
  }

  /** W1 or W1t; false when somebody else was first. */
  boolean announce() throws EntryStore.Unavailable {
    return call.announce();
  }

  /** Ends the attempt after trouble. */
  Outcome gaveUp(ServiceTrouble trouble) throws EntryStore.Unavailable {
    return call.gaveUp(trouble);
  }

  /** Ends the attempt when the row cannot be reached. */
  void lostTouch() {
    call.lostTouch();
  }

  /** Whether an add may have landed that this deployment has no means to look up. */
  boolean isBlind() {
    return unresolvedAdd() && !nothingSent && !parts.secondSettings().timesheetReport();
  }

  Optional<Outcome> parkBlind() throws EntryStore.Unavailable {
    Rejection unknown =
        new Rejection(
            Rejection.Reason.UNKNOWN_OUTCOME,
            "an add may have been done, and this SecondService has no timesheet report to look it up");
    return park(unknown, new Known(call.row().timesheetId(), call.row().place(), null));
  }

  private boolean unresolvedAdd() {
    return order.open().filter(o -> !o.places().isEmpty()).isPresent();
  }

  /**
   * The timesheet there is, looked up where an unresolved add may have landed or somebody asked for
   * a check. A timesheet that the row knows and the report does not show at these places may have
   * been moved or have lost its mark: it stays the entry's own until SecondService says that there
   * is none of that id. Not so after a loss in SecondService: an id that the report does not show
   * under the entry's mark may be another timesheet's by now.
   */
  Known resolved()
      throws ServiceTrouble, EntryStore.Unavailable, DoubleStays, InterruptedException {
    Known byRow = new Known(call.row().timesheetId(), call.row().place(), null);
    boolean canLook = parts.secondSettings().timesheetReport();
    Set<Place> places = places();
    if (!canLook || places.isEmpty() || (!unresolvedAdd() && !order.event().verify())) {
      return byRow;
    }
    if (order.event().verify()) {
      lookUp.pause(); // it may have been asked for before the report shows what it is about
    }
    looked = true;
    List<ReportedTimesheet> found =
        order.event().verify()
            ? lookUp.findAll(order.id(), places)
            : lookUp.find(order.id(), places);
    Optional<ReportedTimesheet> own =
        found.stream().filter(t -> t.id() == call.row().timesheetId()).findFirst();
    boolean rowKnowsBetter = own.isEmpty() && call.row().timesheetId() > 0 && !unresolvedAdd();
    boolean afterLoss = order.event().afterLoss();
    if (found.isEmpty() && afterLoss) {
      return NONE;
    }
    if (found.isEmpty() || (rowKnowsBetter && !afterLoss)) {
      deleteAll(found, byRow);
      return byRow;
    }
    return keeping(own.orElseGet(found::getFirst), found);
  }

  /** One of those that were found; the others are doubles. */
  private Known keeping(ReportedTimesheet keep, List<ReportedTimesheet> found)
      throws ServiceTrouble, EntryStore.Unavailable, DoubleStays, InterruptedException {
    Known known = new Known(keep.id(), Optional.of(new Place(keep.personId(), keep.day())), keep);
    deleteAll(found.stream().filter(t -> t.id() != keep.id()).toList(), known);
    return known;
  }

  private Set<Place> places() throws ServiceTrouble, InterruptedException {
    Set<Place> places = new HashSet<>(call.places());
    call.row().place().ifPresent(places::add);
    places.addAll(order.event().places());
    order.booking().ifPresent(b -> places.add(b.place()));
    if (order.event().replayed() && order.event().claim().orElse(null) instanceof Claim.Live said) {
      mapper.place(said.content()).ifPresent(places::add);
    }
    return places;
  }

  /** Removes doubles; one that SecondService will not let go parks the key. */
  private void deleteAll(List<ReportedTimesheet> doubles, Known keep)
      throws ServiceTrouble, EntryStore.Unavailable, DoubleStays, InterruptedException {
    for (ReportedTimesheet t : doubles) {
      if (call.send(s -> s.delete(t.id())) instanceof Answer.Refused refused
          && refused.reason() != SecondService.Reason.UNKNOWN_TIMESHEET) {
        throw new DoubleStays(rejection(refused), keep);
      }
    }
  }

  Optional<Outcome> send(Known known)
      throws ServiceTrouble, EntryStore.Unavailable, DoubleStays, InterruptedException {
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
    Answer answer = call.send(s -> s.update(known.timesheetId(), booking.timesheet()));
    return switch (answer) {
      case Answer.Done done -> booked(known.timesheetId(), booking, "updated");
      case Answer.Refused refused when refused.reason() == SecondService.Reason.UNKNOWN_TIMESHEET ->
          deletedByHand(known, booking);
      case Answer.Refused refused -> park(rejection(refused), known);
    };
  }

  /** Somebody deleted the timesheet in SecondService: it is made anew, or a person is told. */
  private Optional<Outcome> deletedByHand(Known known, Mapped.Booking booking)
      throws ServiceTrouble, EntryStore.Unavailable, DoubleStays, InterruptedException {
    if (order.event().afterLoss()) {
      return sendAdd(booking);
    }
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

  /**
   * Adds. What a replay brings again may have been booked though the row does not know of it: that
   * is looked up first, where it is now and where the event says.
   */
  private Optional<Outcome> sendAdd(Mapped.Booking booking)
      throws ServiceTrouble, EntryStore.Unavailable, DoubleStays, InterruptedException {
    if (order.event().replayed() && !looked && parts.secondSettings().timesheetReport()) {
      looked = true;
      List<ReportedTimesheet> found = lookUp.find(order.id(), places());
      if (!found.isEmpty()) {
        return send(keeping(found.getFirst(), found));
      }
    }
    call.coverAdd(booking.place());
    Answer answer = call.send(s -> s.add(booking.timesheet()));
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
    call.outcomeUnknown();
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
    Answer answer = call.send(s -> s.delete(known.timesheetId()));
    return switch (answer) {
      case Answer.Done done -> finish(gone, "deleted timesheet " + known.timesheetId());
      case Answer.Refused refused when refused.reason() == SecondService.Reason.UNKNOWN_TIMESHEET ->
          finish(gone, "deleted: timesheet " + known.timesheetId() + " was gone already");
      case Answer.Refused refused -> park(rejection(refused), known);
    };
  }

  private Optional<Outcome> booked(long timesheetId, Mapped.Booking booking, String what)
      throws EntryStore.Unavailable {
    return finish(
        order.result(EntryRow.State.LIVE, timesheetId, Optional.of(booking.place())),
        what + " timesheet " + timesheetId);
  }

  /** W2. */
  Optional<Outcome> finish(Result result, String what) throws EntryStore.Unavailable {
    return call.conclude(result.saying(what), new Outcome.Applied(what));
  }

  /** W4 with our token. */
  Optional<Outcome> park(Rejection rejection, Known known) throws EntryStore.Unavailable {
    if (order.target() instanceof Claim.Live live) {
      if (rejection.reason() == Rejection.Reason.UNKNOWN_TASK) {
        mapper.forgetTasks(live.content());
      } else if (rejection.reason() == Rejection.Reason.UNKNOWN_USER) {
        mapper.forgetUser(live.content());
      }
    }
    return call.park(new Parking(rejection, OptionalLong.of(known.timesheetId()), known.place()));
  }

  private static boolean sameContent(ReportedTimesheet is, SecondService.Timesheet wanted) {
    return is.jobId() == wanted.jobId()
        && is.taskId() == wanted.taskId()
        && is.personId() == wanted.personId()
        && is.day().equals(wanted.day())
        && is.hours().compareTo(wanted.hours()) == 0
        && is.description().equals(wanted.description());
  }

  private Rejection rejection(Answer.Refused refused) {
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
    return new Rejection(reason, refused.message() + about(), waitsFor(refused.reason()));
  }

  /** Whose entry it is and on which job, for people; as far as the entry says. */
  private String about() {
    if (order.booking().isEmpty() || !(order.target() instanceof Claim.Live live)) {
      return "";
    }
    SecondService.Timesheet wanted = order.booking().get().timesheet();
    EntryContent.Names names = live.content().names();
    return "; job %d%s, person %d%s"
        .formatted(
            wanted.jobId(), quoted(names.project()), wanted.personId(), quoted(names.person()));
  }

  private static String quoted(String name) {
    return name.isEmpty() ? "" : " \u201c" + name + "\u201d";
  }

  /** What of a refusal can be asked for without trying again. */
  private Set<Cause> waitsFor(SecondService.Reason reason) {
    return switch (reason) {
      case CLOSED_JOB, UNKNOWN_JOB -> {
        Optional<Long> job =
            order
                .booking()
                .map(b -> b.timesheet().jobId())
                .or(() -> EntryEvent.job(order.record().envelope()));
        yield job.<Set<Cause>>map(id -> Set.of(new Cause.JobOpen(id))).orElse(Set.of());
      }
      case UNKNOWN_PERSON ->
          order.booking().isPresent() && order.target() instanceof Claim.Live live
              ? Set.of(
                  new Cause.UserKnown(
                      live.content().userId(), order.booking().get().place().personId()))
              : Set.of();
      case UNKNOWN_TASK, LOCKED_PERIOD, UNKNOWN_TIMESHEET, BAD_HOURS, OTHER -> Set.of();
    };
  }
}
