package io.timebridge.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasurementTest {
  private static Job job(int keys, int hotKeyPercent, int records) {
    return new Job(
        "timebridge",
        "direct",
        "bench",
        "run",
        Map.of(),
        1,
        1,
        keys,
        1,
        hotKeyPercent,
        hotKeyPercent > 0,
        records,
        0,
        60_000);
  }

  @Test
  void ends_with_the_last_record_and_says_that_they_ran_out() throws Exception {
    Measurement measurement = new Measurement(job(1, 0, 20));
    for (int number = 0; number < 20; number++) {
      measurement.work().handle(List.of(new Payload.Mark(0, number)));
    }
    measurement.awaitFirst();

    RunResult result = measurement.finish();

    assertThat(result.ranOut()).isTrue();
    assertThat(result.records()).isBetween(10L, 19L); // a tenth is left out at each end
    assertThat(result.p50Ms()).isGreaterThanOrEqualTo(1.0);
    assertThat(result.orderViolations()).isZero();
    assertThat(result.peakHeapMiB()).isPositive();
  }

  @Test
  void counts_the_hot_keys_records_apart_and_all_but_one_of_a_handling_as_folded()
      throws Exception {
    Measurement measurement = new Measurement(job(2, 50, 60));
    for (int i = 0; i < 30; i += 3) {
      measurement
          .work()
          .handle(
              List.of(
                  new Payload.Mark(0, i), new Payload.Mark(0, i + 1), new Payload.Mark(0, i + 2)));
    }
    for (int i = 0; i < 30; i++) {
      measurement.work().handle(List.of(new Payload.Mark(1, i)));
    }

    RunResult result = measurement.finish();

    long hot = Math.round((result.rate() - result.otherKeysRate()) * result.windowSeconds());
    assertThat(hot).isPositive().isLessThan(result.records());
    assertThat(result.foldedRecords() * 3).isEqualTo(hot * 2);
  }
}
