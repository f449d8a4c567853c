package io.timebridge.bench.parking;

/**
 * Order: apply events as a worker does, first as many as go, then at a pace.
 *
 * @param badKeys whose calls SecondService refuses for good; 0 = none
 * @param calmRounds of the paced part, a second; each round has one event of every key
 * @param sqs address of SQS
 * @param prefix of the queues' names
 */
record ArmOrder(
    int goodKeys,
    int badKeys,
    long storeMillis,
    long serviceMillis,
    int concurrency,
    long runMillis,
    long warmUpMillis,
    double calmRounds,
    String sqs,
    String prefix) {
  int keys() {
    return goodKeys + badKeys;
  }

  boolean isBad(long id) {
    return id > goodKeys;
  }
}
