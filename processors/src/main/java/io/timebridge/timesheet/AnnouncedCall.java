package io.timebridge.timesheet;

import io.timebridge.intent.Fence;
import io.timebridge.intent.IntentTokens;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.Answer;
import io.timebridge.timesheet.Call.Order;
import io.timebridge.timesheet.EntryStore.Parking;
import io.timebridge.timesheet.EntryStore.Result;
import io.timebridge.timesheet.EntryStore.Written;
import io.timebridge.timesheet.TimesheetApplier.Parts;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call as it is announced in the row: from W1 or W1t to the write that removes the intent, with
 * the fence in which it may be sent, and what is known of its outcome. The intent may be renewed
 * before anything was sent under it. Used by one thread.
 */
final class AnnouncedCall {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncedCall.class);

  /** What a call may take beside its time-out: garbage collection, scheduling. */
  private static final Duration FENCE_SLACK = Duration.ofSeconds(1);

  private final Parts parts;
  private final IntentTokens tokens;
  private final OwedVerifies verifies;
  private final RetryBudget budget;
  private final Order order;
  private Intent intent;
  private EntryRow row;
  private Fence fence;
  private boolean maybeUnderWay;
  private boolean sent;
  private boolean answered;

  AnnouncedCall(Attempt.Tools tools, Order order) {
    this.parts = tools.parts();
    this.tokens = tools.tokens();
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
    return intent(op, places);
  }

  private Intent intent(Intent.Op op, Set<Place> places) {
    return new Intent(
        tokens.next(),
        op,
        order.version(),
        places,
        parts.secondSettings().span(),
        Optional.of(new Intent.Origin(order.event().seq(), order.record().envelope().route())));
  }

  private Fence newFence() {
    return Fence.from(parts.nanoTime(), parts.clock(), parts.secondSettings().sendWithin());
  }

  /** The row as it was last seen under our intent. */
  EntryRow row() {
    return row;
  }

  /** Every place at which an unresolved add may have landed, or ours may land. */
  Set<Place> places() {
    return intent.places();
  }

  /** W1 or W1t; false when somebody else was first. */
  boolean announce() throws EntryStore.Unavailable {
    Written written =
        order.open().isEmpty()
            ? order.store().begin(order.id(), row, intent)
            : order.store().takeOver(order.id(), row, intent);
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

  /** Makes sure that the intent says of an add at that place. */
  void coverAdd(Place place) throws ServiceTrouble, EntryStore.Unavailable {
    if (intent.op() != Intent.Op.ADD || !intent.places().contains(place)) {
      Set<Place> places = new HashSet<>(intent.places());
      places.add(place);
      renew(Intent.Op.ADD, places);
    }
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
    intent = intent(op, places);
    if (!took(order.store().takeOver(order.id(), row, intent))) {
      throw new ServiceTrouble(
          ServiceTrouble.Kind.NOT_DONE, "the intent of entry " + order.id() + " was taken over");
    }
    tokens.forget(old);
  }

  /** Sends a changing call. */
  interface Sending {
    Answer send(SecondService second) throws ServiceTrouble, InterruptedException;
  }

  /**
   * Sends before the fence closes; the intent is renewed first when a look-up has used up most of
   * its time.
   */
  Answer send(Sending sending) throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
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

  /** An answer came that leaves the outcome open. */
  void outcomeUnknown() {
    maybeUnderWay = true;
  }

  /** W2; empty when our intent was taken over. */
  Optional<Outcome> conclude(Result result, Outcome outcome) throws EntryStore.Unavailable {
    if (answered) {
      budget.carriedOut(RetryBudget.Side.SECOND_SERVICE, order.record().key());
    }
    return closed(order.store().result(order.id(), intent.token(), result), outcome);
  }

  /** W4 with our token; empty when our intent was taken over. */
  Optional<Outcome> park(Parking why) throws EntryStore.Unavailable {
    return closed(
        order.store().park(order.id(), row, Optional.of(intent.token()), order.record(), why),
        new Outcome.Parked(why.rejection().brief()));
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
    budget.failed(RetryBudget.Side.SECOND_SERVICE, order.record().key(), trouble);
    String cause = String.valueOf(trouble.getMessage());
    if (maybeUnderWay) {
      oweIfLate();
      return new Outcome.Retry(
          cause + " (outcome unknown)", tokens.remaining(intent.token(), intent.span()));
    }
    tokens.settled(intent.token());
    if (order.open().isEmpty()) {
      order.store().release(order.id(), intent.token());
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
      Optional<Intent> open = order.store().read(order.id()).intent();
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
}
