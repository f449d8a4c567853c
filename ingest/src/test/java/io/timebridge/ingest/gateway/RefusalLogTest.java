package io.timebridge.ingest.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
  private final AtomicLong now = new AtomicLong(-5);
  private final RefusalLog log = new RefusalLog(now::get);

  @Test
  void logs_one_of_a_class_per_interval_and_counts_the_rest() {
    assertThat(log.count(Refusal.Code.BAD_SIGNATURE)).isZero();
    assertThat(log.count(Refusal.Code.BAD_SIGNATURE)).isEqualTo(-1);
    assertThat(log.count(Refusal.Code.BAD_SIGNATURE)).isEqualTo(-1);
    assertThat(log.count(Refusal.Code.TOO_LARGE)).isZero();

    now.addAndGet(RefusalLog.INTERVAL.toNanos());

    assertThat(log.count(Refusal.Code.BAD_SIGNATURE)).isEqualTo(2);
    assertThat(log.count(Refusal.Code.BAD_SIGNATURE)).isEqualTo(-1);
  }
}
