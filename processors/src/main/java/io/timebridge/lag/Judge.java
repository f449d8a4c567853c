package io.timebridge.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says how a shard stands, over a window of samples and without thresholds, in the manner of Burrow
 * (its wiki, "Consumer Lag Evaluation Rules"). In this order:
 *
 * <ol>
 *   <li>Finished for good: CLOSED. Behind a parent that is not: WAITING. Without a worker that
 *       lives: NO_OWNER.
 *   <li>Nothing behind now: IDLE when nothing arrived for a minute, else OK.
 *   <li>Nothing behind at any moment of the window: OK.
 *   <li>Nothing finished in all of a full window, which is longer than what that may take though
 *       all is well, with something behind all the time: STALLED.
 *   <li>Never less behind than before in all of a full window: BEHIND.
 *   <li>Something behind that arrived before the window began, or before what a checkpoint may be
 *       late by: BEHIND. It is worked on, and has not caught up for so long.
 *   <li>Else OK.
 * </ol>
 *
 * <p>A record that is unfinished now was unfinished since it arrived: where a sample knew nothing
 * of it (a worker that cannot read its shard does not), the sample is put right.
 */
public final class Judge {
  /** Samples of a full window. */
  public static final int WINDOW = 10;

  /**
   * A full window is at least so long, however often somebody looks: a minute. A key that waits
   * until a call of unknown outcome has landed is finished within less.
   */
  public static final Duration LEAST_SPAN = Duration.ofMinutes(1);

  private Judge() {}

  /** A state, and what it was judged by. */
  public record Verdict(State state, String why) {}

  /**
   * What is known of a shard that is due.
   *
   * @param behind now; empty = not known
   * @param window oldest sample first
   * @param quiet whether nothing arrived for a minute
   * @param late what a checkpoint may be late by
   * @param byCheckpoint whether the window knows of what is finished by checkpoints alone
   * @param oldest key that holds the checkpoint back, as far as is known
   */
  public record Evidence(
      Instant at,
      Optional<Duration> behind,
      List<Sample> window,
      boolean quiet,
      Duration late,
      boolean byCheckpoint,
      Optional<OldestKey> oldest) {
    public Evidence {
      window = List.copyOf(window);
    }
  }

  /** Judges an owned shard. */
  public static Verdict judge(Evidence evidence) {
    Optional<Duration> known = evidence.behind().or(() -> lastOf(evidence));
    if (known.isEmpty()) {
      return new Verdict(
          State.UNKNOWN, "neither its worker nor the stream says how far behind it is");
    }
    Duration behind = known.get();
    if (behind.isZero()) {
      return evidence.quiet()
          ? new Verdict(State.IDLE, "nothing arrived for a minute")
          : new Verdict(State.OK, "everything is finished");
    }
    return judge(evidence, behind, corrected(evidence, behind));
  }

  private static Optional<Duration> lastOf(Evidence evidence) {
    return evidence.window().isEmpty()
        ? Optional.empty()
        : Optional.of(evidence.window().getLast().behind());
  }

  private static Verdict judge(Evidence evidence, Duration behind, List<Sample> window) {
    Optional<Sample> caughtUp =
        window.stream().filter(sample -> !sample.isBehind()).reduce((a, b) -> b);
    if (caughtUp.isPresent()) {
      Duration ago = Duration.between(caughtUp.get().at(), evidence.at());
      return new Verdict(State.OK, "had caught up " + Words.time(ago) + " ago");
    }
    Duration span = span(evidence, window);
    if (window.size() >= WINDOW) {
      if (!progress(window) && isLong(span, evidence)) {
        return new Verdict(
            State.STALLED,
            "nothing finished for " + Words.time(span) + " or more" + held(evidence));
      }
      if (neverLess(window, behind)) {
        return new Verdict(
            State.BEHIND, "falls further behind for " + Words.time(span) + held(evidence));
      }
    }
    Duration limit = span.compareTo(evidence.late()) > 0 ? span : evidence.late();
    if (behind.compareTo(limit) >= 0) {
      return new Verdict(State.BEHIND, "not caught up for " + Words.time(behind) + held(evidence));
    }
    return new Verdict(State.OK, "finishes what arrives");
  }

  /** Whether something would have been seen to be finished if all were well. */
  private static boolean isLong(Duration span, Evidence evidence) {
    return span.compareTo(LEAST_SPAN) >= 0
        && (!evidence.byCheckpoint() || span.compareTo(evidence.late()) > 0);
  }

  private static String held(Evidence evidence) {
    return evidence
        .oldest()
        .filter(key -> key.attempts() > 1)
        .map(key -> "; key %s was tried %d times".formatted(key.key(), key.attempts()))
        .orElse("");
  }

  /** From the first sample to now. */
  private static Duration span(Evidence evidence, List<Sample> window) {
    return window.isEmpty()
        ? Duration.ZERO
        : Duration.between(window.getFirst().at(), evidence.at());
  }

  private static boolean progress(List<Sample> window) {
    Sample first = window.getFirst();
    Sample last = window.getLast();
    return last.finished() != first.finished() || last.moves() != first.moves();
  }

  private static boolean neverLess(List<Sample> window, Duration now) {
    Duration before = Duration.ZERO;
    for (Sample sample : window) {
      if (sample.behind().compareTo(before) < 0) {
        return false;
      }
      before = sample.behind();
    }
    return now.compareTo(before) >= 0;
  }

  private static List<Sample> corrected(Evidence evidence, Duration behind) {
    Instant arrived = evidence.at().minus(behind);
    List<Sample> corrected = new ArrayList<>();
    for (Sample sample : evidence.window()) {
      Duration least = Duration.between(arrived, sample.at()).minus(evidence.late());
      corrected.add(
          sample.behind().compareTo(least) < 0
              ? new Sample(sample.at(), least, sample.taken(), sample.finished(), sample.moves())
              : sample);
    }
    return corrected;
  }
}
