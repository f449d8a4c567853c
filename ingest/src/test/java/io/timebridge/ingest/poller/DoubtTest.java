package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DoubtTest {
  private static Doubt doubt(List<Known.Job> jobs) {
    return Doubt.of(new JobDiff.Missing.TooMany(jobs, 100_000, false), 1, Instant.EPOCH);
  }

  private static Known.Job job(long id, String name) {
    return new Known.Job(id, "J" + id, name, 1, "C", "Client", true);
  }

  @Test
  void any_ids_come_back_out_of_their_packing() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      int bits = 1 + random.nextInt(63);
      Set<Long> ids = new TreeSet<>();
      for (int i = random.nextInt(50); i > 0; i--) {
        ids.add(1 + (random.nextLong() >>> (64 - bits)) % Long.MAX_VALUE);
      }
      assertThat(Doubt.unpacked(Doubt.packed(ids))).as("seed %d", seed).isEqualTo(ids);
    }
  }

  @Test
  void a_fingerprint_is_that_of_the_set_whatever_its_order() {
    assertThat(Doubt.fingerprint(List.of(3L, 1L, 2L)))
        .isEqualTo(Doubt.fingerprint(List.of(1L, 2L, 3L)))
        .isNotEqualTo(Doubt.fingerprint(List.of(1L, 2L)))
        .isNotEqualTo(Doubt.fingerprint(List.of(1L, 2L, 4L)));
  }

  @Test
  void names_few_jobs_and_cuts_long_texts() {
    Doubt doubt =
        doubt(
            LongStream.range(1, 1_000)
                .mapToObj(id -> job(id, "\uD83E\uDDF1".repeat(500)))
                .toList());
    assertThat(doubt.missing()).isEqualTo(999);
    assertThat(doubt.jobs()).hasSize(999);
    assertThat(doubt.shown()).hasSize(Doubt.MOST_SHOWN);
    assertThat(doubt.shown().getFirst().name()).isEqualTo("\uD83E\uDDF1".repeat(100) + "\u2026");
    assertThat(doubt.obstacle()).isEmpty();
  }

  @Test
  void cannot_be_confirmed_when_its_ids_do_not_fit_into_a_row() {
    Doubt doubt =
        doubt(LongStream.range(1, 60_000).mapToObj(i -> job(i * 1_000_000, "n")).toList());
    assertThat(doubt.jobs()).isEmpty();
    assertThat(doubt.missing()).isEqualTo(59_999);
    assertThat(doubt.obstacle()).contains("59999 jobs");
  }
}
