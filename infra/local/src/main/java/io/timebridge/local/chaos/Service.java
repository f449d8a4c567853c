package io.timebridge.local.chaos;

import java.util.Locale;

/** The service that a worker's calls change: which of its two paths a step belongs to. */
enum Service {
  /** Jobs and clients become projects and clients in FirstService. */
  FIRST,
  /** Entries become timesheets in SecondService. */
  SECOND;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
