package io.timebridge.bench;

import java.util.Locale;

/** Where the records of Timebridge's lanes come from. */
enum Feed {
  /** From the embedded Kinesis, through KCL and the product's worker. */
  KINESIS,
  /** Straight into the worker's record processor. */
  DIRECT;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
