package io.timebridge.lag;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * How everything stands that is consumed.
 *
 * @param at when that was seen
 * @param processes worker processes that told of themselves, dead ones for an hour; youngest first
 */
public record LagReport(
    Instant at, List<ApplicationLag> applications, List<ProcessLine> processes, Parked parked) {
  public LagReport {
    applications = List.copyOf(applications);
    processes = List.copyOf(processes);
  }

  /** Of the applications, the worst. */
  public State state() {
    return applications.stream()
        .map(ApplicationLag::state)
        .max(Comparator.comparingInt(State::severity).thenComparing(Comparator.naturalOrder()))
        .orElse(State.IDLE);
  }
}
