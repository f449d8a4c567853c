package io.timebridge.deadletters;

import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.Alerts.Told;
import io.timebridge.deadletters.WaitingKey.Kind;
import io.timebridge.deadletters.WaitingKey.State;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.timesheet.Rejection.Reason;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people of what waits: one message per reason, however many keys wait for it and however
 * many processes look, one for what is dead and one for each other kind; and one when none of that
 * is left. Looks as often as it is told to; a message that did not go out is tried again at the
 * next look. Each look reads at most about {@value #MOST} keys of a kind. Thread-safe.
 *
 * @implNote An episode of a problem ends with the message that it is over, and the next one begins
 *     with the number of that message: processes that see it at the same time agree on it without
 *     asking each other. {@code clear} belongs to the thread that looks.
 */
public final class ParkedWatch implements AutoCloseable {
  /** The indexes are a little behind, and drains move keys about: one look proves no end. */
  private static final int LOOKS_UNTIL_OVER = 2;

  private static final long MOST = 10_000;
  private static final Logger LOG = LoggerFactory.getLogger(ParkedWatch.class);

  private final DeadLetters deadLetters;
  private final Alerts alerts;
  private final Duration every;
  private final ParkedListener listener;
  private final Map<Problem, Integer> clear = new HashMap<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;

  ParkedWatch(DeadLetters deadLetters, Alerts alerts, Duration every) {
    this(deadLetters, alerts, every, ParkedListener.NONE);
  }

  private ParkedWatch(
      DeadLetters deadLetters, Alerts alerts, Duration every, ParkedListener listener) {
    this.listener = listener;
    this.deadLetters = deadLetters;
    this.alerts = alerts;
    this.every = every;
    this.thread = Thread.ofVirtual().name("parked-watch").unstarted(this::looks);
  }

  /**
   * Looks from now on.
   *
   * @param every between two looks
   * @param listener told of each
   */
  public static ParkedWatch start(
      DeadLetters deadLetters, Alerts alerts, Duration every, ParkedListener listener) {
    ParkedWatch watch = new ParkedWatch(deadLetters, alerts, every, listener);
    watch.thread.start();
    return watch;
  }

  private void looks() {
    try {
      while (!stopped.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          look();
        } catch (StoreTrouble trouble) {
          LOG.warn("parked watch: {}", trouble.getMessage());
        } catch (RuntimeException defect) { // the edge of a thread: the next look may do better
          LOG.error("parked watch: look failed", defect);
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** One look. */
  void look() throws StoreTrouble, InterruptedException {
    Map<Problem, Tally> tallies = new HashMap<>();
    Set<Kind> more = deadLetters.look(MOST, found -> count(tallies, found));
    listener.looked(waiting(tallies));
    for (Problem problem : Problem.all()) {
      boolean unsure = more.contains(kind(problem));
      try {
        tell(problem, Optional.ofNullable(tallies.get(problem)), unsure);
      } catch (Alerts.NotTold again) {
        LOG.warn("parked watch: {}", again.getMessage());
      }
    }
  }

  private static Map<String, ParkedListener.Waiting> waiting(Map<Problem, Tally> tallies) {
    Map<String, ParkedListener.Waiting> byProblem = new HashMap<>();
    for (Problem problem : Problem.all()) {
      Tally tally = tallies.get(problem);
      byProblem.put(
          problem.id(),
          tally == null
              ? ParkedListener.Waiting.NOTHING
              : new ParkedListener.Waiting(tally.keys(), tally.events(), tally.oldest()));
    }
    return byProblem;
  }

  private static Kind kind(Problem problem) {
    return switch (problem) {
      case Problem.Waits waits -> Kind.ENTRY;
      case Problem.Dead dead -> Kind.ENTRY;
      case Problem.Jobs jobs -> Kind.JOB;
      case Problem.Backups backups -> Kind.BACKUP;
      case Problem.Quarantined quarantined -> Kind.QUARANTINE;
    };
  }

  private static void count(Map<Problem, Tally> tallies, WaitingKey found) {
    switch (found.kind()) {
      case ENTRY -> {
        Reason reason = reason(found.reason());
        String detail = found.detail();
        String prefix = reason + ": ";
        String what = detail.startsWith(prefix) ? detail.substring(prefix.length()) : detail;
        tally(tallies, new Problem.Waits(reason)).add(found, what);
        if (found.state() == State.DEAD) {
          tally(tallies, new Problem.Dead()).add(found, detail);
        }
      }
      case JOB -> tally(tallies, new Problem.Jobs()).add(found, found.detail());
      case BACKUP -> tally(tallies, new Problem.Backups()).add(found, found.detail());
      case QUARANTINE ->
          tally(tallies, new Problem.Quarantined())
              .add(found, found.reason() + ": " + found.detail());
    }
  }

  /** A reason of a newer version than this one is told as what it is: a refusal. */
  private static Reason reason(String text) {
    return Arrays.stream(Reason.values())
        .filter(r -> r.name().equals(text))
        .findFirst()
        .orElse(Reason.REFUSED);
  }

  private static Tally tally(Map<Problem, Tally> tallies, Problem problem) {
    return tallies.computeIfAbsent(problem, p -> new Tally());
  }

  /**
   * @param unsure whether there may be more than were counted, of this problem or another
   */
  private void tell(Problem problem, Optional<Tally> tally, boolean unsure)
      throws Alerts.NotTold, InterruptedException {
    if (tally.isPresent()) {
      clear.remove(problem);
      Told told = alerts.told(problem.id());
      alerts.raise(ParkedAlerts.raised(problem, tally.get(), unsure), Math.max(1, told.episode()));
      return;
    }
    if (unsure || clear.merge(problem, 1, Integer::sum) < LOOKS_UNTIL_OVER) {
      return;
    }
    Told told = alerts.told(problem.id());
    if (told.open()) {
      alerts.over(ParkedAlerts.over(problem), told.episode() + 1);
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    thread.interrupt();
  }
}
