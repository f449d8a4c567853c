package io.timebridge.timesheet;

import io.timebridge.settings.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Seconds -> the hours SecondService is given, under the deployment's rounding rule. Half a step
 * goes up.
 */
final class Hours {
  private static final BigDecimal SECONDS = BigDecimal.valueOf(3600);
  private final Settings.Timesheet rule;

  Hours(Settings.Timesheet rule) {
    this.rule = rule;
  }

  BigDecimal of(long seconds) {
    long step = rule.rounding().map(java.time.Duration::toSeconds).orElse(1L);
    long rounded = (2 * seconds + step) / (2 * step) * step;
    return BigDecimal.valueOf(rounded).divide(SECONDS, rule.hourDecimals(), RoundingMode.HALF_UP);
  }
}
