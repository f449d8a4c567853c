package io.timebridge.reconcile;

import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.ReferenceMark;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * A timesheet as a report of SecondService has it, without its description.
 *
 * @param jobId 0 where the report has none
 * @param taskId 0 where the report has none
 * @param entry whose it says it is; empty = it has no mark, and is somebody's own
 * @param words of its description, see {@link Words}
 */
public record Sheet(
    long id,
    Place place,
    long jobId,
    long taskId,
    BigDecimal hours,
    Optional<EntryId> entry,
    long words) {

  /**
   * Reads one.
   *
   * @param asked whose report it is in; stands in where the report names nobody
   */
  public static Sheet of(ReportedTimesheet t, long asked) {
    return new Sheet(
        t.id(),
        new Place(t.personId() == 0 ? asked : t.personId(), t.day()),
        t.jobId(),
        t.taskId(),
        t.hours().stripTrailingZeros(),
        ReferenceMark.find(t.description()),
        Words.of(t.description()));
  }

  boolean isOf(EntryId id) {
    return entry.filter(id::equals).isPresent();
  }
}
