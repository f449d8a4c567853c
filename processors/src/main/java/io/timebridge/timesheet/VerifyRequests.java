package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import java.util.Collection;

/**
 * Asks for an entry to be compared with FirstService and put right, by an event on the entry's own
 * stream. Thread-safe.
 */
@FunctionalInterface
public interface VerifyRequests {
  /**
   * @param places where its timesheet may be, besides those its row and FirstService name
   * @param why for people
   */
  void request(EntryId id, Collection<Place> places, String why) throws EntryStore.Unavailable;
}
