package io.timebridge.reconcile;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Bookings.Wanted;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Place;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What is compared: both services and our rows; and where a check is asked for. Every method that
 * reads gives all there is, or {@link CannotCompare} after it was tried patiently. A list may be
 * wrong all the same: what follows from one is looked at again. For one thread.
 */
public interface Sides {
  /**
   * Shows every entry of FirstService on these days. One may be shown twice, or left out while it
   * moves. Begun anew after trouble, it shows everything again, after a call of {@code anew}.
   */
  void entries(Days days, Runnable anew, Consumer<Entry> each)
      throws CannotCompare, InterruptedException;

  /** The entry as FirstService has it now; empty = it is deleted there. */
  Optional<Entry> entry(EntryId id) throws CannotCompare, InterruptedException;

  /** What an entry comes to. */
  Wanted wanted(Entry entry) throws CannotCompare, InterruptedException;

  /** The people of SecondService that FirstService's users stand for. */
  Set<Long> people() throws CannotCompare, InterruptedException;

  /** A person's timesheets on these days, and no others. */
  List<Sheet> sheets(long person, Days days) throws CannotCompare, InterruptedException;

  /** Rows as they are now. */
  Rows rows(Collection<EntryId> ids) throws CannotCompare, InterruptedException;

  /** What all rows of live entries say together. */
  Booked booked(Days days) throws CannotCompare, InterruptedException;

  /**
   * Up to when the workers have finished what arrived; asked for before rows are read.
   *
   * @param wanted further than that need not be known
   */
  Finished finished(Instant wanted) throws CannotCompare, InterruptedException;

  /** Why an entry's events wait; for people. */
  String whyParked(EntryId id) throws CannotCompare, InterruptedException;

  /** Asks for an entry to be verified, by an event on its stream. */
  void verify(EntryId id, Collection<Place> places, String why)
      throws CannotCompare, InterruptedException;

  /** Waits until a complete report shows what was done before now. */
  void pause() throws InterruptedException;

  /**
   * Rows of some entries.
   *
   * @param read those that there are
   * @param unreadable those that are there and cannot be read, and why
   */
  record Rows(Map<EntryId, EntryRow> read, Map<EntryId, String> unreadable) {
    public Rows {
      read = Map.copyOf(read);
      unreadable = Map.copyOf(unreadable);
    }

    /** One that can be read, or is not there. */
    EntryRow of(EntryId id) {
      return read.getOrDefault(id, EntryRow.absent());
    }
  }

  /**
   * Where timesheets were booked.
   *
   * @param people whoever has one on the days asked for
   * @param perDay how many, on those days that have any
   * @param unreadable rows, of whatever days, that do not say so in a way that can be read, and
   *     why; at most {@value #MOST_UNREADABLE}
   */
  record Booked(Set<Long> people, Map<LocalDate, Integer> perDay, Map<EntryId, String> unreadable) {
    public static final int MOST_UNREADABLE = 10_000;

    public Booked {
      people = Set.copyOf(people);
      perDay = Map.copyOf(perDay);
      unreadable = Map.copyOf(unreadable);
    }

    long on(Days days) {
      return perDay.entrySet().stream()
          .filter(day -> days.holds(day.getKey()))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }
}
