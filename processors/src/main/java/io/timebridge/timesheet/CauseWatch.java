package io.timebridge.timesheet;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.CauseAnswers.Said;
import io.timebridge.timesheet.EntryStore.ParkedKey;
import io.timebridge.timesheet.EntryStore.ParkedKeys;
import io.timebridge.timesheet.EntryStore.Written;
import io.timebridge.turn.Turn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the keys whose cause is put right, and no others: of all that wait, dead ones too, it asks
 * for each thing they wait for, and sends a wake-up to each key that nobody has tried since that
 * thing was there. What it goes by is in the rows and with the services; an event that says so is
 * not needed, and none can be missed. One process of the fleet looks at a time.
 *
 * <p>A look reads at most {@value #MOST_KEYS} keys, asks for at most {@value #MOST_CAUSES} causes,
 * and sends at most {@value #MOST_SENT} wake-ups, 50 a second; the next look goes on from there. A
 * key that is rejected again although its cause looks put right is left to its own backoff until
 * the cause has been there and gone again. Used by one thread.
 *
 * @implNote A wake-up that a crash leaves unsent is owed in the row, and the sweep sends it. What
 *     is only in memory ({@code since}) is made anew by the next process: each key that still waits
 *     for something that is there gets one wake-up more.
 */
public final class CauseWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CauseWatch.class);

  static final int MOST_KEYS = 10_000;
  static final int MOST_CAUSES = 500;
  static final int MOST_SENT = 3_000;

  private static final int PAGE = 100;
  private static final Duration PACE = Duration.ofMillis(20);

  /** Between a key's look at its cause and the word of it in its row; and between two clocks. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  /** Longer than a page of wake-ups takes. */
  private static final Duration HOLD_SLACK = Duration.ofMinutes(1);

  private final EntryStore store;
  private final TimesheetApplier applier;
  private final CauseAnswers answers;
  private final Turn turn;
  private final Duration every;
  private final InstantSource clock;
  private final Pause pause;

  /** Since when a cause is known to be put right. */
  private final Map<Cause, Instant> since = new HashMap<>();

  /** When a cause was asked for, so that each has its turn. */
  private final Map<Cause, Instant> askedAt = new HashMap<>();

  /** Keys woken while their cause's slack lasted, those of the last looks. */
  private final Map<EntryId, Woken> woken =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<EntryId, Woken> eldest) {
          return size() > MOST_KEYS;
        }
      };

  /** That a wake-up of this episode was sent by us. */
  private record Woken(long episode, Instant at) {}

  private final Set<Cause> metThisRound = new HashSet<>();
  private Optional<String> next = Optional.empty();

  /**
   * @param parts those of {@code applier}
   * @param turn whose turn it is to look, for the whole fleet
   * @param every between two looks; how long the turn is kept depends on it
   */
  public CauseWatch(
      TimesheetApplier.Parts parts, TimesheetApplier applier, Turn turn, Duration every) {
    this.store = parts.store();
    this.applier = applier;
    this.answers =
        new CauseAnswers(
            parts.first(), parts.second(), parts.mapping(), parts.rules().unlabelledTask());
    this.turn = turn;
    this.every = every;
    this.clock = parts.clock();
    this.pause = parts.pause();
  }

  /**
   * Looks once, if it is this process's turn.
   *
   * @return wake-ups sent
   */
  public int look() throws EntryStore.Unavailable, StoreTrouble, InterruptedException {
    if (!keepTurn()) {
      since.clear(); // whoever looks meanwhile knows better
      askedAt.clear();
      metThisRound.clear();
      woken.clear();
      next = Optional.empty();
      return 0;
    }
    Optional<String> begin = next;
    List<ParkedKey> waiting = some();
    learn(waiting);
    int sent = keepTurn() ? wake(waiting) : 0; // asking may have taken long
    if (sent >= MOST_SENT) {
      next = begin;
    } else if (next.isEmpty()) {
      since.keySet().retainAll(metThisRound);
      askedAt.keySet().retainAll(metThisRound);
      metThisRound.clear();
    }
    return sent;
  }

  private boolean keepTurn() throws StoreTrouble, InterruptedException {
    return turn.take(every.multipliedBy(3).plus(HOLD_SLACK));
  }

  /** Gives the turn to another process. */
  public void stop() throws StoreTrouble, InterruptedException {
    turn.give();
  }

  /** The next keys that say what they wait for. */
  private List<ParkedKey> some() throws EntryStore.Unavailable {
    List<ParkedKey> waiting = new ArrayList<>();
    int read = 0;
    do {
      ParkedKeys page = store.parked(next, PAGE);
      read += page.keys().size();
      page.keys().stream().filter(key -> !key.waitsFor().isEmpty()).forEach(waiting::add);
      next = page.next();
    } while (next.isPresent() && read < MOST_KEYS);
    return waiting;
  }

  private void learn(List<ParkedKey> waiting) throws EntryStore.Unavailable, InterruptedException {
    Set<Cause> causes = new HashSet<>();
    waiting.forEach(key -> causes.addAll(key.waitsFor()));
    metThisRound.addAll(causes);
    List<Cause> longestNotAsked =
        causes.stream()
            .sorted(
                Comparator.comparing((Cause c) -> askedAt.getOrDefault(c, Instant.MIN))
                    .thenComparing(Cause::text))
            .limit(MOST_CAUSES)
            .toList();
    Map<Cause, Said> said = answers.ask(longestNotAsked);
    Instant now = clock.instant();
    said.forEach((cause, answer) -> {
      askedAt.put(cause, now);
      switch (answer) {
        case PUT_RIGHT -> {
          if (since.putIfAbsent(cause, now) == null) {
            LOG.info("put right: {}", cause.text());
          }
        }
        case NOT_YET -> since.remove(cause);
        case UNKNOWN -> {} // the next look asks again
      }
    });
  }

  private int wake(List<ParkedKey> waiting)
      throws EntryStore.Unavailable, StoreTrouble, InterruptedException {
    int sent = 0;
    for (ParkedKey key : waiting) {
      if (!isToBeWoken(key)) {
        continue;
      }
      Instant at = clock.instant();
      if (store.wakeAgain(key.id(), key.row()) instanceof Written.Done(EntryRow owed)) {
        applier.wakeApart(key.id(), owed, "CAUSE");
        woken.put(key.id(), new Woken(owed.episode(), at));
        sent++;
        pause.pause(PACE);
        if (sent >= MOST_SENT || (sent % PAGE == 0 && !keepTurn())) {
          break;
        }
      }
    }
    if (sent > 0) {
      LOG.info("keys woken whose cause is put right: {}", sent);
    }
    return sent;
  }

  /**
   * Whether anything it waits for is there that was not when it was tried last. A dead key is given
   * one wake-up whatever the clocks say, since nothing else would ever try it.
   */
  private boolean isToBeWoken(ParkedKey key) {
    boolean dead = key.row().lane() == EntryRow.Lane.DEAD;
    return key.waitsFor().stream()
        .map(since::get)
        .anyMatch(there ->
            there != null
                && (dead || key.touched().isBefore(there.plus(SLACK)))
                && !wasWoken(key, there));
  }

  private boolean wasWoken(ParkedKey key, Instant since) {
    Woken by = woken.get(key.id());
    return by != null && by.episode() == key.row().episode() && !by.at().isBefore(since);
  }
}
