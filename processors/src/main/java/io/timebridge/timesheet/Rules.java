package io.timebridge.timesheet;

import io.timebridge.timesheet.EntryEvent.Claim;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The decision: row x event -> what to do. Pure; the first line that fits wins, in the order of the
 * protocol's table (docs/PROTOCOL.md).
 */
public final class Rules {
  private Rules() {}

  /** What to do with an event. */
  public sealed interface Action {
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

  /**
   * Decides.
   *
   * @param row as it was read, before {@code fetched}
   * @param fetched what FirstService said after the row was read; empty = it has not been asked
   */
  public static Action decide(EntryRow row, EntryEvent event, Optional<Claim> fetched) {
    if (event.seq().compareTo(row.seq()) <= 0) {
      return new Action.Handled();
    }
    if (row.lane() != EntryRow.Lane.STREAM) {
      return new Action.Follow();
    }
    if (fetched.isEmpty() && needsFetch(row, event)) {
      return new Action.Fetch();
    }
    Claim target = fetched.or(event::claim).orElseThrow();
    if (!event.verify()) {
      Optional<String> skip = skip(row, target);
      if (skip.isPresent()) {
        return new Action.Skip(skip.get());
      }
    }
    if (row.intent().isPresent()) {
      return new Action.TakeOver(row.intent().get(), target);
    }
    if (target instanceof Claim.Gone && row.timesheetId() == 0 && !event.verify()) {
      return new Action.Tombstone();
    }
    return new Action.Begin(op(row, target), target);
  }

  /** What a call for {@code target} would be. */
  public static Intent.Op op(EntryRow row, Claim target) {
    return switch (target) {
      case Claim.Gone gone -> Intent.Op.DELETE;
      case Claim.Live live -> row.timesheetId() == 0 ? Intent.Op.ADD : Intent.Op.UPDATE;
    };
  }

  /**
   * An event's own word does not do: it says too little, or what it says would delete or bring
   * back.
   */
  private static boolean needsFetch(EntryRow row, EntryEvent event) {
    if (event.verify() || event.claim().isEmpty()) {
      return true;
    }
    return switch (event.claim().get()) {
      case Claim.Gone(OptionalLong version) ->
          version.isEmpty() || version.getAsLong() <= row.version();
      case Claim.Live(long version, EntryContent content) ->
          (row.state() == EntryRow.State.DELETED || deleteIsOpen(row))
              ? version >= row.version()
              : version == row.version() && !content.hash().equals(row.hash());
    };
  }

  private static Optional<String> skip(EntryRow row, Claim target) {
    return switch (target) {
      case Claim.Gone gone ->
          row.state() == EntryRow.State.DELETED ? Optional.of(DUPLICATE) : Optional.empty();
      case Claim.Live(long version, EntryContent content) -> {
        if (version < row.version()) {
          yield Optional.of(STALE);
        }
        if (version == row.version()
            && content.hash().equals(row.hash())
            && row.state() != EntryRow.State.DELETED) {
          yield Optional.of(DUPLICATE);
        }
        yield version < row.tried() ? Optional.of(SUPERSEDED) : Optional.empty();
      }
    };
  }

  private static boolean deleteIsOpen(EntryRow row) {
    return row.intent().filter(i -> i.op() == Intent.Op.DELETE).isPresent();
  }
}
