package io.timebridge.ingest.poller;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * Every job and client as last published: the table {@code Job_Data} in memory. Not thread-safe:
 * belongs to the thread of the ticks.
 */
final class Picture {
  private final Map<Long, Known.Client> clients = new HashMap<>();
  private final Map<Long, Known.Job> jobs = new HashMap<>();

  Picture(Collection<Known> rows) {
    rows.forEach(this::put);
  }

  void put(Known row) {
    switch (row) {
      case Known.Client c -> clients.put(c.id(), c);
      case Known.Job j -> jobs.put(j.id(), j);
    }
  }

  /** By id; unmodifiable. */
  Map<Long, Known.Client> clients() {
    return Collections.unmodifiableMap(clients);
  }

  /** By id, closed ones too; unmodifiable. */
  Map<Long, Known.Job> jobs() {
    return Collections.unmodifiableMap(jobs);
  }

  boolean isOpen(long job) {
    Known.Job known = jobs.get(job);
    return known != null && known.open();
  }
}
