package io.timebridge.ops;

import io.timebridge.lag.LagReport;
import java.util.List;
import java.util.Optional;

/**
 * What the overview shows.
 *
 * @param lag empty before the first look
 * @param troubles what cannot be seen, and why
 * @param openAlerts those that are not over
 * @param compared empty = both services were never compared
 */
public record Overview(
    Optional<LagReport> lag,
    List<String> troubles,
    List<ParkedList.Reason> parked,
    long parkedKeys,
    List<AlertLine> openAlerts,
    Optional<ComparedLine> compared) {}
