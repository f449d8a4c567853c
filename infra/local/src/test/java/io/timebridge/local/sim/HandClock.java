package io.timebridge.local.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until the one thread that owns it moves it. */
public final class HandClock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-07-03T10:00:00Z");

  public void forward(Duration by) {
    now = now.plus(by);
  }

  @Override
  public Instant instant() {
    return now;
  }
}
