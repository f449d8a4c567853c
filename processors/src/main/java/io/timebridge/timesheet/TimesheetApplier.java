package io.timebridge.timesheet;

import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.ordering.StreamRecord;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryEvent.Claim;
import io.timebridge.timesheet.EntryStore.Written;
import io.timebridge.timesheet.Rules.Action;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies entry events: reads the row, decides by {@link Rules}, and does what was decided in the
 * protocol's order of steps. Every way out leaves the row such that the same event, handled again
 * by anybody, ends right. Thread-safe.
 */
public final class TimesheetApplier implements Handler<StreamRecord> {
  private static final Logger LOG = LoggerFactory.getLogger(TimesheetApplier.class);

  /** Conditional writes lost in a row before the event goes back to its lane's backoff. */
  private static final int ROUNDS = 5;

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
   */
  public record Parts(
      FirstService first,
      SecondService second,
      EntryStore store,
      TaskMapping mapping,
      VerifyRequests verify,
      Unusable unusable,
      Settings.SecondService secondSettings,
      Settings.Timesheet rules,
      String incarnation,
      InstantSource clock,
      LongSupplier nanoTime) {}

  private final Parts parts;
  private final Mapper mapper;
  private final IntentTokens tokens;
  private final Call call;
  private final Semaphore turns;

  public TimesheetApplier(Parts parts) {
    this.parts = parts;
    this.mapper =
        new Mapper(parts.first(), parts.second(), parts.mapping(), parts.rules(), parts.clock());
    this.tokens = new IntentTokens(parts.incarnation(), parts.nanoTime());
    this.call = new Call(parts, mapper, tokens);
    this.turns = new Semaphore(2 * parts.secondSettings().gate().concurrentCalls(), true);
  }

  @Override
  public Outcome handle(StreamRecord record) throws InterruptedException {
    return switch (EntryEvent.read(record.envelope(), record.sequence())) {
      case EntryEvent.Reading.Ignore(String reason) -> new Outcome.Skipped(reason);
      case EntryEvent.Reading.Unusable(String problem) -> parts.unusable().keep(record, problem);
      case EntryEvent.Reading.Event(EntryEvent event) ->
          event.id().key().equals(record.key())
              ? apply(record, event)
              : parts.unusable().keep(record, "its key is not its entry id");
    };
  }

  private Outcome apply(StreamRecord record, EntryEvent event) throws InterruptedException {
    try {
      for (int round = 0; round < ROUNDS; round++) {
        Optional<Outcome> outcome = round(record, event);
        if (outcome.isPresent()) {
          log(record, outcome.get());
          return outcome.get();
        }
      }
      return new Outcome.Retry("others write the row of entry " + event.id() + " all the time");
    } catch (ServiceTrouble trouble) {
      return trouble
          .retryAfter()
          .map(after -> new Outcome.Retry(message(trouble), after))
          .orElseGet(() -> new Outcome.Retry(message(trouble)));
    } catch (EntryStore.Unavailable unavailable) {
      return new Outcome.Retry(message(unavailable));
    } catch (EntryContent.Unreadable unreadable) {
      return new Outcome.Retry("FirstService's answer is not an entry: " + unreadable.getMessage());
    }
  }

  /**
   * One look at the row and what follows from it; empty when somebody else changed the row
   * meanwhile.
   */
  private Optional<Outcome> round(StreamRecord record, EntryEvent event)
      throws ServiceTrouble, EntryStore.Unavailable, EntryContent.Unreadable, InterruptedException {
    EntryRow row = parts.store().read(event.id());
    Action action = Rules.decide(row, event, Optional.empty());
    if (action instanceof Action.Fetch) {
      action = Rules.decide(row, event, Optional.of(fetch(event.id())));
    }
    return switch (action) {
      case Action.Handled handled -> Optional.of(new Outcome.Skipped("handled before"));
      case Action.Skip(String reason) -> Optional.of(new Outcome.Skipped(reason));
      case Action.Fetch fetch ->
          throw new IllegalStateException("decided on a fetch after a fetch");
      case Action.Follow follow ->
          parts.store().follow(event.id(), row, record) instanceof Written.Done
              ? Optional.of(new Outcome.Parked("follows events that wait"))
              : Optional.empty();
      case Action.Tombstone tombstone -> tombstone(event, row);
      case Action.Begin(Intent.Op op, Claim target) ->
          new Work(record, event, row, target, Optional.empty(), mapped(target)).proceed();
      case Action.TakeOver(Intent open, Claim target) -> {
        Duration wait = tokens.remaining(open);
        yield wait.isZero()
            ? new Work(record, event, row, target, Optional.of(open), mapped(target)).proceed()
            : Optional.of(new Outcome.Retry("a call announced before may still land", wait));
      }
    };
  }

  private Claim fetch(EntryId id)
      throws ServiceTrouble, EntryContent.Unreadable, InterruptedException {
    return switch (parts.first().event(id)) {
      case FirstService.Lookup.Gone gone -> new Claim.Gone(java.util.OptionalLong.empty());
      case FirstService.Lookup.Found(var json) -> EntryEvent.claim(id, json);
    };
  }

  private Optional<Outcome> tombstone(EntryEvent event, EntryRow row)
      throws EntryStore.Unavailable {
    EntryStore.Result gone =
        new EntryStore.Result(
            row.version(), row.hash(), EntryRow.State.DELETED, 0, Optional.empty(), event.seq());
    return parts.store().note(event.id(), row, gone) instanceof Written.Done
        ? Optional.of(new Outcome.Applied("deleted before anything was booked"))
        : Optional.empty();
  }

  private Optional<Mapper.Mapped> mapped(Claim target)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    return target instanceof Claim.Live live
        ? Optional.of(mapper.map(live.content()))
        : Optional.empty();
  }

  /** A decided piece of work on the row that was read. */
  private final class Work {
    private final Call.Order order;
    private final Optional<Mapper.Mapped> mapped;

    Work(
        StreamRecord record,
        EntryEvent event,
        EntryRow row,
        Claim target,
        Optional<Intent> open,
        Optional<Mapper.Mapped> mapped) {
      this.mapped = mapped;
      this.order =
          new Call.Order(
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

    /**
     * Waits its turn first: an intent written long before its call can be sent would run out of
     * time in the queue before the service's gate.
     */
    Optional<Outcome> proceed()
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      turns.acquire();
      try {
        return inTurn();
      } finally {
        turns.release();
      }
    }

    private Optional<Outcome> inTurn()
        throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
      if (mapped.isEmpty()) {
        return call.make(order);
      }
      return switch (mapped.get()) {
        case Mapper.Mapped.Booking booking -> call.make(order);
        case Mapper.Mapped.Rejected(Rejection rejection) ->
            order.open().isEmpty()
                ? parkUntouched(rejection)
                : call.resolveThenPark(order, rejection);
        case Mapper.Mapped.Nothing(String reason) ->
            order.open().isEmpty() ? noteNothing(reason) : call.resolveThenNote(order, reason);
      };
    }

    private Optional<Outcome> parkUntouched(Rejection rejection) throws EntryStore.Unavailable {
      EntryStore.Parking why = new EntryStore.Parking(rejection, 0, Optional.empty());
      Written written =
          parts
              .store()
              .park(order.event().id(), order.row(), Optional.empty(), order.record(), why);
      return written instanceof Written.Done
          ? Optional.of(new Outcome.Parked(rejection.reason() + ": " + rejection.detail()))
          : Optional.empty();
    }

    /**
     * Nothing to book: the version is remembered, so that no older one comes after it; what was
     * booked before stays.
     */
    private Optional<Outcome> noteNothing(String reason) throws EntryStore.Unavailable {
      EntryRow row = order.row();
      EntryStore.Result same =
          order.result(
              row.state() == EntryRow.State.LIVE ? EntryRow.State.LIVE : EntryRow.State.NONE,
              row.timesheetId(),
              row.place());
      return parts.store().note(order.event().id(), row, same) instanceof Written.Done
          ? Optional.of(new Outcome.Skipped("nothing to book: " + reason))
          : Optional.empty();
    }
  }

  private static void log(StreamRecord record, Outcome outcome) {
    if (outcome instanceof Outcome.Skipped) {
      LOG.debug("entry={} seq={} {}", record.key(), record.sequence(), outcome);
    } else {
      LOG.info("entry={} seq={} {}", record.key(), record.sequence(), outcome);
    }
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
