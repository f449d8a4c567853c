package io.timebridge.ingest.poller;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ticks by the {@link Schedule} that begins now. */
final class TimerTicks implements Ticks {
  private final Pacer pacer;
  private final Schedule schedule;
  private Schedule.@Nullable Tick last;

  TimerTicks(Pacer pacer, Duration every) {
    this.pacer = pacer;
    this.schedule = new Schedule(pacer.nanos(), every);
  }

  @Override
  public Optional<Due> next() throws InterruptedException {
    Schedule.Tick done = last;
    Schedule.Tick next = done == null ? schedule.first() : schedule.next(done, pacer.nanos());
    last = next;
    return pacer.waitUntil(next.atNanos())
        ? Optional.of(new Due(next.number(), next.skipped()))
        : Optional.empty();
  }
}
