package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrontierTest {
  private final Frontier<String> frontier = new Frontier<>();

  @Test
  void has_no_position_until_the_first_record_is_finished() {
    assertThat(frontier.position()).isEmpty();
    var first = frontier.add(at(5), "a");
    assertThat(frontier.position()).isEmpty();
    assertThat(frontier.oldest()).contains("a");
    frontier.finish(first);
    assertThat(frontier.position()).contains(at(5));
    assertThat(frontier.oldest()).isEmpty();
  }

  @Test
  void stays_before_the_oldest_unfinished_record_when_later_ones_finish() {
    var first = frontier.add(at(1), "a");
    var second = frontier.add(at(4), "b");
    var third = frontier.add(at(9), "c");
    frontier.finish(first);
    frontier.finish(third);
    assertThat(frontier.position()).contains(at(1));
    frontier.finish(second);
    assertThat(frontier.position()).contains(at(9));
  }

  @Test
  void counts_records_of_one_sequence_number_as_one() {
    frontier.finish(frontier.add(at(1), "a"));
    var part1 = frontier.add(at(2), "b");
    var part2 = frontier.add(at(2), "c");
    frontier.finish(part1);
    assertThat(frontier.position()).contains(at(1));
    frontier.finish(part2);
    assertThat(frontier.position()).contains(at(2));
  }

  @Test
  void keeps_its_position_when_the_last_part_of_a_sequence_number_comes_late() {
    frontier.finish(frontier.add(at(1), "a"));
    frontier.finish(frontier.add(at(2), "b"));
    frontier.add(at(2), "c");
    assertThat(frontier.position()).contains(at(1));
  }

  @Test
  void refuses_a_record_below_the_last_one() {
    frontier.add(at(7), "a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> frontier.add(at(6), "b"))
        .withMessageContaining("6 after 7");
    assertThat(frontier.unfinished()).isOne();
  }

  @Test
  void refuses_to_finish_a_record_twice() {
    var ticket = frontier.add(at(7), "a");
    frontier.finish(ticket);
    assertThatIllegalStateException().isThrownBy(() -> frontier.finish(ticket));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agrees_with_a_plain_model_when_records_finish_in_any_order(long seed) {
    Random random = new Random(seed);
    TreeMap<BigInteger, Boolean> model = new TreeMap<>();
    List<Frontier.Ticket<String>> open = new ArrayList<>();
    List<BigInteger> openAt = new ArrayList<>();
    BigInteger next = BigInteger.ZERO;
    for (int step = 0; step < 2000; step++) {
      if (open.isEmpty() || random.nextInt(100) < 52) {
        next = next.add(at(1 + random.nextInt(1000)));
        open.add(frontier.add(next, "x"));
        openAt.add(next);
        model.put(next, false);
      } else {
        int i = random.nextInt(open.size());
        frontier.finish(open.remove(i));
        model.put(openAt.remove(i), true);
      }
      assertThat(frontier.position()).as("seed %d step %d", seed, step).isEqualTo(position(model));
      assertThat(frontier.unfinished()).isEqualTo(open.size());
    }
  }

  private static Optional<BigInteger> position(Map<BigInteger, Boolean> model) {
    BigInteger last = null;
    for (var entry : model.entrySet()) {
      if (!entry.getValue()) {
        break;
      }
      last = entry.getKey();
    }
    return Optional.ofNullable(last);
  }

  private static BigInteger at(long sequence) {
    return BigInteger.valueOf(sequence);
  }
}
