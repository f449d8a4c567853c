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

  private record Admitted(ChangingCall call, Instant from) {
    boolean mayHaveHad(Effect effect) {
      return !effect.at().isBefore(from)
          && effect.at().isBefore(from.plus(LANDS))
          && switch (call.service()) {
            case FIRST -> changed(effect);
            case SECOND -> booked(effect);
          };
    }

    /** A project or client: the one of the call, or one that was made. */
    private boolean changed(Effect effect) {
      String kind = effect.op().replaceAll("\\..*", "s");
      return call.add()
          ? effect.op().endsWith(".create") && call.thing().equals(kind)
          : call.thing().equals(kind + "/" + effect.ids().path("id").asLong(0));
    }

    private boolean booked(Effect effect) {
      String timesheet = Long.toString(effect.ids().path("idTimesheet").asLong(0));
      String description = effect.content().path("strDescription").asString("");
      return call.thing().equals(timesheet)
          || (!call.entry().isEmpty()
              && Pattern.compile("\\[TB#" + call.entry() + "\\]\\s*\\z")
                  .matcher(description)
                  .find());
    }
  }

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
    if (late) {
      admitted.add(new Admitted(call, at));
    }
  }

  /** Says of an effect whether a call that was admitted may have had it. */
  Predicate<Effect> effects() {
    List<Admitted> calls = new ArrayList<>(admitted);
    return effect -> calls.stream().anyMatch(call -> call.mayHaveHad(effect));
  }

  int count() {
    return admitted.size();
  }
}
