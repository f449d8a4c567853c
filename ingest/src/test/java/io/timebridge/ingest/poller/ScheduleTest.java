package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ingest.poller.Schedule.Tick;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
  private final Schedule schedule = new Schedule(1000, Duration.ofNanos(100));

  @Test
  void begins_at_once() {
    assertThat(schedule.first()).isEqualTo(new Tick(0, 1000, 0));
  }

  @ParameterizedTest
  @CsvSource({
    // done, ended at, next, at, skipped
    "0, 1000, 1, 1100, 0",
    "0, 1030, 1, 1100, 0",
    "0, 1100, 1, 1100, 0",
    "0, 1101, 2, 1200, 1",
    "3, 1699, 7, 1700, 3",
    "3, 1310, 4, 1400, 0"
  })
  void goes_on_by_the_schedule_and_skips_what_has_passed(
      long done, long ended, long next, long at, long skipped) {
    Tick tick = schedule.next(new Tick(done, 1000 + done * 100, 0), ended);

    assertThat(tick).isEqualTo(new Tick(next, at, skipped));
  }

  @Test
  void never_drifts() {
    Tick tick = schedule.first();
    for (int i = 0; i < 1000; i++) {
      tick = schedule.next(tick, tick.atNanos() + 37);
    }

    assertThat(tick).isEqualTo(new Tick(1000, 101_000, 0));
  }
}
