package io.timebridge.ordering;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Explores a scenario of several threads systematically: one thread runs at a time and hands over
 * at its steps only; every order of steps is run once, as long as no more than some threads are
 * interrupted in the middle of what they could go on with. A thread that waits or has ended hands
 * over for free.
 *
 * <p>A scenario takes the same course whenever it is given the same order. It uses the threads,
 * locks and conditions of its {@link ScheduledRun} alone.
 */
public final class Schedules {
  /** How many more interruptions than in a usual build. */
  private static final int MORE = Integer.getInteger("interleaving.more", 0);

  /** Bounds an exploration that a mistake made endless. */
  private static final int MOST = 20_000_000;

  /** A place where the order could go on in several ways. */
  private static final class Choice {
    final int ways;
    int taken;

    Choice(int ways, int taken) {
      this.ways = ways;
      this.taken = taken;
    }
  }

  private final List<Choice> choices = new ArrayList<>();
  private int at;

  private Schedules() {}

  /**
   * Runs the scenario in every order.
   *
   * @param interruptions how many threads may be interrupted in one run
   * @return how many orders there are
   * @throws AssertionError at the first order in which the scenario fails, with that order
   */
  public static int explore(int interruptions, ScheduledRun.Scenario scenario) {
    // So many runs would fill the disk with what they log.
    Logger logger = (Logger) LoggerFactory.getLogger("io.timebridge");
    Level level = logger.getLevel();
    logger.setLevel(Level.OFF);
    try {
      return new Schedules().exploreAll(interruptions + MORE, scenario);
    } finally {
      logger.setLevel(level);
    }
  }

  private int exploreAll(int interruptions, ScheduledRun.Scenario scenario) {
    int runs = 0;
    do {
      at = 0;
      new ScheduledRun(this::choose, interruptions).play(scenario);
      if (++runs == MOST) {
        throw new IllegalStateException("no end after " + runs + " orders");
      }
    } while (next());
    return runs;
  }

  private int choose(int ways) {
    if (at == choices.size()) {
      choices.add(new Choice(ways, 0));
    }
    Choice choice = choices.get(at++);
    if (choice.ways != ways) {
      throw new IllegalStateException("the scenario does not repeat itself: " + ways + " ways");
    }
    return choice.taken;
  }

  /** The next order in depth: the last choice that has another way takes it. */
  private boolean next() {
    while (!choices.isEmpty()) {
      Choice last = choices.getLast();
      if (++last.taken < last.ways) {
        return true;
      }
      choices.removeLast();
    }
    return false;
  }
}
