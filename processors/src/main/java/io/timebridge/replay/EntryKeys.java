package io.timebridge.replay;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.timesheet.Place;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The entries that a window speaks of, each once, lowest id first: all are gathered before the
 * first is published, so that a replay that goes on finds them in the same order.
 */
final class EntryKeys implements Source {
  /** What an entry's position is kept under. */
  static final String PART = "entries";

  /** Most entries of one replay; with their places they take some 300 bytes each. */
  private static final int MOST = 1_000_000;

  /** Gathers ids, and where a timesheet of each may be. */
  @FunctionalInterface
  interface Gathering {
    void gather(Basket into)
        throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException;
  }

  /** Makes what is published of an entry; empty = nothing of it any more. */
  @FunctionalInterface
  interface Maker {
    Optional<Envelope> envelope(EntryId id, Set<Place> places)
        throws StoreTrouble, InterruptedException;
  }

  /** What is gathered. */
  static final class Basket {
    private final SortedMap<EntryId, Set<Place>> entries = new TreeMap<>();

    void add(EntryId id, Optional<Place> place) throws ReplayStopped {
      Set<Place> places = entries.get(id);
      if (places == null) {
        if (entries.size() >= MOST) {
          throw new ReplayStopped(
              ReplayStopped.Why.TOO_MANY, "the window speaks of more than " + MOST + " entries");
        }
        places = Set.of();
        entries.put(id, places);
      }
      if (place.isPresent() && !places.contains(place.get())) {
        Set<Place> more = new HashSet<>(places);
        more.add(place.get());
        entries.put(id, Set.copyOf(more));
      }
    }
  }

  private final Gathering gathering;
  private final Maker maker;

  EntryKeys(Gathering gathering, Maker maker) {
    this.gathering = gathering;
    this.maker = maker;
  }

  @Override
  public void each(Map<String, String> positions, Visitor visitor)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    String done = positions.getOrDefault(PART, "");
    if (done.equals(Candidate.Place.END)) {
      return;
    }
    Basket basket = new Basket();
    gathering.gather(basket);
    Optional<EntryId> after = EntryId.parse(done);
    int all = basket.entries.size();
    int count = 0;
    for (EntryId id : new TreeSet<>(basket.entries.keySet())) {
      count++;
      if (after.isPresent() && id.compareTo(after.get()) <= 0) {
        continue;
      }
      Candidate.Place place = new Candidate.Place(PART, id.key());
      Optional<Envelope> envelope = maker.envelope(id, basket.entries.getOrDefault(id, Set.of()));
      visitor.visit(
          envelope
              .<Candidate>map(made -> new Candidate.Event(place, made))
              .orElseGet(() -> new Candidate.Nothing(place)),
          (double) count / all);
    }
    visitor.visit(new Candidate.Nothing(Candidate.Place.end(PART)), 1);
  }
}
