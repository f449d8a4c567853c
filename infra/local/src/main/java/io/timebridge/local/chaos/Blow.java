package io.timebridge.local.chaos;

import java.util.Locale;

/** What is done at a step. */
enum Blow {
  /** SIGKILL of the worker; another is started later. */
  KILL,
  /** SIGSTOP of the worker, SIGCONT once others have taken over. */
  FREEZE,
  /** The service carries the call out, the answer never comes. */
  DROPPED,
  /** The same, and the call is carried out later, within the time the settings allow for. */
  LATE;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
