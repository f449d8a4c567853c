package io.timebridge.local.kinesis;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test moves by hand; it starts at the present. */
final class ManualClock implements InstantSource {

  private final AtomicLong nowMillis = new AtomicLong(System.currentTimeMillis());

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(nowMillis.get());
  }

  void advance(Duration by) {
    nowMillis.addAndGet(by.toMillis());
  }
}
