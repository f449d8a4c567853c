package io.timebridge.local.sim.first;

import tools.jackson.databind.node.ObjectNode;

/** What became of a create or update through the API. */
sealed interface Saved {
  record Done(ObjectNode json) implements Saved {}

  /** {@code errors} holds, for each field, what is wrong with it. */
  record Invalid(ObjectNode errors) implements Saved {}

  record Missing() implements Saved {}
}
