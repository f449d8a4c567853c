package io.timebridge.reconcile;

import java.util.Locale;
import java.util.Optional;

/** For which differences a check is published. */
public enum Repair {
  /** None: they are only told. */
  OFF,
  /** What FirstService says and was never applied. */
  LOST,
  /** All of them: what somebody changed in SecondService is written over. */
  ALL;

  boolean covers(Drift drift) {
    return switch (this) {
      case OFF -> false;
      case LOST -> drift.cause() == Cause.LOST;
      case ALL -> true;
    };
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** By {@link #word()}. */
  public static Optional<Repair> of(String word) {
    for (Repair repair : values()) {
      if (repair.word().equals(word)) {
        return Optional.of(repair);
      }
    }
    return Optional.empty();
  }
}
