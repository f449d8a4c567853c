package io.timebridge.ordering;

/**
 * What the lanes hold now and have done since they were made.
 *
 * @param keys lanes that exist, which is keys with work
 * @param inFlight keys being handled now
 * @param held records accepted and neither finished nor forgotten, those in flight among them
 * @param heldBytes their size
 * @param applied finished with an effect
 * @param skipped finished without one
 * @param parked finished by being kept elsewhere
 * @param folded finished together with a later one that carried them
 * @param retried attempts that will be repeated
 */
public record LaneCounts(
    int keys,
    int inFlight,
    int held,
    long heldBytes,
    long applied,
    long skipped,
    long parked,
    long folded,
    long retried) {}
