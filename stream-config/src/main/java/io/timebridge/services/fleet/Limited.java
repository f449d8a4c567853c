package io.timebridge.services.fleet;

/** What a share is used for: the gate of a service. */
interface Limited {
  /**
   * From now on, no more than that; what is under way above it goes on to its end.
   *
   * @param sinceNanos monotonic time from which the share may be used, for {@link
   *     Membership#STOP_AFTER} at most
   */
  void use(Share share, long sinceNanos);

  /** Whether nothing is under way any more that a higher share had let through. */
  boolean isSettled();
}
