package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomTest {
  @Test
  void refuses_bounds_below_one() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Room(0, 1))
        .withMessageContaining("0");
    assertThatIllegalArgumentException().isThrownBy(() -> new Room(1, 0));
  }

  /**
   * Shards that come and go, take as much as they may, and finish, or never finish, what they took.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void stays_within_its_bounds_and_starves_nobody(long seed) {
    Random random = new Random(seed);
    Room room = new Room(1 + random.nextInt(400), 1 + random.nextInt(1000));
    int shards = 1 + random.nextInt(12);
    long[] held = new long[shards];
    int open = 1;
    for (int step = 0; step < 20_000; step++) {
      int shard = random.nextInt(open);
      long all = Arrays.stream(held).sum();
      switch (random.nextInt(8)) {
        case 0 -> open = Math.min(shards, open + random.nextInt(2));
        case 1, 2, 3 -> {
          if (held[shard] > 0 && shard % 3 != 0) { // every third one never finishes anything
            held[shard]--;
          }
        }
        default -> {
          if (room.isLeft(held[shard], all, open)) {
            held[shard]++;
          } else {
            assertThat(held[shard]).as("seed %d: a shard without anything", seed).isPositive();
          }
        }
      }
      assertThat(held[shard]).as("seed %d", seed).isLessThanOrEqualTo(room.perShard());
      assertThat(Arrays.stream(held).sum())
          .as("seed %d", seed)
          .isLessThanOrEqualTo(room.total() + room.total() / 8 + open);
    }
  }

  @Test
  void lets_a_shard_below_its_share_grow_beside_one_above_it() {
    Room room = new Room(1000, 800);
    assertThat(room.isLeft(699, 699, 1)).as("alone it may have all").isTrue();
    assertThat(room.isLeft(799, 799, 1)).isTrue();
    assertThat(room.isLeft(800, 800, 1)).isFalse();
    assertThat(room.isLeft(600, 750, 2)).as("above its half, when little is left").isFalse();
    assertThat(room.isLeft(150, 750, 2)).as("below its half").isTrue();
    assertThat(room.isLeft(49, 800, 2)).as("late, and nothing left").isTrue();
    assertThat(room.isLeft(50, 800, 2)).isFalse();
  }
}
