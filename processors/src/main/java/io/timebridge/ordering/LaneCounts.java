package io.timebridge.ordering;

/**
 * What the lanes hold now and have done since they were made.
 *
 * @param keys lanes that exist, which is keys with work
 * @param inFlight records being handled now
 * @param waiting records accepted and not in flight, those waiting for a retry among them
 * @param applied finished with an effect
 * @param skipped finished without one
 * @param parked finished by being kept elsewhere
 * @param retried attempts that will be repeated
 */
public record LaneCounts(
    int keys, int inFlight, int waiting, long applied, long skipped, long parked, long retried) {}
