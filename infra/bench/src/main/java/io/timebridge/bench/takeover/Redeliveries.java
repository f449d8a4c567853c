package io.timebridge.bench.takeover;

/**
 * Records that reached a handler more than once.
 *
 * @param records how many
 * @param recognised of them, found carried out by one of their deliveries; the others had not been
 *     carried out when they came again
 * @param mostReads most reads that one delivery of such a record needed
 * @param refused effects of overtaken workers, which were not carried out
 */
record Redeliveries(long records, long recognised, int mostReads, long refused) {
  static Redeliveries none(long refused) {
    return new Redeliveries(0, 0, 0, refused);
  }

  /** One record more. */
  Redeliveries plus(boolean wasRecognised, int reads) {
    return new Redeliveries(
        records + 1, recognised + (wasRecognised ? 1 : 0), Math.max(mostReads, reads), refused);
  }
}
