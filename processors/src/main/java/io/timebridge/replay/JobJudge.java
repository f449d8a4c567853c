package io.timebridge.replay;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.jobs.JobRow;
import io.timebridge.jobs.JobStates;
import io.timebridge.jobs.Position;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Replayed;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Events of jobs and clients, by where each stands among those of its key: a newer one, or one of a
 * newer epoch of the poller, carries the whole state, so an older one is not missed.
 */
final class JobJudge implements Judge {
  private final JobStates rows;

  JobJudge(JobStates rows) {
    this.rows = rows;
  }

  @Override
  public Verdict judge(Envelope envelope) throws StoreTrouble, InterruptedException {
    Optional<JobEvent> event = JobEvent.decode(envelope.body());
    if (event.isEmpty() || !event.get().key().equals(envelope.key())) {
      return Verdict.TO_PARK;
    }
    Position at =
        new Position(
            event.get().epoch(),
            Replayed.of(envelope).flatMap(Replayed::sequence).orElse(BigInteger.ZERO));
    JobRow row = rows.read(envelope.key());
    if (row.seen().isAfter(at) || row.hasApplied(at)) {
      return Verdict.APPLIED;
    }
    return row.tried().isAfter(at) ? Verdict.SUPERSEDED : Verdict.TO_APPLY;
  }
}
