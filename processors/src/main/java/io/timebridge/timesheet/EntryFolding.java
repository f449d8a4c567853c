package io.timebridge.timesheet;

import io.timebridge.ordering.Folding;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryEvent.Claim;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Folds the waiting events of an entry into the newest of them: an edit burst costs one call.
 *
 * <p>An event is folded into the next one when that says more: a later version that is to be
 * booked, or a thin event, for which FirstService itself is asked. A repeat is folded into its
 * repetition. Never folded, and never folded into: a deletion, a verify event, what cannot be read.
 */
public final class EntryFolding implements Folding<StreamRecord> {
  @Override
  public int leading(List<StreamRecord> waiting) {
    Optional<EntryEvent> last = state(waiting.getFirst());
    int leading = 1;
    while (last.isPresent() && leading < waiting.size()) {
      Optional<EntryEvent> next = state(waiting.get(leading));
      if (next.isEmpty()
          || !(carries(next.get(), last.get())
              || repeats(waiting.get(leading), waiting.get(leading - 1)))) {
        break;
      }
      last = next;
      leading++;
    }
    return leading;
  }

  /** An event that speaks of a state of an entry which exists. */
  private static Optional<EntryEvent> state(StreamRecord record) {
    return EntryEvent.read(record.envelope(), record.sequence())
                instanceof EntryEvent.Reading.Event(EntryEvent event)
            && !event.verify()
            && event.id().key().equals(record.key())
            && !(event.claim().orElse(null) instanceof Claim.Gone)
        ? Optional.of(event)
        : Optional.empty();
  }

  private static boolean carries(EntryEvent later, EntryEvent earlier) {
    if (later.claim().isEmpty()) {
      return true;
    }
    return later.claim().get() instanceof Claim.Live(long version, EntryContent content)
        && content.ignored().isEmpty()
        && earlier.claim().orElse(null) instanceof Claim.Live before
        && version > before.version();
  }

  private static boolean repeats(StreamRecord later, StreamRecord earlier) {
    return later.envelope().route() == earlier.envelope().route()
        && Arrays.equals(later.envelope().body(), earlier.envelope().body());
  }
}
