package io.timebridge.local.simulated;

import io.timebridge.local.planted.Step;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Kills and freezes hosts at named steps, drawn from the seed: a few per run, each within its
 * budget; none once the calm has begun.
 */
final class Strikes {
  /** How often each may happen in one run. */
  record Budget(int kills, int freezes, int drops, int lates) {}

  private final Kernel kernel;
  private final Set<Step> steps;
  private final Map<Step, Integer> hits = new EnumMap<>(Step.class);
  private int kills;
  private int freezes;
  private int drops;
  private int lates;
  private boolean calm;

  /**
   * @param steps at which hosts may be struck
   */
  Strikes(Kernel kernel, Set<Step> steps, Budget budget) {
    this.kernel = kernel;
    this.steps = steps.isEmpty() ? EnumSet.noneOf(Step.class) : EnumSet.copyOf(steps);
    this.kills = budget.kills();
    this.freezes = budget.freezes();
    this.drops = budget.drops();
    this.lates = budget.lates();
  }

  /** From now on nothing is struck. */
  void calm() {
    calm = true;
  }

  /** A host has come to that step. */
  void at(Step step, Host host) {
    host.trace(Trace.STEP, number(step));
    if (calm || !host.isUp() || !steps.contains(step)) {
      return;
    }
    double chance = step.isOfParking() ? 0.3 : 0.05; // those are seldom come to
    if (kills > 0 && kernel.chance(chance)) {
      kills--;
      hit(step);
      host.kill();
    } else if (freezes > 0 && kernel.chance(chance)) {
      freezes--;
      hit(step);
      // Longer than a lease, at times longer than an intent's span.
      host.freeze(kernel.millis(500, 20_000));
    }
  }

  /** Whether the answer of the call that is being sent is lost though it is carried out. */
  boolean drops() {
    boolean hit = !calm && drops > 0 && kernel.chance(0.08);
    drops -= hit ? 1 : 0;
    return hit;
  }

  /** As {@link #drops}, and it is carried out late. */
  boolean delays() {
    boolean hit = !calm && lates > 0 && kernel.chance(0.08);
    lates -= hit ? 1 : 0;
    return hit;
  }

  /** Freezes beyond what the protocol assumes: between the last look at the clocks and sending. */
  void beforeSending(Host host) {
    if (!calm && freezes > 0 && kernel.chance(0.1)) {
      freezes--;
      host.freeze(Duration.ofSeconds(16 + kernel.random().nextInt(8)));
    }
  }

  Map<Step, Integer> hits() {
    return hits;
  }

  private void hit(Step step) {
    hits.merge(step, 1, Integer::sum);
  }

  private static int number(Step step) {
    return switch (step) {
      case FETCHED -> 0;
      case INTENT_WRITTEN -> 1;
      case CALL_SENT -> 2;
      case ANSWER_RECEIVED -> 3;
      case STATE_WRITTEN -> 4;
      case CHECKPOINTED -> 5;
      case PARKED -> 6;
      case WAKE_SENT -> 7;
      case WAKE_RECEIVED -> 8;
      case DRAINED -> 9;
      case UNPARKED -> 10;
      case POLL_LISTED -> 11;
      case POLL_ANNOUNCED -> 12;
      case POLL_PUBLISHED -> 13;
      case POLL_REMEMBERED -> 14;
    };
  }
}
