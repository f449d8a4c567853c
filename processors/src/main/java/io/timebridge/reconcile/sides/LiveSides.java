package io.timebridge.reconcile.sides;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.reconcile.CannotCompare;
import io.timebridge.reconcile.Days;
import io.timebridge.reconcile.Entry;
import io.timebridge.reconcile.Finished;
import io.timebridge.reconcile.Sheet;
import io.timebridge.reconcile.Sides;
import io.timebridge.services.first.EntryListing;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.settings.Settings;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Bookings;
import io.timebridge.timesheet.Bookings.Wanted;
import io.timebridge.timesheet.EntryContent;
import io.timebridge.timesheet.EntryEvent;
import io.timebridge.timesheet.EntryEvent.Claim;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.VerifyRequests;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The sides of a running deployment. One call at a time, each within the limits of the gates that
 * the services were given, and with a pause after it where live traffic is to go first. Reads that
 * end in trouble are tried again, patiently. For one thread, and one comparison.
 */
public final class LiveSides implements Sides {
  /** Our rows. */
  public interface Rows {
    Sides.Rows rows(Collection<EntryId> ids) throws StoreTrouble, InterruptedException;

    /**
     * Shows where every timesheet was last written that is there as far as we know.
     *
     * @param unreadable told of rows that do not say so in a way that can be read, and why
     */
    void places(Consumer<Place> each, BiConsumer<EntryId, String> unreadable)
        throws StoreTrouble, InterruptedException;

    /** Why an entry's events wait. */
    String whyParked(EntryId id) throws StoreTrouble, InterruptedException;
  }

  /** The stream of entries' events; see {@link Sides#finished}. */
  @FunctionalInterface
  public interface Arrivals {
    Finished finished(Instant wanted) throws InterruptedException;
  }

  /**
   * What is compared.
   *
   * @param second its settings name {@code visible-within}
   * @param pauseAfterCall zero = none
   * @param sleep waits; a test's need not
   */
  public record Parts(
      FirstService first,
      EntryListing listing,
      SecondService second,
      Rows rows,
      Arrivals arrivals,
      TaskMapping mapping,
      VerifyRequests verify,
      Settings settings,
      InstantSource clock,
      Duration pauseAfterCall,
      Sleep sleep) {}

  /** Waits. */
  @FunctionalInterface
  public interface Sleep {
    void sleep(Duration time) throws InterruptedException;
  }

  /** A check is published for so many calls that SecondService takes, as a replay by force does. */
  private static final int CALLS_PER_CHECK = 20;

  private static final int MOST_CHECKS_PER_SECOND = 50;

  private final Parts parts;
  private final Patient patient;
  private @Nullable Bookings bookings;
  private @Nullable List<FirstService.User> users;

  public LiveSides(Parts parts) {
    this.parts = parts;
    this.patient = new Patient(parts.sleep()::sleep);
  }

  @Override
  public void entries(Days days, Runnable anew, Consumer<Entry> each)
      throws CannotCompare, InterruptedException {
    patient.read(() -> {
      anew.run();
      parts.listing().entries(days.from(), days.to(), json -> read(json).ifPresent(each));
      return true;
    });
    afterCall();
  }

  /** Empty for one that says it is deleted, or not which it is: it is asked for by itself. */
  private static Optional<Entry> read(JsonNode json) {
    return EntryId.parse(json.path("id").asString("")).flatMap(id -> entry(id, json));
  }

  private static Optional<Entry> entry(EntryId id, JsonNode json) {
    try {
      return EntryEvent.claim(id, json) instanceof Claim.Live(long version, EntryContent content)
          ? Optional.of(Entry.of(version, content))
          : Optional.empty();
    } catch (EntryContent.Unreadable unreadable) {
      return Optional.of(Entry.unreadable(id, String.valueOf(unreadable.getMessage())));
    }
  }

  @Override
  public Optional<Entry> entry(EntryId id) throws CannotCompare, InterruptedException {
    FirstService.Lookup found = patient.read(() -> parts.first().event(id));
    afterCall();
    return switch (found) {
      case FirstService.Lookup.Gone gone -> Optional.empty();
      case FirstService.Lookup.Found(JsonNode json) -> entry(id, json);
    };
  }

  @Override
  public Wanted wanted(Entry entry) throws CannotCompare, InterruptedException {
    if (entry.content().isEmpty()) {
      return new Wanted.Unclear("INVALID_DATA", entry.problem());
    }
    Bookings rules = bookings();
    return patient.read(() -> rules.of(entry.content().get()));
  }

  private Bookings bookings() throws CannotCompare, InterruptedException {
    Bookings known = bookings;
    if (known == null) {
      known =
          new Bookings(
              users(),
              parts.first(),
              parts.second(),
              parts.mapping(),
              parts.settings().timesheet(),
              parts.clock(),
              this::afterCall);
      bookings = known;
    }
    return known;
  }

  private List<FirstService.User> users() throws CannotCompare, InterruptedException {
    List<FirstService.User> known = users;
    if (known == null) {
      known = patient.read(() -> parts.first().users());
      users = known;
      afterCall();
    }
    return known;
  }

  @Override
  public Set<Long> people() throws CannotCompare, InterruptedException {
    Set<Long> people = new HashSet<>();
    users().forEach(user -> Bookings.person(user).ifPresent(people::add));
    return people;
  }

  @Override
  public List<Sheet> sheets(long person, Days days) throws CannotCompare, InterruptedException {
    List<ReportedTimesheet> report =
        patient.read(() -> parts.second().timesheets(person, days.from(), days.to()));
    afterCall();
    List<Sheet> sheets = new ArrayList<>();
    for (ReportedTimesheet timesheet : report) {
      Sheet sheet = Sheet.of(timesheet, person);
      if (sheet.place().personId() == person && days.holds(sheet.place().day())) {
        sheets.add(sheet);
      }
    }
    return sheets;
  }

  @Override
  public Sides.Rows rows(Collection<EntryId> ids) throws CannotCompare, InterruptedException {
    return patient.read(() -> parts.rows().rows(ids));
  }

  @Override
  public Booked booked(Days days) throws CannotCompare, InterruptedException {
    return patient.read(() -> {
      Set<Long> people = new HashSet<>();
      Map<LocalDate, Integer> perDay = new HashMap<>();
      Map<EntryId, String> unreadable = new HashMap<>();
      parts
          .rows()
          .places(
              place -> {
                if (days.holds(place.day())) {
                  people.add(place.personId());
                  perDay.merge(place.day(), 1, Integer::sum);
                }
              },
              (id, problem) -> {
                if (unreadable.size() < Booked.MOST_UNREADABLE) {
                  unreadable.put(id, problem);
                }
              });
      return new Booked(people, perDay, unreadable);
    });
  }

  @Override
  public Finished finished(Instant wanted) throws InterruptedException {
    return parts.arrivals().finished(wanted);
  }

  @Override
  public String whyParked(EntryId id) throws CannotCompare, InterruptedException {
    return patient.read(() -> parts.rows().whyParked(id));
  }

  @Override
  public void verify(EntryId id, Collection<Place> places, String why)
      throws CannotCompare, InterruptedException {
    patient.read(() -> {
      parts.verify().request(id, places, why); // one that comes twice is compared twice
      return true;
    });
    parts.sleep().sleep(Duration.ofSeconds(1).dividedBy(checksPerSecond()));
  }

  /** A check takes several calls, and what happens meanwhile is to go before it. */
  private int checksPerSecond() {
    int calls = parts.settings().secondService().gate().callsPerSecond();
    return Math.clamp(calls / CALLS_PER_CHECK, 1, MOST_CHECKS_PER_SECOND);
  }

  @Override
  public void pause() throws InterruptedException {
    parts.sleep().sleep(parts.settings().secondService().visibleWithin());
  }

  private void afterCall() throws InterruptedException {
    if (!parts.pauseAfterCall().isZero()) {
      parts.sleep().sleep(parts.pauseAfterCall());
    }
  }
}
