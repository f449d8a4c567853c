package io.timebridge.story;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryContent;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.ReferenceMark;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Asks the services: FirstService once, and once more for a person where the row knows no place;
 * SecondService for one report of three days. Thread-safe as they are.
 */
public final class AskedServices implements LiveViews {
  private final Opened<FirstService> first;
  private final Opened<SecondService> second;
  private final boolean report;

  /** A service, opened when it is asked. */
  @FunctionalInterface
  public interface Opened<T> {
    T get() throws ServiceTrouble, InterruptedException;
  }

  /**
   * @param report whether SecondService has a timesheet report
   */
  public AskedServices(Opened<FirstService> first, Opened<SecondService> second, boolean report) {
    this.first = first;
    this.second = second;
    this.report = report;
  }

  @Override
  public FirstView first(EntryId id) throws InterruptedException {
    try {
      return switch (first.get().event(id)) {
        case FirstService.Lookup.Gone gone -> new FirstView.Gone();
        case FirstService.Lookup.Found(JsonNode event) -> view(id, event);
      };
    } catch (ServiceTrouble trouble) {
      return new FirstView.Trouble(String.valueOf(trouble.getMessage()));
    }
  }

  private static FirstView view(EntryId id, JsonNode event) {
    if (event.path("deleted").asBoolean(false)) {
      return new FirstView.Gone();
    }
    try {
      EntryContent content = EntryContent.read(id, event);
      return new FirstView.Live(
          event.path("updated_at").asLong(0),
          content.seconds(),
          content.day(),
          content.userId(),
          content.labelIds(),
          content.projectExternalId(),
          content.ignored());
    } catch (EntryContent.Unreadable problem) {
      return new FirstView.Unusable(String.valueOf(problem.getMessage()));
    }
  }

  @Override
  public SecondView second(EntryId id, EntryRow row, FirstView says) throws InterruptedException {
    if (!report) {
      return new SecondView.NotAsked(
          "this SecondService has no timesheet report (second-service.timesheet-report)");
    }
    try {
      Optional<Place> place = row.place().isPresent() ? row.place() : place(says);
      if (place.isEmpty()) {
        return new SecondView.NotAsked(
            "whose timesheet it would be, and on which day, is not known");
      }
      return view(id, row, place.get());
    } catch (ServiceTrouble trouble) {
      return new SecondView.Trouble(String.valueOf(trouble.getMessage()));
    }
  }

  private Optional<Place> place(FirstView says) throws ServiceTrouble, InterruptedException {
    if (!(says instanceof FirstView.Live live)) {
      return Optional.empty();
    }
    return first
        .get()
        .user(live.userId())
        .map(FirstService.User::externalId)
        .filter(external -> external.matches("[1-9][0-9]{0,17}"))
        .map(external -> new Place(Long.parseLong(external), live.day()));
  }

  private SecondView view(EntryId id, EntryRow row, Place place)
      throws ServiceTrouble, InterruptedException {
    LocalDate from = place.day().minusDays(1);
    LocalDate to = place.day().plusDays(1);
    List<SecondView.Sheet> sheets =
        second.get().timesheets(place.personId(), from, to).stream()
            .filter(t -> isMarked(id, t) || t.id() == row.timesheetId())
            .map(t ->
                new SecondView.Sheet(
                    t.id(),
                    t.personId(),
                    t.jobId(),
                    t.taskId(),
                    t.day(),
                    t.hours(),
                    isMarked(id, t)))
            .toList();
    return new SecondView.Report(place.personId(), from, to, sheets);
  }

  private static boolean isMarked(EntryId id, ReportedTimesheet timesheet) {
    return ReferenceMark.find(timesheet.description()).filter(id::equals).isPresent();
  }
}
