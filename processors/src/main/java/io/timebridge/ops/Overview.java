package io.timebridge.ops;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.lag.LagReport;
import java.util.List;
import java.util.Optional;

/**
 * What the overview shows.
 *
 * @param lag empty before the first look
 * @param firstLook it is under way
 * @param troubles what cannot be seen, and why
 * @param parked empty = it cannot be seen
 * @param openAlerts those that are not over
 * @param comparedSeen whether the last comparison can be seen
 * @param compared empty = both services were never compared, or it cannot be seen
 */
public record Overview(
    Optional<LagReport> lag,
    boolean firstLook,
    List<String> troubles,
    Optional<Waiting> parked,
    List<AlertLine> openAlerts,
    boolean comparedSeen,
    Optional<ComparedLine> compared) {
  /** How many keys wait, and for which reasons. */
  public record Waiting(List<ParkedList.Reason> reasons, long keys) {
    static Waiting of(DeadLetters.Listing listing) {
      return new Waiting(
          ParkedList.reasons(listing.oldest()), listing.oldest().size() + listing.others());
    }
  }
}
