package io.timebridge.jobs;

import io.timebridge.ordering.Folding;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.util.List;
import java.util.Optional;

/**
 * Folds the waiting events of a job or client into the newest of them: each carries the whole
 * state, and nothing is ever deleted. Never into an older event (of an older epoch, or published
 * again by a replay), and never over what cannot be read.
 */
public final class JobFolding implements Folding<StreamRecord> {
  @Override
  public int leading(List<StreamRecord> waiting) {
    Optional<Position> last = position(waiting.getFirst());
    int leading = 1;
    while (last.isPresent() && leading < waiting.size()) {
      Optional<Position> next = position(waiting.get(leading));
      if (next.isEmpty() || last.get().isAfter(next.get())) {
        break;
      }
      last = next;
      leading++;
    }
    return leading;
  }

  private static Optional<Position> position(StreamRecord record) {
    Envelope envelope = record.envelope();
    if (envelope.route() != Route.JOB_CHANGE
        || envelope.source() == Envelope.Source.FIRST_SERVICE) {
      return Optional.empty();
    }
    return JobEvent.decode(envelope.body())
        .filter(event -> event.key().equals(record.key()))
        .map(event -> Position.of(record, event));
  }
}
