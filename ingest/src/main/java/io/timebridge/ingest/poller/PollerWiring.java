package io.timebridge.ingest.poller;

import io.timebridge.publish.Publisher;
import io.timebridge.services.second.SecondService;
import java.util.function.UnaryOperator;

/**
 * What may be put around the parts of a poller before they are used, so that a test sees and spoils
 * every step from outside and the product holds no hook of its own. Called once per part, while the
 * poller starts.
 *
 * @param second around what it lists
 * @param publisher around what it publishes with
 * @param store around what it remembers
 */
public record PollerWiring(
    UnaryOperator<SecondService> second,
    UnaryOperator<Publisher> publisher,
    UnaryOperator<JobStore> store) {

  /** Nothing around anything. */
  public static PollerWiring plain() {
    return new PollerWiring(
        UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity());
  }
}
