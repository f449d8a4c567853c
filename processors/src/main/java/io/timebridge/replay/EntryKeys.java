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

  /** The same, of the second time. */
  static final String AGAIN = "entries-again";

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
        throws StoreTrouble, ServiceTrouble, InterruptedException;
  }

  /**
   * What else is gathered before all are visited a second time.
   *
   * @param visited those that an earlier run has visited the first time, where one has: what they
   *     were gathered from may be gone
   * @param lately those that came meanwhile
   */
  record Again(Gathering visited, Gathering lately) {}

  /** Told again and again that it is gathered on, and what could not be. */
  @FunctionalInterface
  interface Reading {
    void on(Candidate candidate) throws StoreTrouble, ReplayStopped, InterruptedException;
  }

  /** What is gathered. */
  static final class Basket {
    private final SortedMap<EntryId, Set<Place>> entries = new TreeMap<>();
    private final Reading reading;

    Basket(Reading reading) {
      this.reading = reading;
    }

    /** To be called while it is gathered, however little is found. */
    void reading() throws StoreTrouble, ReplayStopped, InterruptedException {
      reading.on(new Candidate.Reading());
    }

    void lost(String shard, Window stretch)
        throws StoreTrouble, ReplayStopped, InterruptedException {
      reading.on(new Candidate.Lost(shard, stretch));
    }

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
  private final Optional<Again> again;
  private final Maker maker;

  /**
   * @param again when present, all are visited a second time once the first visit is handled
   */
  EntryKeys(Gathering gathering, Optional<Again> again, Maker maker) {
    this.gathering = gathering;
    this.again = again;
    this.maker = maker;
  }

  @Override
  public void each(Map<String, String> positions, Visitor visitor)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    String first = positions.getOrDefault(PART, "");
    String second = again.isPresent() ? positions.getOrDefault(AGAIN, "") : Candidate.Place.END;
    if (first.equals(Candidate.Place.END) && second.equals(Candidate.Place.END)) {
      return;
    }
    Basket basket = new Basket(candidate -> visitor.visit(candidate, 0));
    if (!first.equals(Candidate.Place.END)) {
      gathering.gather(basket);
    }
    double share = again.isPresent() ? 0.5 : 1;
    visit(basket, PART, first, visitor, 0, share);
    if (again.isPresent()) {
      visitor.visit(new Candidate.Settled(), share);
      if (!first.isEmpty()) {
        again.get().visited().gather(basket);
      }
      again.get().lately().gather(basket);
      visit(basket, AGAIN, second, visitor, share, share);
    }
  }

  private void visit(
      Basket basket, String part, String done, Visitor visitor, double before, double share)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    if (done.equals(Candidate.Place.END)) {
      return;
    }
    Optional<EntryId> after = EntryId.parse(done);
    int all = basket.entries.size();
    int count = 0;
    for (EntryId id : new TreeSet<>(basket.entries.keySet())) {
      count++;
      if (after.isPresent() && id.compareTo(after.get()) <= 0) {
        continue;
      }
      Candidate.Place place = new Candidate.Place(part, id.key());
      Optional<Envelope> envelope = maker.envelope(id, basket.entries.getOrDefault(id, Set.of()));
      visitor.visit(
          envelope
              .<Candidate>map(made -> new Candidate.Event(place, made))
              .orElseGet(() -> new Candidate.Nothing(place)),
          before + share * count / all);
    }
    visitor.visit(new Candidate.Nothing(Candidate.Place.end(part)), before + share);
  }
}
