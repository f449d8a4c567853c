package io.timebridge.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EventIdsTest {
  private final AtomicLong millis = new AtomicLong(1_790_000_000_000L);
  private final EventIds ids =
      new EventIds(() -> Instant.ofEpochMilli(millis.get()), new Random(7));

  @Test
  void has_version_7_and_the_variant_of_the_rfc() {
    UUID id = UUID.fromString(ids.next());

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(millis.get());
  }

  @Test
  void sorts_by_time_and_is_unique_within_a_millisecond() {
    Set<String> sameMillisecond = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      sameMillisecond.add(ids.next());
    }
    String before = ids.next();
    millis.incrementAndGet();

    assertThat(sameMillisecond).hasSize(10_000);
    assertThat(before).isLessThan(ids.next());
  }
}
