package io.timebridge.lag.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Passes only while somebody sleeps, or when it is told to. Thread-safe. */
final class FakeTime {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final AtomicLong nanos = new AtomicLong();

  long nanos() {
    return nanos.get();
  }

  Instant now() {
    return START.plusNanos(nanos.get());
  }

  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
