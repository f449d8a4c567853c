package io.timebridge.local.chaos;

import io.timebridge.local.sim.SimControl.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The effects for which the protocol promises only that they are put right in the end: of calls
 * whose worker was frozen between its last look at the clock and the last byte it sent, for longer
 * than the call may take. From outside, such a call is one that arrives right after its worker goes
 * on. A call of the very record that was held at a step before sending is none: its worker had not
 * looked at the clock yet. Thread-safe.
 */
final class Admissions {
  /** A call that left its worker's hands before the freeze has arrived this long after it. */
  private static final Duration ON_ITS_WAY = Duration.ofMillis(300);

  private static final Duration LANDS = Duration.ofSeconds(5);

  private final List<Awakening> awakenings = new CopyOnWriteArrayList<>();
  private final List<Admitted> admitted = new CopyOnWriteArrayList<>();

  private record Awakening(Workers.Worker worker, Instant at, String heldBeforeSending) {}

  private record Admitted(String entry, String timesheet, Instant from) {}

  /**
   * A worker goes on after a freeze.
   *
   * @param heldBeforeSending key of the record that is known not to have been sent; empty = none
   */
  void wokeUp(Workers.Worker worker, Instant at, String heldBeforeSending) {
    awakenings.add(new Awakening(worker, at, heldBeforeSending));
  }

  void arrived(Workers.Worker worker, ChangingCall call, Instant at) {
    boolean late =
        awakenings.stream()
            .anyMatch(a ->
                a.worker() == worker
                    && !at.isBefore(a.at())
                    && at.isBefore(a.at().plus(ON_ITS_WAY))
                    && (a.heldBeforeSending().isEmpty()
                        || !a.heldBeforeSending().equals(call.entry())));
    if (late && call.service() == Service.SECOND) {
      admitted.add(new Admitted(call.entry(), call.timesheet(), at));
    }
  }

  /** Says of an effect whether a call that was admitted may have had it. */
  Predicate<Effect> effects() {
    List<Admitted> calls = new ArrayList<>(admitted);
    return effect -> {
      String timesheet = Long.toString(effect.ids().path("idTimesheet").asLong(0));
      String description = effect.content().path("strDescription").asString("");
      return calls.stream()
          .anyMatch(call ->
              !effect.at().isBefore(call.from())
                  && effect.at().isBefore(call.from().plus(LANDS))
                  && (call.timesheet().equals(timesheet)
                      || (!call.entry().isEmpty()
                          && Pattern.compile("\\[TB#" + call.entry() + "\\]\\s*\\z")
                              .matcher(description)
                              .find())));
    };
  }

  int count() {
    return admitted.size();
  }
}
