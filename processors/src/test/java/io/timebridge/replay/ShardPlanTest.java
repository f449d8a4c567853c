package io.timebridge.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShardPlanTest {
  private static final BigInteger TOP = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

  static List<Long> seeds() {
    return new Random(20_260_703).longs(200).boxed().toList();
  }

  /** A stream's history of splits and merges, its oldest shards perhaps forgotten. */
  private static List<ShardNode> history(Random random) {
    List<ShardNode> all = new ArrayList<>();
    List<ShardNode> open = new ArrayList<>();
    add(all, open, Set.of(), BigInteger.ZERO, TOP);
    for (int step = random.nextInt(12); step > 0; step--) {
      int at = random.nextInt(open.size());
      ShardNode shard = open.get(at);
      if (at + 1 < open.size() && random.nextBoolean()) {
        ShardNode next = open.remove(at + 1);
        open.remove(at);
        add(all, open, Set.of(shard.id(), next.id()), shard.startHash(), next.endHash());
      } else {
        BigInteger middle = shard.startHash().add(shard.endHash()).shiftRight(1);
        open.remove(at);
        add(all, open, Set.of(shard.id()), shard.startHash(), middle);
        add(all, open, Set.of(shard.id()), middle.add(BigInteger.ONE), shard.endHash());
      }
      open.sort((a, b) -> a.startHash().compareTo(b.startHash()));
    }
    for (int forgotten = random.nextInt(3); forgotten > 0 && all.size() > 1; forgotten--) {
      all.removeFirst();
    }
    Collections.shuffle(all, random);
    return all;
  }

  private static void add(
      List<ShardNode> all,
      List<ShardNode> open,
      Set<String> parents,
      BigInteger start,
      BigInteger end) {
    ShardNode shard = new ShardNode("shardId-" + (1000 - all.size()), parents, start, end);
    all.add(shard);
    open.add(shard);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void every_shard_comes_once_and_after_its_parents_however_it_is_listed(long seed) {
    List<ShardNode> shards = history(new Random(seed));
    List<ShardNode> order = ShardPlan.order(shards, Optional.empty());
    assertThat(order).containsExactlyInAnyOrderElementsOf(shards);
    List<String> ids = order.stream().map(ShardNode::id).toList();
    for (ShardNode shard : order) {
      for (String parent : shard.parents()) {
        assertThat(ids.indexOf(parent)).isLessThan(ids.indexOf(shard.id()));
      }
    }
    List<ShardNode> otherwise = new ArrayList<>(shards);
    Collections.reverse(otherwise);
    assertThat(ShardPlan.order(otherwise, Optional.empty())).isEqualTo(order);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void one_key_is_looked_for_in_every_shard_that_has_ever_held_it_and_in_no_other(long seed) {
    Random random = new Random(seed);
    List<ShardNode> shards = history(random);
    String key = Long.toString(random.nextLong(1, Long.MAX_VALUE));
    BigInteger hash = ShardPlan.hash(key);
    assertThat(ShardPlan.order(shards, Optional.of(key)))
        .containsExactlyElementsOf(
            ShardPlan.order(shards, Optional.empty()).stream()
                .filter(shard -> shard.holds(hash))
                .toList());
  }

  @Test
  void a_key_is_where_kinesis_puts_it() { // MD5 of "1" is c4ca4238a0b923820dcc509a6f75849b
    assertThat(ShardPlan.hash("1").toString(16)).isEqualTo("c4ca4238a0b923820dcc509a6f75849b");
  }

  @Test
  void a_circle_is_no_lineage() {
    ShardNode a = new ShardNode("a", Set.of("b"), BigInteger.ZERO, TOP);
    ShardNode b = new ShardNode("b", Set.of("a"), BigInteger.ZERO, TOP);
    assertThatThrownBy(() -> ShardPlan.order(List.of(a, b), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
