package io.timebridge.jobs;

import io.timebridge.jobs.JobStates.State;
import io.timebridge.stream.JobEvent;
import java.util.Optional;

/**
 * What earlier events of a key left behind, perhaps in another process: how far our own listing can
 * be trusted for it.
 *
 * @param id FirstService's id of the project or client; 0 when it is not known
 * @param another whether the state applied last was another than the one to be applied now; a
 *     listing that shows no difference is then older than that, or somebody was there by hand
 */
record Before(long id, boolean another) {
  static Before of(Optional<State> seen, JobEvent event) {
    return new Before(
        seen.map(State::remoteId).orElse(0L),
        seen.filter(state -> state.wasAnotherThan(event)).isPresent());
  }
}
