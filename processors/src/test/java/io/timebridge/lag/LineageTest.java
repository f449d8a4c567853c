package io.timebridge.lag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.timebridge.lag.Lineage.Stage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LineageTest {
  private static StreamShard open(String shard, String... parents) {
    return new StreamShard(shard, Set.of(parents), false);
  }

  private static StreamShard closed(String shard, String... parents) {
    return new StreamShard(shard, Set.of(parents), true);
  }

  private static Lease lease(String shard, String checkpoint) {
    return new Lease(shard, Optional.of("w"), 1, checkpoint, 0);
  }

  @Test
  void children_wait_while_a_parent_is_not_done_whether_they_have_leases_or_not() {
    List<StreamShard> shards = List.of(closed("p"), open("a", "p"), open("b", "p"));
    assertThat(new Lineage(shards, List.of(lease("p", "17"))).stages())
        .containsExactly(entry("a", Stage.WAITS), entry("b", Stage.WAITS), entry("p", Stage.DUE));
    assertThat(new Lineage(shards, List.of(lease("p", "17"), lease("a", "TRIM_HORIZON"))).stages())
        .containsEntry("a", Stage.WAITS);
  }

  @Test
  void a_parent_is_shown_as_done_until_its_lease_is_deleted() {
    List<StreamShard> shards = List.of(closed("p"), open("a", "p"), open("b", "p"));
    Lease a = lease("a", "5");
    Lease b = lease("b", "6");
    assertThat(new Lineage(shards, List.of(lease("p", "SHARD_END"), a, b)).stages())
        .containsExactly(entry("a", Stage.DUE), entry("b", Stage.DUE), entry("p", Stage.DONE));
    assertThat(new Lineage(shards, List.of(a, b)).stages())
        .containsExactly(entry("a", Stage.DUE), entry("b", Stage.DUE));
  }

  @Test
  void what_was_consumed_generations_ago_is_not_shown() {
    List<StreamShard> shards =
        List.of(closed("p"), closed("q"), closed("m", "p", "q"), open("x", "m"), open("y", "m"));
    assertThat(new Lineage(shards, List.of(lease("x", "5"), lease("y", "6"))).stages())
        .containsOnlyKeys("x", "y");
  }

  @Test
  void everything_is_due_when_no_worker_ever_ran() {
    List<StreamShard> shards = List.of(closed("p"), open("a", "p"), open("b", "p"));
    assertThat(new Lineage(shards, List.of()).stages())
        .containsExactly(entry("a", Stage.WAITS), entry("b", Stage.WAITS), entry("p", Stage.DUE));
  }

  @Test
  void a_child_of_a_done_parent_without_a_lease_is_due() {
    List<StreamShard> shards = List.of(closed("p"), open("a", "p"), open("b", "p"));
    assertThat(new Lineage(shards, List.of(lease("p", "SHARD_END"))).stages())
        .containsEntry("a", Stage.DUE);
  }

  @Test
  void a_shard_that_the_stream_has_forgotten_is_still_due_by_its_lease() {
    assertThat(new Lineage(List.of(open("a")), List.of(lease("a", "1"), lease("p", "3"))).stages())
        .containsEntry("p", Stage.DUE);
  }
}
