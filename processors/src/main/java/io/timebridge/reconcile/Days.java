package io.timebridge.reconcile;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/** Days from {@code from} to {@code to}, both included. */
public record Days(LocalDate from, LocalDate to) {
  public Days {
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("days end before they begin: " + from + " to " + to);
    }
  }

  public boolean holds(LocalDate day) {
    return !day.isBefore(from) && !day.isAfter(to);
  }

  /** How many. */
  public long count() {
    return ChronoUnit.DAYS.between(from, to) + 1;
  }

  /** At most that many of them, from the day given. */
  Days part(LocalDate begin, long most) {
    LocalDate end = begin.plusDays(most - 1);
    return new Days(begin, end.isAfter(to) ? to : end);
  }

  @Override
  public String toString() {
    return from.equals(to) ? from.toString() : from + " to " + to;
  }
}
