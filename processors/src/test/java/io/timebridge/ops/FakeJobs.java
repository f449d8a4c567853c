package io.timebridge.ops;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Jobs that are always the same. */
record FakeJobs(List<Jobs.Row> rows) implements Jobs {
  @Override
  public Looked<List<Row>> list() {
    return new Looked<>(rows, FakeParked.NOW);
  }

  @Override
  public Optional<Poller> poller() {
    return Optional.of(
        new Poller("poller-1", 7, Instant.MAX, "3 clients, 5 jobs, 0 published", FakeParked.NOW));
  }
}
