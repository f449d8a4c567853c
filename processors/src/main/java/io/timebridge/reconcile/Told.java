package io.timebridge.reconcile;

import io.timebridge.services.second.SecondService.Timesheet;
import io.timebridge.timesheet.Bookings.Wanted;
import java.util.List;
import java.util.stream.Collectors;

/** What a side says of an entry, for people; never a note. */
final class Told {
  private Told() {}

  static String first(Truth truth) {
    return switch (truth) {
      case Truth.Gone gone -> "deleted";
      case Truth.Live(Entry entry, Wanted.Booking(Timesheet t)) ->
          "%s h on %s, person %d, job %d, task %d"
              .formatted(
                  t.hours().stripTrailingZeros().toPlainString(),
                  t.day(),
                  t.personId(),
                  t.jobId(),
                  t.taskId());
      case Truth.Live(Entry entry, Wanted.Nothing(String reason)) -> "not to be booked: " + reason;
      case Truth.Live(Entry entry, Wanted.Unclear(String reason, String detail)) ->
          reason + ": " + detail;
    };
  }

  static String second(List<Sheet> sheets) {
    return sheets.isEmpty()
        ? "no timesheet"
        : sheets.stream().map(Told::sheet).collect(Collectors.joining("; "));
  }

  private static String sheet(Sheet s) {
    return "timesheet %d: %s h on %s, person %d, job %d, task %d"
        .formatted(
            s.id(),
            s.hours().toPlainString(),
            s.place().day(),
            s.place().personId(),
            s.jobId(),
            s.taskId());
  }
}
