package io.timebridge.bench.parking;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.process.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParkingReportTest {
  private static final ParkingOrder ORDER =
      new ParkingOrder(1_000, 10, Duration.ofMillis(5), Duration.ofMillis(10), 50, 15, 5, 2);

  private static ArmResult good(double rate) {
    return new ArmResult(false, rate, 1_000, 25, 30, 0, 0, 0, 0, 1, 1);
  }

  private static ArmResult bad(double rate, long parked, long applied) {
    return new ArmResult(true, rate, 1_000, 25, 31, parked, 40, 2, applied, 1, 1);
  }

  @Test
  void compares_the_medians_of_both_kinds() {
    ParkingReport report =
        new ParkingReport(
            ORDER,
            List.of(
                good(2_000),
                bad(1_980, 9, 0),
                bad(1_960, 9, 0),
                good(1_900),
                good(2_050),
                bad(100, 9, 0)));
    assertThat(report.broken()).isEmpty();
    Map<?, ?> json = Json.read(report.json(), Map.class);
    assertThat(json.get("ratio")).isEqualTo(0.98);
    assertThat(json.get("rateWithout")).isEqualTo(2000.0);
    assertThat(json.get("idealRate")).isEqualTo(2000.0);
    assertThat(report.table()).anyMatch(line -> line.contains("keep 0.980"));
  }

  @Test
  void does_not_hold_when_good_keys_lose_too_much_or_a_bad_one_is_applied() {
    assertThat(new ParkingReport(ORDER, List.of(good(2_000), bad(1_890, 9, 0))).broken())
        .containsExactly("good keys keep 0.945 of their rate");
    assertThat(new ParkingReport(ORDER, List.of(good(2_000), bad(2_000, 9, 3))).broken())
        .containsExactly("3 events of bad keys were applied");
  }

  @Test
  void proves_nothing_when_nothing_was_parked() {
    assertThat(new ParkingReport(ORDER, List.of(good(2_000), bad(2_000, 0, 0))).broken())
        .containsExactly("nothing was parked and tried again: nothing was proven");
  }
}
