package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries that have to be verified and for which no verify event has been taken yet: the request is
 * repeated until the stream takes it. Held in memory: a process that dies with one leaves it to
 * reconcile. Thread-safe; bounded by the keys in flight, since no record of an entry is finished
 * while its request is owed.
 */
final class OwedVerifies {
  private static final Logger LOG = LoggerFactory.getLogger(OwedVerifies.class);

  private record Owed(Set<Place> places, String why) {}

  private final VerifyRequests requests;
  private final Map<EntryId, Owed> owed = new ConcurrentHashMap<>();

  OwedVerifies(VerifyRequests requests) {
    this.requests = requests;
  }

  void owe(EntryId id, Set<Place> places, String why) {
    owed.merge(
        id,
        new Owed(Set.copyOf(places), why),
        (before, more) -> {
          Set<Place> all = new HashSet<>(before.places());
          all.addAll(more.places());
          return new Owed(Set.copyOf(all), more.why());
        });
  }

  /** Asks for everything that is owed; what the stream does not take stays owed. */
  void settle() {
    owed.forEach((id, what) -> {
      try {
        requests.request(id, what.places(), what.why());
        owed.remove(id, what);
      } catch (EntryStore.Unavailable later) {
        LOG.warn("entry={} has to be verified; asked again later: {}", id, later.getMessage());
      }
    });
  }

  boolean owes(EntryId id) {
    return owed.containsKey(id);
  }
}
