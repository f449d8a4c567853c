package io.timebridge.bench.parking;

import io.timebridge.bench.scenario.Amounts;
import java.time.Duration;

/**
 * What to measure; checked when it is made.
 *
 * @param goodKeys 10 to 100,000
 * @param badKeys 1 to 10,000, in every second run
 * @param store latency of every read and write of the store, 0 to 1 s
 * @param service latency of every call of a service, 1 ms to 10 s
 * @param concurrency keys in flight, 1 to 1,000
 * @param seconds of each of a run's two measurements, 1 to 600
 * @param warmUp seconds before the first of them, 0 to 60
 * @param forks runs with bad keys, and as many without, 1 to 20
 */
record ParkingOrder(
    int goodKeys,
    int badKeys,
    Duration store,
    Duration service,
    int concurrency,
    int seconds,
    int warmUp,
    int forks) {
  /** Share of the ideal rate at which the second measurement offers events. */
  private static final double CALM = 0.5;

  /** Of an update's way: two reads or writes before its call, one after it. */
  private static final int STORE_STEPS = 3;

  ParkingOrder {
    Amounts.between("--keys", goodKeys, 10, 100_000);
    Amounts.between("--bad", badKeys, 1, 10_000);
    Amounts.between("--concurrency", concurrency, 1, 1_000);
    Amounts.between("--seconds", seconds, 1, 600);
    Amounts.between("--warm-up", warmUp, 0, 60);
    Amounts.between("--forks", forks, 1, 20);
  }

  /** Events of good keys a second, if every place were always taken. */
  double idealRate() {
    Duration each = service.plus(store.multipliedBy(STORE_STEPS));
    return Math.min(concurrency, goodKeys) / (each.toNanos() / 1e9);
  }

  /** Rounds a second, one event of each key in each, of the second measurement. */
  double calmRounds() {
    return CALM * idealRate() / goodKeys;
  }

  /** What one child JVM is to do, with bad keys or without. */
  ArmOrder arm(boolean bad, String sqs, String prefix) {
    return new ArmOrder(
        goodKeys,
        bad ? badKeys : 0,
        store.toMillis(),
        service.toMillis(),
        concurrency,
        seconds * 1000L,
        warmUp * 1000L,
        calmRounds(),
        sqs,
        prefix);
  }
}
