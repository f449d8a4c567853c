package io.timebridge.jobs;

import io.timebridge.ordering.Folding;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Folds the waiting events of a job or client into the newest of them: each carries the whole
 * state, and nothing is ever deleted. Never into an event of an older epoch, and never over what
 * cannot be read.
 */
public final class JobFolding implements Folding<StreamRecord> {
  @Override
  public int leading(List<StreamRecord> waiting) {
    OptionalLong last = epoch(waiting.getFirst());
    int leading = 1;
    while (last.isPresent() && leading < waiting.size()) {
      OptionalLong next = epoch(waiting.get(leading));
      if (next.isEmpty() || next.getAsLong() < last.getAsLong()) {
        break;
      }
      last = next;
      leading++;
    }
    return leading;
  }

  private static OptionalLong epoch(StreamRecord record) {
    Envelope envelope = record.envelope();
    if (envelope.route() != Route.JOB_CHANGE
        || envelope.source() == Envelope.Source.FIRST_SERVICE) {
      return OptionalLong.empty();
    }
    Optional<JobEvent> event = JobEvent.decode(envelope.body());
    return event.isPresent() && event.get().key().equals(record.key())
        ? OptionalLong.of(event.get().epoch())
        : OptionalLong.empty();
  }
}
