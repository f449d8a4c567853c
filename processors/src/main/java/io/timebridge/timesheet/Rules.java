package io.timebridge.timesheet;

import io.timebridge.timesheet.EntryEvent.Claim;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The decision: row x event -> what to do. Pure; the first line that fits wins, in the order of the
 * protocol's table (docs/PROTOCOL.md).
 */
public final class Rules {
  private Rules() {}

  /** What to do with an event. */
  public sealed interface Action {
    /** Whether carrying it out takes a call to a service. */
    default boolean leadsToCalls() {
      return switch (this) {
        case Fetch fetch -> true;
        case TakeOver takeOver -> true;
        case Begin begin -> true;
        case Handled handled -> false;
        case Follow follow -> false;
        case Skip skip -> false;
        case Tombstone tombstone -> false;
      };
    }

    /** Applied or parked before. */
    record Handled() implements Action {}

    /** The key waits: the event joins those that wait. */
    record Follow() implements Action {}

    /** Ask FirstService, then decide again with its answer. */
    record Fetch() implements Action {}

    record Skip(String reason) implements Action {}

    /**
     * Somebody's call may still land: wait its span, then take the intent over, for {@code target}.
     */
    record TakeOver(Intent open, Claim target) implements Action {}

    /** Deleted before anything of it was in SecondService: remember that. */
    record Tombstone() implements Action {}

    /** Announce a call, then make it. */
    record Begin(Intent.Op op, Claim target) implements Action {}
  }

  /** Why an event needs nothing. */
  public static final String STALE = "stale";

  public static final String DUPLICATE = "duplicate";
  public static final String SUPERSEDED = "superseded";

  /** The table; the numbers are those of docs/PROTOCOL.md. */
  private static final List<Line> TABLE =
      List.of(
          new Line("1", Case::wasHandled, c -> new Action.Handled()),
          new Line("2", Case::keyWaits, c -> new Action.Follow()),
          new Line("3", Case::needsFetch, c -> new Action.Fetch()),
          new Line("4", Case::isStale, c -> new Action.Skip(STALE)),
          new Line("4", Case::isDuplicate, c -> new Action.Skip(DUPLICATE)),
          new Line("5", Case::isSuperseded, c -> new Action.Skip(SUPERSEDED)),
          new Line("6", Case::intentIsOpen, c -> new Action.TakeOver(c.open(), c.target())),
          new Line("7", Case::nothingToDelete, c -> new Action.Tombstone()),
          new Line("8", c -> true, c -> new Action.Begin(op(c.row(), c.target()), c.target())));

  private record Line(String number, Predicate<Case> fits, Function<Case, Action> action) {}

  /**
   * Decides.
   *
   * @param row as it was read, before {@code fetched}
   * @param fetched what FirstService said after the row was read; empty = it has not been asked
   */
  public static Action decide(EntryRow row, EntryEvent event, Optional<Claim> fetched) {
    Case given = new Case(row, event, fetched);
    return line(given).action().apply(given);
  }

  /** The number of the line that fits; for tests and explanations. */
  static String lineNumber(EntryRow row, EntryEvent event, Optional<Claim> fetched) {
    return line(new Case(row, event, fetched)).number();
  }

  private static Line line(Case given) {
    return TABLE.stream().filter(line -> line.fits().test(given)).findFirst().orElseThrow();
  }

  /** What a call for {@code target} would be. */
  public static Intent.Op op(EntryRow row, Claim target) {
    return switch (target) {
      case Claim.Gone gone -> Intent.Op.DELETE;
      case Claim.Live live -> row.timesheetId() == 0 ? Intent.Op.ADD : Intent.Op.UPDATE;
    };
  }

  /** What is decided on. */
  private record Case(EntryRow row, EntryEvent event, Optional<Claim> fetched) {
    /**
     * What is known of the entry; there is some from line 4 on. Where FirstService says that it
     * lives but shows an older state than the event, the event's is the newer one.
     */
    Claim target() {
      Claim known = fetched.or(event::claim).orElseThrow();
      boolean eventIsNewer =
          known instanceof Claim.Live answer
              && event.claim().orElse(known) instanceof Claim.Live said
              && said.version() > answer.version();
      return eventIsNewer ? event.claim().orElseThrow() : known;
    }

    Intent open() {
      return row.intent().orElseThrow();
    }

    boolean wasHandled() {
      return !event.hasWaited() && event.seq().compareTo(row.seq()) <= 0;
    }

    boolean keyWaits() {
      return !event.hasWaited() && row.waits();
    }

    /**
     * An event's own word does not do: it says too little, or what it says would delete or bring
     * back.
     */
    boolean needsFetch() {
      if (fetched.isPresent()) {
        return false;
      }
      if (event.verify() || event.claim().isEmpty()) {
        return true;
      }
      return switch (event.claim().get()) {
        case Claim.Gone(OptionalLong version) ->
            version.isEmpty() || version.getAsLong() <= row.version();
        case Claim.Live(long version, EntryContent content) ->
            (row.state() == EntryRow.State.DELETED || deleteIsOpen())
                ? version >= row.version()
                : (version == row.version() && !content.hash().equals(row.hash()))
                    || mayTieWithOpen(version)
                    || mayBeOlderThanABooking(version);
      };
    }

    boolean isStale() {
      return !event.verify()
          && target() instanceof Claim.Live(long version, EntryContent content)
          && version < row.version();
    }

    /**
     * What an open delete may be undoing right now is no duplicate. Neither is "gone": it is always
     * written down, so that nobody acts on an older answer of FirstService that says it lives.
     */
    boolean isDuplicate() {
      return !event.verify()
          && target() instanceof Claim.Live(long version, EntryContent content)
          && version == row.version()
          && content.hash().equals(row.hash())
          && row.state() != EntryRow.State.DELETED
          && !deleteIsOpen();
    }

    boolean isSuperseded() {
      return !event.verify()
          && target() instanceof Claim.Live(long version, EntryContent content)
          && version < row.tried();
    }

    boolean intentIsOpen() {
      return row.intent().isPresent();
    }

    boolean nothingToDelete() {
      return !event.verify() && target() instanceof Claim.Gone && row.timesheetId() == 0;
    }

    /** Of two states within one second nobody but FirstService knows the newer. */
    private boolean mayTieWithOpen(long version) {
      return row.intent().filter(i -> i.version() == version).isPresent();
    }

    /**
     * A replay is for when rows are not what they were: one that knows of no timesheet may be older
     * than a booking, of a later state than this event's.
     */
    private boolean mayBeOlderThanABooking(long version) {
      return event.replayed()
          && row.timesheetId() == 0
          && version > row.version()
          && version >= row.tried();
    }

    private boolean deleteIsOpen() {
      return row.intent().filter(i -> i.op() == Intent.Op.DELETE).isPresent();
    }
  }
}
