package io.timebridge.bench.parking;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.Typed;
import io.timebridge.bench.process.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParkingCommandTest {
  @Test
  @Timeout(300)
  void bad_keys_park_and_are_tried_again_while_nothing_of_them_is_applied() {
    Typed run =
        Typed.bench(
            "parking", "--keys", "20", "--bad", "2", "--seconds", "3", "--warm-up", "1", "--json");
    assertThat(run.out()).as(run.err()).hasSize(1);
    Map<?, ?> json = Json.read(run.out().getFirst(), Map.class);
    assertThat((List<?>) json.get("perFork")).hasSize(2);
    assertThat((List<?>) json.get("broken")) // a rate measured so shortly may be anything
        .allMatch(what -> String.valueOf(what).startsWith("good keys keep"));
  }

  @Test
  @Timeout(300)
  void a_row_behind_one_key_is_worked_off_in_order() {
    Typed run = Typed.bench("parking", "--behind", "300", "--json");
    assertThat(run.out()).as(run.err()).hasSize(1);
    Map<?, ?> json = Json.read(run.out().getFirst(), Map.class);
    assertThat((List<?>) json.get("broken")).isEmpty();
    assertThat(run.exit()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "--keys, 9, --keys must be 10 to 100000: 9",
    "--bad, 0, --bad must be 1 to 10000: 0",
    "--store, 2, --store must be a whole number with its unit behind it",
    "--service, 0ms, --service must be 1ms to 10000ms: 0ms",
    "--behind, 99, --behind must be 100 to 200000: 99",
    "--forks, 21, --forks must be 1 to 20: 21",
  })
  void says_what_is_wrong_with_an_option(String option, String value, String told) {
    Typed run = Typed.bench("parking", option, value);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains(told);
    assertThat(run.out()).isEmpty();
  }
}
