package io.timebridge.local.sim.second;

/** What became of an add, update or delete. */
sealed interface Result {
  record Done(long id) implements Result {}

  record Refused(Problem problem) implements Result {}
}
