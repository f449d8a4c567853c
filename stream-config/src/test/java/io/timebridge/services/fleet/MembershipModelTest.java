package io.timebridge.services.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random fleets. To repeat a run, give its seed: {@code -Dtest=MembershipModelTest
 * -Dfleet.seed=17}.
 */
class MembershipModelTest {
  private static final Share ALL = new Share(1000, 1000);

  static LongStream seeds() {
    Long only = Long.getLong("fleet.seed");
    return only == null ? LongStream.range(0, 200) : LongStream.of(only);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void never_exceeds_the_limit_and_gives_everybody_alive_a_fair_share(long seed) {
    Fleet fleet = fleet(seed);
    turbulence(fleet);
    fleet.join(ALL);
    fleet.calm = true;
    // The dead are silent long enough, their calls and those of the others end.
    fleet.pass(60_000);
    List<Fleet.Node> alive = fleet.alive();
    Allotment fair = Allotment.of(fleet.limit, fleet.row().members());
    assertThat(fleet.row().members()).as("seed %d", seed).hasSameSizeAs(alive);
    if (fair.waiting() == 0) {
      assertThat(alive)
          .allSatisfy(
              p -> assertThat(p.usable()).as("seed %d, %s", seed, p.id).isEqualTo(fair.of(p.id)));
    } else {
      long from = fleet.now();
      int rounds = alive.size() / Math.min(fleet.limit.calls(), fleet.limit.sessions()) + 2;
      fleet.pass(rounds * (Membership.TURN.toMillis() + 15_000));
      assertThat(alive)
          .filteredOn(p -> !p.wants.isNone())
          .allSatisfy(p -> assertThat(p.held).as("seed %d, %s", seed, p.id).isGreaterThan(from));
    }
  }

  private static Fleet fleet(long seed) {
    Random random = new Random(~seed);
    return new Fleet(new Share(1 + random.nextInt(8), 1 + random.nextInt(5)), seed);
  }

  private static void turbulence(Fleet fleet) {
    Random random = fleet.random;
    fleet.join(ALL);
    fleet.join(ALL);
    fleet.join(new Share(1, 1));
    for (int i = 0; i < 60; i++) {
      List<Fleet.Node> alive = fleet.alive();
      Fleet.Node one = alive.isEmpty() ? null : alive.get(random.nextInt(alive.size()));
      switch (random.nextInt(7)) {
        case 0, 1 -> {
          if (alive.size() < 8) {
            fleet.join(random.nextInt(3) == 0 ? new Share(1, 1) : ALL);
          }
        }
        case 2 -> {
          if (one != null) {
            fleet.freeze(one, Duration.ofMillis(random.nextLong(40_000)));
          }
        }
        case 3 -> {
          if (one != null) {
            fleet.kill(one);
          }
        }
        case 4 -> {
          if (one != null) {
            fleet.leave(one);
          }
        }
        case 5 -> {
          if (one != null) {
            one.wants = random.nextBoolean() ? Share.NONE : ALL;
          }
        }
        default -> {}
      }
      fleet.pass(random.nextLong(8_000));
    }
  }

  /** The model sees what it is there for. */
  @Test
  void catches_a_process_that_gives_back_what_it_still_uses() {
    assertThat(
            LongStream.range(0, 20)
                .filter(seed -> exceeds(seed, f -> f.settles = p -> true))
                .count())
        .isPositive();
  }

  private static boolean exceeds(long seed, Consumer<Fleet> bug) {
    Fleet fleet = fleet(seed);
    bug.accept(fleet);
    try {
      turbulence(fleet);
      return false;
    } catch (Fleet.Exceeded seen) {
      return true;
    }
  }

  @Test
  void has_everything_at_once_when_it_is_alone() {
    Fleet fleet = new Fleet(new Share(6, 2), 1);
    fleet.calm = true;
    Fleet.Node alone = fleet.join(ALL);
    fleet.pass(50);
    assertThat(alone.usable()).isEqualTo(new Share(6, 2));
  }

  @Test
  void shares_with_a_newcomer_as_soon_as_calls_above_its_part_have_ended() {
    Fleet fleet = new Fleet(new Share(6, 2), 1);
    fleet.calm = true;
    Fleet.Node first = fleet.join(ALL);
    fleet.pass(5_000);
    Fleet.Node second = fleet.join(ALL);
    fleet.pass(Fleet.LONGEST_CALL.toMillis() + 4_000);
    assertThat(first.usable()).isEqualTo(new Share(3, 1));
    assertThat(second.usable()).isEqualTo(new Share(3, 1));
  }

  @Test
  void takes_over_from_a_dead_process_when_its_last_call_must_have_ended() {
    Fleet fleet = new Fleet(new Share(4, 4), 1);
    fleet.calm = true;
    Fleet.Node dead = fleet.join(ALL);
    fleet.pass(5_000);
    fleet.kill(dead);
    Fleet.Node next = fleet.join(ALL);
    fleet.pass(15_000);
    assertThat(next.usable()).isEqualTo(Share.NONE);
    fleet.pass(5_000);
    assertThat(next.usable()).isEqualTo(new Share(4, 4));
  }

  @Test
  void takes_turns_when_there_are_more_processes_than_sessions() {
    Fleet fleet = new Fleet(new Share(4, 1), 1);
    fleet.calm = true;
    Fleet.Node one = fleet.join(ALL);
    Fleet.Node two = fleet.join(ALL);
    fleet.pass(14_000);
    assertThat(one.usable()).isEqualTo(new Share(4, 1));
    assertThat(two.usable()).isEqualTo(Share.NONE);
    fleet.pass(15_000);
    assertThat(two.usable()).isEqualTo(new Share(4, 1));
    fleet.pass(30_000);
    assertThat(one.held).isGreaterThan(fleet.now() - 30_000);
  }
}
