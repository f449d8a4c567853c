package io.timebridge.ops;

import io.timebridge.lag.LagReport;
import java.util.List;
import java.util.Optional;

/**
 * What the overview shows.
 *
 * @param lag empty before the first look
 * @param trouble why the lag cannot be seen; empty = it can
 * @param openAlerts those that are not over
 */
public record Overview(
    Optional<LagReport> lag,
    String trouble,
    List<ParkedList.Reason> parked,
    long parkedKeys,
    List<AlertLine> openAlerts) {}
