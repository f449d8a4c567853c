package io.timebridge.ingest.poller;

import io.timebridge.stream.JobEvent;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every job and client as last published: the table {@code Job_Data} in memory. Of what was
 * announced and not stored as published since, it is unknown which of the two consumers have seen
 * last. Not thread-safe: belongs to the thread of the ticks.
 */
final class Picture {
  private final Map<Long, Known.Client> clients = new HashMap<>();
  private final Map<Long, Known.Job> jobs = new HashMap<>();
  private final Map<String, Known> announced = new HashMap<>();

  Picture(Collection<JobStore.Row> rows) {
    for (JobStore.Row row : rows) {
      row.published().ifPresent(this::put);
      row.announced().ifPresent(this::announced);
    }
  }

  /** Published and stored: what was announced of it no longer counts. */
  void put(Known row) {
    switch (row) {
      case Known.Client c -> clients.put(c.id(), c);
      case Known.Job j -> jobs.put(j.id(), j);
    }
    announced.remove(row.key());
  }

  /** About to be published. */
  void announced(Known row) {
    announced.put(row.key(), row);
  }

  /** What is announced of that key; null where it is known what was published last. */
  @Nullable Known announced(String key) {
    return announced.get(key);
  }

  /** By id; unmodifiable. */
  Map<Long, Known.Client> clients() {
    return Collections.unmodifiableMap(clients);
  }

  /** By id, closed ones too; unmodifiable. */
  Map<Long, Known.Job> jobs() {
    return Collections.unmodifiableMap(jobs);
  }

  /** Jobs that were published as open, or may have been; in the order of their ids. */
  Map<Long, Known.Job> openJobs() {
    Map<Long, Known.Job> open = new TreeMap<>();
    for (Known row : announced.values()) {
      if (row instanceof Known.Job job) {
        open.put(job.id(), jobs.getOrDefault(job.id(), job));
      }
    }
    jobs.forEach((id, job) -> {
      if (job.open()) {
        open.put(id, job);
      }
    });
    return open;
  }

  boolean isOpen(long job) {
    Known.Job known = jobs.get(job);
    return (known != null && known.open()) || announced.get(JobEvent.jobKey(job)) != null;
  }
}
