package io.timebridge.timesheet;

import io.timebridge.failure.RetryQueue;
import io.timebridge.intent.IntentTokens;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryEvent.Claim;
import io.timebridge.timesheet.EntryStore.Written;
import io.timebridge.timesheet.Rules.Action;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Applies entry events: reads the row, decides by {@link Rules}, and does what was decided in the
 * protocol's order of steps. Every way out leaves the row such that the same event, handled again
 * by anybody, ends right. Thread-safe.
 */
public final class TimesheetApplier implements Handler<StreamRecord>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TimesheetApplier.class);

  /** Conditional writes lost in a row before the event goes back to its lane's backoff. */
  private static final int ROUNDS = 5;

  /**
   * Of the calls at a time, what events of a replay take at most: whatever came just now finds no
   * more of them before it in a queue.
   */
  private static final int REPLAYS_SHARE = 4;

  /** Keeps a record that speaks of an entry but cannot be used. */
  @FunctionalInterface
  public interface Unusable {
    Outcome keep(StreamRecord record, String problem) throws InterruptedException;
  }

  /**
   * What the applier works with.
   *
   * @param incarnation unique per start of a process
   * @param nanoTime monotonic clock, in nanoseconds
   * @param pause waits; a test's need not
   * @param background runs what may wait, one thread each
   */
  public record Parts(
      FirstService first,
      SecondService second,
      EntryStore store,
      TaskMapping mapping,
      VerifyRequests verify,
      Unusable unusable,
      RetryQueue retries,
      Settings.SecondService secondSettings,
      Settings.Timesheet rules,
      String incarnation,
      InstantSource clock,
      LongSupplier nanoTime,
      Pause pause,
      Executor background) {}

  private final Parts parts;
  private final WakingEntries stream;
  private final Mapper mapper;
  private final IntentTokens tokens;
  private final OwedVerifies verifies;
  private final RetryBudget budget;
  private final Turns live;
  private final Turns replayed;

  public TimesheetApplier(Parts parts) {
    this.parts = parts;
    this.stream = new WakingEntries(parts.store(), parts.retries());
    this.tokens =
        new IntentTokens(
            parts.incarnation(), parts.secondSettings().visibleWithin(), parts.nanoTime());
    this.verifies =
        new OwedVerifies(parts.verify(), parts.nanoTime(), parts.pause(), parts.background());
    this.budget =
        new RetryBudget(parts.rules().retryAttempts(), parts.rules().retryFor(), parts.nanoTime());
    this.mapper =
        new Mapper(
            new Directory(parts.first(), parts.second(), budget, parts.clock()),
            parts.mapping(),
            parts.rules());
    int calls = parts.secondSettings().gate().concurrentCalls();
    this.live = new Turns(2 * calls);
    this.replayed = new Turns(Math.max(1, calls / REPLAYS_SHARE));
  }

  /** The last record; it carries those before it. */
  @Override
  public Outcome handle(String key, List<StreamRecord> records) throws InterruptedException {
    return handle(records.getLast());
  }

  /** As {@link #handle(String, List)}, of one record. */
  public Outcome handle(StreamRecord record) throws InterruptedException {
    return switch (EntryEvent.read(record.envelope(), record.sequence())) {
      case EntryEvent.Reading.Ignore(String reason) -> new Outcome.Skipped(reason);
      case EntryEvent.Reading.Unusable(String problem) -> parts.unusable().keep(record, problem);
      case EntryEvent.Reading.Event(EntryEvent event) ->
          event.id().key().equals(record.key())
              ? apply(stream, record, event, false)
              : parts.unusable().keep(record, "its key is not its entry id");
    };
  }

  /**
   * An event that has waited, carrying those before it; its outcome is final, except for {@link
   * Outcome.Parked}: it waits on.
   *
   * @param rows writes that take those events away
   * @param admitted whether {@link #admitDrain} was asked for it
   */
  Outcome handleAgain(StreamRecord record, EntryEvent event, DrainedEntries rows, boolean admitted)
      throws InterruptedException {
    return apply(rows, record, event.afterWaiting(), admitted);
  }

  /** Sends the wake-up that the row owes; see {@link WakingEntries#wake}. */
  void wake(EntryId id, EntryRow row, String reason) throws EntryStore.Unavailable {
    stream.wake(id, row, reason);
  }

  /** Sends the wake-up that the row owes; see {@link WakingEntries#wakeApart}. */
  void wakeApart(EntryId id, EntryRow row, String reason) throws EntryStore.Unavailable {
    stream.wakeApart(id, row, reason);
  }

  /**
   * Takes leave for an event that has waited, and may ask both services.
   *
   * @throws ServiceTrouble when it would be in vain now, or others go first
   */
  void admitDrain() throws ServiceTrouble {
    parts.first().requireOpen();
    parts.second().admit();
  }

  /** FirstService's leave comes first: its outage must not spend what SecondService allows. */
  private void admit(EntryEvent event) throws ServiceTrouble {
    parts.second().requireOpen();
    if (event.verify() || event.claim().isEmpty()) {
      parts.first().admit(); // it will be asked, whatever the row says
    }
    parts.second().admit();
  }

  /**
   * Asks at once for every check that is still owed. To be called when nothing is handled any more,
   * and before the stream's client is closed.
   */
  @Override
  public void close() {
    verifies.close();
  }

  private Outcome apply(EntryStore rows, StreamRecord record, EntryEvent event, boolean admitted)
      throws InterruptedException {
    try {
      if (!admitted) {
        admit(event);
      }
      Outcome outcome = applied(rows, record, event);
      log(record, outcome);
      if (!(outcome instanceof Outcome.Retry)) {
        budget.through(record.key());
      }
      return outcome;
    } catch (ServiceTrouble trouble) {
      return new Outcome.Retry(message(trouble), trouble.retryAfter(), isOutage(trouble));
    } catch (EntryStore.Unavailable unavailable) {
      return new Outcome.Retry(message(unavailable));
    } catch (RuntimeException defect) { // counted here, dealt with at the edge of the lane
      budget.failed(record.key());
      throw defect;
    }
  }

  private Outcome applied(EntryStore rows, StreamRecord record, EntryEvent event)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      Optional<Duration> owed = verifies.owes(event.id());
      if (owed.isPresent()) {
        return new Outcome.Retry(
            "a verify event of entry " + event.id() + " is owed",
            owed.filter(left -> !left.isZero()));
      }
      Optional<Outcome> outcome = round(rows, record, event);
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
    return new Outcome.Retry("others write the row of entry " + event.id() + " all the time");
  }

  /**
   * One look at the row and what follows from it; empty when somebody else changed the row
   * meanwhile.
   */
  private Optional<Outcome> round(EntryStore rows, StreamRecord record, EntryEvent event)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    EntryRow row = rows.read(event.id());
    Action action = Rules.decide(row, event, Optional.empty());
    if (action.leadsToCalls() && budget.isSpent(record.key())) {
      return giveUp(rows, record, event, row);
    }
    if (action instanceof Action.Fetch) {
      try {
        action = Rules.decide(row, event, Optional.of(fetch(event.id())));
      } catch (EntryContent.Unreadable unreadable) {
        // FirstService itself gives an entry that cannot be booked: a person has to look at it.
        String problem = String.valueOf(unreadable.getMessage());
        return parkResolved(
            rows, record, event, row, new Rejection(Rejection.Reason.INVALID_DATA, problem));
      }
    }
    return switch (action) {
      case Action.Handled handled -> {
        stream.wake(event.id(), row, "FOLLOWS"); // what a crash left unsent
        yield Optional.of(new Outcome.Skipped("handled before"));
      }
      case Action.Skip(String reason) ->
          rows.skip(event.id(), row) instanceof Written.Done
              ? Optional.of(new Outcome.Skipped(reason))
              : Optional.empty();
      case Action.Fetch fetch ->
          throw new IllegalStateException("decided on a fetch after a fetch");
      case Action.Follow follow ->
          rows.follow(event.id(), row, record) instanceof Written.Done
              ? Optional.of(new Outcome.Parked("follows events that wait"))
              : Optional.empty();
      case Action.Tombstone tombstone -> tombstone(rows, event, row);
      case Action.Begin(Intent.Op op, Claim target) ->
          new Work(rows, record, event, row, target, Optional.empty(), mapped(event, target))
              .proceed();
      case Action.TakeOver(Intent open, Claim target) -> {
        Duration wait = remaining(open);
        yield wait.isZero()
            ? new Work(rows, record, event, row, target, Optional.of(open), mapped(event, target))
                .proceed()
            : Optional.of(new Outcome.Retry("a call announced before may still land", wait));
      }
    };
  }

  /** Parks a key that failed too often while others got through. */
  private Optional<Outcome> giveUp(
      EntryStore rows, StreamRecord record, EntryEvent event, EntryRow row)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    Rejection rejection =
        new Rejection(
            Rejection.Reason.RETRIES_SPENT,
            "it failed at least %d times while others got through"
                .formatted(parts.rules().retryAttempts()));
    return parkResolved(rows, record, event, row, rejection);
  }

  /** Parks a key without a look at what its event wants; what an open intent did is found out. */
  private Optional<Outcome> parkResolved(
      EntryStore rows, StreamRecord record, EntryEvent event, EntryRow row, Rejection rejection)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    if (row.intent().isEmpty()) {
      return park(rows, record, row, rejection);
    }
    Duration wait = remaining(row.intent().get());
    if (!wait.isZero()) {
      return Optional.of(new Outcome.Retry("a call announced before may still land", wait));
    }
    Claim unchanged = new Claim.Gone(OptionalLong.empty());
    Call.Order order =
        new Call.Order(rows, record, event, row, unchanged, row.intent(), Optional.empty());
    return turns(record).take(call -> call.resolveThenPark(order, rejection));
  }

  private Duration remaining(Intent open) {
    return tokens.remaining(open.token(), open.span());
  }

  /** Parks a key that holds no intent. */
  private Optional<Outcome> park(
      EntryStore rows, StreamRecord record, EntryRow row, Rejection rejection)
      throws EntryStore.Unavailable {
    EntryId id = EntryId.parse(record.key()).orElseThrow();
    EntryStore.Parking why = EntryStore.Parking.untouched(rejection);
    return rows.park(id, row, Optional.empty(), record, why) instanceof Written.Done
        ? Optional.of(new Outcome.Parked(rejection.brief()))
        : Optional.empty();
  }

  private Claim fetch(EntryId id)
      throws ServiceTrouble, EntryContent.Unreadable, InterruptedException {
    RetryBudget.Side first = RetryBudget.Side.FIRST_SERVICE;
    FirstService.Lookup found = budget.step(first, id.key(), () -> parts.first().event(id));
    budget.carriedOut(first, id.key());
    return switch (found) {
      case FirstService.Lookup.Gone gone -> new Claim.Gone(OptionalLong.empty());
      case FirstService.Lookup.Found(var json) -> EntryEvent.claim(id, json);
    };
  }

  private Optional<Outcome> tombstone(EntryStore rows, EntryEvent event, EntryRow row)
      throws EntryStore.Unavailable {
    EntryStore.Result gone =
        new EntryStore.Result(
            row.version(), row.hash(), EntryRow.State.DELETED, 0, Optional.empty(), event.seq());
    boolean before = row.state() == EntryRow.State.DELETED;
    String what = before ? "gone already" : "deleted before anything was booked";
    return rows.note(event.id(), row, gone.saying(what)) instanceof Written.Done
        ? Optional.of(before ? new Outcome.Skipped(what) : new Outcome.Applied(what))
        : Optional.empty();
  }

  private Optional<Mapper.Mapped> mapped(EntryEvent event, Claim target)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    return target instanceof Claim.Live live
        ? Optional.of(mapper.map(live.content(), event.hasWaited()))
        : Optional.empty();
  }

  private Turns turns(StreamRecord record) {
    return Replayed.of(record.envelope()).isPresent() ? replayed : live;
  }

  /** Something done in turn. */
  private interface Step {
    Optional<Outcome> with(Call call)
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException;
  }

  /**
   * Work that leads to calls: some at a time, first come, first served. The wait comes before
   * anything is announced: an intent written long before its call can be sent would run out of time
   * in the queue before the service's gate.
   */
  private final class Turns {
    private final Semaphore free;
    private final Call call;

    Turns(int atOnce) {
      this.free = new Semaphore(atOnce, true);
      LookUp lookUp =
          new LookUp(parts.second(), parts.secondSettings().visibleWithin(), this::pause);
      this.call = new Call(new Attempt.Tools(parts, mapper, tokens, lookUp, verifies, budget));
    }

    Optional<Outcome> take(Step step)
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      free.acquire();
      try {
        parts.second().requireOpen(); // before anything is written for a call that is refused
        return step.with(call);
      } finally {
        free.release();
      }
    }

    /** Waits without holding up those who could make a call meanwhile. */
    private void pause(Duration time) throws InterruptedException {
      free.release();
      try {
        parts.pause().pause(time);
      } finally {
        free.acquireUninterruptibly();
      }
    }
  }

  /** A decided piece of work on the row that was read. */
  private final class Work {
    private final Call.Order order;
    private final Optional<Mapper.Mapped> mapped;

    Work(
        EntryStore rows,
        StreamRecord record,
        EntryEvent event,
        EntryRow row,
        Claim target,
        Optional<Intent> open,
        Optional<Mapper.Mapped> mapped) {
      this.mapped = mapped;
      this.order =
          new Call.Order(
              rows,
              record,
              event,
              row,
              target,
              open,
              mapped.flatMap(m ->
                  m instanceof Mapper.Mapped.Booking booking
                      ? Optional.of(booking)
                      : Optional.empty()));
    }

    Optional<Outcome> proceed()
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      boolean untouched = order.open().isEmpty() && !order.event().verify();
      return switch (mapped.orElse(null)) {
        case Mapper.Mapped.Rejected(Rejection rejection) ->
            untouched
                ? park(order.store(), order.record(), order.row(), rejection)
                : turns(order.record()).take(call -> call.resolveThenPark(order, rejection));
        case Mapper.Mapped.Nothing(String reason) ->
            untouched
                ? noteNothing(reason)
                : turns(order.record()).take(call -> call.resolveThenNote(order, reason));
        case Mapper.Mapped.Booking booking -> turns(order.record()).take(call -> call.make(order));
        case null -> turns(order.record()).take(call -> call.make(order));
      };
    }

    /**
     * Nothing to book: the version is remembered, so that no older one comes after it; what was
     * booked before stays.
     */
    private Optional<Outcome> noteNothing(String reason) throws EntryStore.Unavailable {
      EntryRow row = order.row();
      EntryStore.Result same = order.result(row.state(), row.timesheetId(), row.place());
      String what = "nothing to book: " + reason;
      return order.store().note(order.event().id(), row, same.saying(what)) instanceof Written.Done
          ? Optional.of(new Outcome.Skipped(what))
          : Optional.empty();
    }
  }

  private static void log(StreamRecord record, Outcome outcome) {
    Level level =
        switch (outcome) {
          case Outcome.Skipped skipped -> Level.DEBUG;
          case Outcome.Applied applied -> Level.INFO;
          case Outcome.Retry retry -> Level.INFO;
          case Outcome.Parked parked -> Level.WARN;
        };
    LOG.atLevel(level).log("entry={} seq={} {}", record.key(), record.sequence(), outcome);
  }

  /** The gate tells of it, once for all keys. */
  private static boolean isOutage(ServiceTrouble trouble) {
    return trouble.kind() == ServiceTrouble.Kind.CIRCUIT_OPEN;
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
