package io.timebridge.replay;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Envelope;
import io.timebridge.timesheet.EntryEvent;
import io.timebridge.timesheet.EntryEvent.Claim;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Rules;
import java.math.BigInteger;
import java.util.Optional;

/** Events of entries, by the workers' own rules on the row as it is. */
final class EntryJudge implements Judge {
  private final EntryStore rows;

  EntryJudge(EntryStore rows) {
    this.rows = rows;
  }

  @Override
  public Verdict judge(Envelope envelope) throws StoreTrouble {
    return switch (EntryEvent.read(envelope, BigInteger.ZERO)) {
      case EntryEvent.Reading.Ignore ignore -> Verdict.IGNORED;
      case EntryEvent.Reading.Unusable unusable -> Verdict.TO_PARK;
      case EntryEvent.Reading.Event(EntryEvent event) -> judge(event, row(event));
    };
  }

  private EntryRow row(EntryEvent event) throws StoreTrouble {
    try {
      return rows.read(event.id());
    } catch (EntryStore.Unavailable trouble) {
      throw new StoreTrouble(String.valueOf(trouble.getMessage()), trouble);
    }
  }

  private static Verdict judge(EntryEvent event, EntryRow row) {
    if (row.waits()) {
      return Verdict.TO_WAIT;
    }
    if (event.verify()) {
      return switch (row.state()) {
        case LIVE -> Verdict.CHECK_LIVE;
        case DELETED -> Verdict.CHECK_DELETED;
        case NONE -> Verdict.CHECK_UNBOOKED;
      };
    }
    EntryEvent published = event.at(row.seq().add(BigInteger.ONE));
    return switch (Rules.decide(row, published, Optional.empty())) {
      case Rules.Action.Handled handled -> Verdict.APPLIED;
      case Rules.Action.Follow follow -> Verdict.TO_WAIT;
      case Rules.Action.Fetch fetch ->
          row.timesheetId() > 0 || event.claim().orElse(null) instanceof Claim.Gone
              ? Verdict.TO_ASK
              : Verdict.TO_LOOK_UP;
      case Rules.Action.Skip(String reason) ->
          reason.equals(Rules.SUPERSEDED) ? Verdict.SUPERSEDED : Verdict.APPLIED;
      case Rules.Action.TakeOver takeOver -> Verdict.TO_APPLY;
      case Rules.Action.Tombstone tombstone -> Verdict.TO_APPLY;
      case Rules.Action.Begin begin -> Verdict.TO_APPLY;
    };
  }
}
