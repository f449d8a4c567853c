package io.timebridge.local.traffic;

import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.traffic.LedgerJudge.Tally;
import java.util.List;

/**
 * One job or client in FirstService, effect by effect, against the states that it had in
 * SecondService. An effect belongs to the earliest state it can belong to that is not older than
 * the newest seen; if there is none, it came too late, or never was so. Not thread-safe.
 */
final class StateTrack {
  private final String what;
  private final List<State> states;
  private final Tally tally;
  private int newest;

  /**
   * What both services say of it.
   *
   * @param client SecondService's id; 0 where it is a client itself
   */
  record State(boolean open, String name, long client) {
    /** A closed job's project keeps the name and the client that it had. */
    private boolean says(State project) {
      return open == project.open
          && (!open || (name.equals(project.name) && client == project.client));
    }
  }

  /**
   * @param what it is, for people
   * @param states oldest first
   */
  StateTrack(String what, List<State> states, Tally tally) {
    this.what = what;
    this.states = List.copyOf(states);
    this.tally = tally;
  }

  /**
   * @param is what it is after the effect
   * @param admitted whether it may overtake for a while
   */
  void took(Effect effect, State is, boolean admitted) {
    for (int s = newest; s < states.size(); s++) {
      if (states.get(s).says(is)) {
        newest = s;
        return;
      }
    }
    if (!admitted) {
      tally.outOfOrder(
          "%s, effect %d (%s) at %s: %s came after state %d of %s"
              .formatted(what, effect.n(), effect.op(), effect.at(), is, newest + 1, states));
    }
  }
}
