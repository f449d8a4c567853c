package io.timebridge.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrderCheckTest {
  private final OrderCheck check = new OrderCheck(2);

  private void handle(int key, int... numbers) {
    begin(key, numbers);
    check.end(key);
  }

  private void begin(int key, int... numbers) {
    check.begin(key, IntStream.of(numbers).mapToObj(n -> new Payload.Mark(key, n)).toList());
  }

  @Test
  void finds_nothing_when_each_key_is_in_order() {
    handle(0, 0);
    handle(1, 0);
    handle(0, 1, 2, 3);
    handle(1, 1);

    assertThat(check.violations()).isZero();
    assertThat(check.duplicates()).isZero();
  }

  @Test
  void counts_one_violation_when_two_records_of_a_key_change_places() {
    handle(0, 0);
    handle(0, 2);
    handle(0, 1);
    handle(0, 3);

    assertThat(check.violations()).isEqualTo(1);
    assertThat(check.duplicates()).isZero();
  }

  @Test
  void counts_a_violation_when_a_record_begins_before_the_one_before_it_has_ended() {
    begin(0, 0);
    begin(0, 1);

    assertThat(check.violations()).isEqualTo(1);
  }

  @Test
  void counts_a_violation_when_records_in_one_handling_are_out_of_order() {
    handle(0, 1, 0);

    assertThat(check.violations()).isEqualTo(1);
  }

  @Test
  void counts_redelivered_records_as_duplicates_and_as_nothing_else() {
    handle(0, 0);
    handle(0, 1);
    handle(0, 0);
    handle(0, 1);
    handle(0, 2);

    assertThat(check.violations()).isZero();
    assertThat(check.duplicates()).isEqualTo(2);
  }

  @Test
  void counts_a_record_that_came_late_and_comes_again_as_one_violation_and_one_duplicate() {
    for (int number : List.of(1, 0, 0)) {
      handle(0, number);
    }

    assertThat(check.violations()).isEqualTo(1);
    assertThat(check.duplicates()).isEqualTo(1);
  }
}
