package io.timebridge.local.traffic;

import java.math.BigDecimal;
import java.math.RoundingMode;
import tools.jackson.databind.JsonNode;

/**
 * What a timesheet says, or has to say: equal for equal contents. The client follows from the job.
 *
 * @param hours without trailing zeros
 */
record Booked(long person, long job, long task, String day, BigDecimal hours) {
  private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);

  Booked {
    hours = hours.stripTrailingZeros();
  }

  static Booked timesheet(JsonNode content) {
    return new Booked(
        Fields.id(content, "idPersonnel"),
        Fields.id(content, "idJob"),
        Fields.id(content, "idTask"),
        Fields.text(content, "dtTimesheet"),
        content.path("dblHours").decimalValue());
  }

  /** Seconds / 3600 to four decimals, half up. */
  static BigDecimal hours(long seconds) {
    return BigDecimal.valueOf(seconds).divide(SECONDS_PER_HOUR, 4, RoundingMode.HALF_UP);
  }

  @Override
  public String toString() {
    return "person %d, job %d, task %d, %s, %s h"
        .formatted(person, job, task, day, hours.toPlainString());
  }
}
