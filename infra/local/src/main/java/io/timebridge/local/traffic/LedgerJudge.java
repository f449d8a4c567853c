package io.timebridge.local.traffic;

import io.timebridge.local.sim.SimControl.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Judges what happened, and what it came to, by the two services' ledgers alone: every version an
 * entry ever had in FirstService against every effect its timesheets ever had in SecondService, and
 * every job and client against its projects and clients. Shares no code with the rules it judges.
 * Pure; thread-safe.
 *
 * <p>It is for traffic in which every live entry can be booked: a known person, an open job, a
 * label that names one of its tasks.
 */
public final class LedgerJudge {
  private LedgerJudge() {}

  /**
   * What is to be judged; everything else in the ledgers is left alone.
   *
   * @param entries ids of FirstService
   * @param jobs ids of SecondService
   * @param clients ids of SecondService
   * @param labelTasks the task that a label names, by the label's id
   */
  public record Scope(
      Set<Long> entries, Set<Long> jobs, Set<Long> clients, Map<Long, String> labelTasks) {
    public Scope {
      entries = Set.copyOf(entries);
      jobs = Set.copyOf(jobs);
      clients = Set.copyOf(clients);
      labelTasks = Map.copyOf(labelTasks);
    }
  }

  /**
   * What the judge found.
   *
   * @param lost live entries without a timesheet, open jobs without a project, their clients
   *     without a client; projects and clients that were deleted
   * @param doubled times that an entry had two timesheets at once without its being admitted, and
   *     entries, jobs and clients that are there twice in the end
   * @param stale things that do not say in the end what their origin says; effects that say what it
   *     never said
   * @param outOfOrder effects of an older version after one of a newer, without their being
   *     admitted; of a project or client also what its job or client never was, as archived is
   *     while it was never closed
   * @param transients times that SecondService showed a double or an older version, admitted or not
   * @param longestTransient the longest of them
   * @param findings one line for each of the first four, with both sides' contents
   */
  public record Verdict(
      int lost,
      int doubled,
      int stale,
      int outOfOrder,
      int transients,
      Duration longestTransient,
      List<String> findings) {
    public Verdict {
      findings = List.copyOf(findings);
    }

    /** Whether nothing is wrong. */
    public boolean clean() {
      return lost + doubled + stale + outOfOrder == 0;
    }
  }

  /**
   * Judges.
   *
   * @param first FirstService's ledger from its beginning
   * @param second SecondService's
   * @param admitted effects of either service for which the protocol promises no more than that
   *     they are put right in the end: they may double or overtake for a while
   * @param now until when a transient lasts that has not ended
   */
  public static Verdict judge(
      List<Effect> first,
      List<Effect> second,
      Scope scope,
      Predicate<Effect> admitted,
      Instant now) {
    Tally tally = new Tally();
    Bookings bookings = Bookings.of(first, second, scope);
    Map<Long, EntryTrack> tracks = bookings.tracks(tally);
    for (Effect effect : second) {
      if (!effect.op().startsWith("timesheet.")) {
        continue;
      }
      Long entry = Bookings.markedEntry(effect.content());
      EntryTrack track = entry == null ? null : tracks.get(entry);
      if (track != null) {
        track.took(effect, admitted.test(effect));
      }
    }
    tracks.values().forEach(track -> track.atRest(now));
    new JobTracks(first, second, scope, admitted, tally).judge();
    return tally.verdict();
  }

  /** Counts as it goes. Not thread-safe. */
  static final class Tally {
    private int lost;
    private int doubled;
    private int stale;
    private int outOfOrder;
    private int transients;
    private Duration longest = Duration.ZERO;
    private final List<String> findings = new ArrayList<>();

    void lost(String finding) {
      lost++;
      findings.add("lost: " + finding);
    }

    void doubled(String finding) {
      doubled++;
      findings.add("doubled: " + finding);
    }

    void stale(String finding) {
      stale++;
      findings.add("stale: " + finding);
    }

    void outOfOrder(String finding) {
      outOfOrder++;
      findings.add("out of order: " + finding);
    }

    void lasted(Instant from, Instant to) {
      transients++;
      Duration time = Duration.between(from, to);
      longest = time.compareTo(longest) > 0 ? time : longest;
    }

    Verdict verdict() {
      return new Verdict(lost, doubled, stale, outOfOrder, transients, longest, findings);
    }
  }
}
