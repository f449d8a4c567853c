package io.timebridge.bench.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.scenario.Lease;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TakeoverRunTest {
  private static Lease lease(String shard, String owner) {
    return new Lease(shard, Optional.of(owner), "17");
  }

  private static boolean taken(Lease... leases) {
    List<Lease> all = Arrays.asList(leases);
    return TakeoverRun.allTaken(all, Set.of("a", "b"), "dead", "survivor");
  }

  @Test
  void all_is_taken_when_the_survivor_holds_each_shard_of_the_dead() {
    assertThat(taken(lease("a", "survivor"), lease("b", "survivor"))).isTrue();
    assertThat(taken(lease("a", "survivor"), lease("b", "dead"))).isFalse();
    assertThat(taken(lease("a", "survivor"), new Lease("b", Optional.empty(), "17"))).isFalse();
  }

  @Test
  void a_shard_given_to_the_dead_after_its_death_must_be_taken_as_well() {
    assertThat(taken(lease("a", "survivor"), lease("b", "survivor"), lease("c", "dead"))).isFalse();
  }

  @Test
  void a_shard_that_has_ended_needs_nobody() {
    assertThat(taken(lease("a", "survivor"), new Lease("b", Optional.of("dead"), Lease.ENDED)))
        .isTrue();
  }

  @Test
  void the_last_of_the_first_records_counts_of_the_dead_ones_shards_only() {
    Map<String, Long> firsts =
        Map.of("a", 3_000_000_000L, "b", 5_000_000_000L, "c", 9_000_000_000L);
    assertThat(TakeoverRun.lastFirst(firsts, Set.of("a", "b"), 1_000_000_000L)).isEqualTo(4.0);
    assertThat(TakeoverRun.lastFirst(Map.of(), Set.of("a"), 1)).isZero();
  }
}
