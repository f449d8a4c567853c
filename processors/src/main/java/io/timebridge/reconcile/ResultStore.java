package io.timebridge.reconcile;

import io.timebridge.failure.StoreTrouble;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Keeps the last result, for whoever shows it. Thread-safe. */
public interface ResultStore {
  /**
   * Takes the place of the one before, unless that one ended later; one that cannot be read goes.
   */
  void keep(Result result) throws StoreTrouble, InterruptedException;

  /**
   * The last one, in the form of {@link ResultJson}; empty = there was none.
   *
   * @throws StoreTrouble also when it cannot be read
   */
  Optional<JsonNode> last() throws StoreTrouble, InterruptedException;
}
