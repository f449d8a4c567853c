package io.timebridge.reconcile;

import io.timebridge.timesheet.Bookings.Wanted;

/** What FirstService says of an entry. */
public sealed interface Truth {
  /** It lives, and comes to {@code wanted}. */
  record Live(Entry entry, Wanted wanted) implements Truth {}

  /** It is deleted. */
  record Gone() implements Truth {}
}
