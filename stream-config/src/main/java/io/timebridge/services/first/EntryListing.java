package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import java.time.LocalDate;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** FirstService's entries by their days. Implementations are thread-safe. */
@FunctionalInterface
public interface EntryListing {
  /**
   * Shows every live entry from {@code since} to {@code upto}, both included, to {@code each}: all
   * pages, or trouble after some of them. One page is held in memory at a time. An entry that moves
   * to another page meanwhile may be shown twice or not at all.
   *
   * @param each gets the whole JSON object, in the calling thread
   */
  void entries(LocalDate since, LocalDate upto, Consumer<JsonNode> each)
      throws ServiceTrouble, InterruptedException;
}
