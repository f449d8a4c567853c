package io.timebridge.bench.parking;

/**
 * What one child JVM measured.
 *
 * @param rate events of good keys done per second, with as many offered as were taken
 * @param calmRate the same at a pace
 * @param p50Ms of good keys at a pace, from the moment an event was due to its end
 * @param parked events of bad keys that were parked or joined those that wait
 * @param tries drains that were rejected
 * @param dead of those, the last ones of a wake-up
 * @param applied events of bad keys that were applied; there must be none
 * @param cpuCores that this JVM kept busy in the first part
 * @param loadAverage of the whole machine at the end
 */
record ArmResult(
    boolean bad,
    double rate,
    double calmRate,
    double p50Ms,
    double p99Ms,
    long parked,
    long tries,
    long dead,
    long applied,
    double cpuCores,
    double loadAverage) {}
