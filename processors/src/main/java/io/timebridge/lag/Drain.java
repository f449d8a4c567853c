package io.timebridge.lag;

import java.time.Duration;

/** How long it takes until nothing is behind, when everything goes on as it does. */
public sealed interface Drain {
  /** Nothing is behind. */
  record Nothing() implements Drain {}

  /** So long. */
  record Within(Duration time) implements Drain {}

  /** No less arrives than is finished. */
  record Never() implements Drain {}

  /** Not known: no worker says how much it finishes, or nobody how much there is. */
  record Unknown() implements Drain {}
}
