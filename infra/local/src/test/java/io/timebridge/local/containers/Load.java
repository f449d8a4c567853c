package io.timebridge.local.containers;

import io.timebridge.local.sim.SimControl;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.system.SampleCompany;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A person who creates, edits and deletes entries at a steady pace, drawn from a seed, until told
 * to stop. Every version of an entry differs from every other, so that a judge can tell them apart.
 *
 * @implNote {@code lock} guards the collections and {@code random}.
 */
final class Load {
  private final SimControl first;
  private final SampleCompany company;
  private final Random random;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Long> live = new ArrayList<>();
  private final Map<Long, Integer> versions = new HashMap<>();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledFuture<?> acting;

  Load(SimControl first, SampleCompany company, long seed, Duration every) {
    this.first = first;
    this.company = company;
    this.random = new Random(seed);
    this.acting = thread.scheduleAtFixedRate(this::act, 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void act() {
    lock.lock();
    try {
      int die = random.nextInt(100);
      if (live.size() < 5 || die < 45) {
        create();
      } else if (die < 88) {
        edit(live.get(random.nextInt(live.size())));
      } else {
        delete(live.remove(random.nextInt(live.size())));
      }
    } finally {
      lock.unlock();
    }
  }

  private void create() {
    long id =
        first.post("/__sim/entries", company.entry(day(), 600, "by hand")).path("id").longValue();
    live.add(id);
    versions.put(id, 0);
  }

  private void edit(long id) {
    first.post(
        "/__sim/entries",
        Json.object()
            .put("op", "edit")
            .put("id", id)
            .put("day", day())
            .put("seconds", 600 + 60 * versions.merge(id, 1, Integer::sum)));
  }

  private void delete(long id) {
    first.post("/__sim/entries", Json.object().put("op", "delete").put("id", id));
  }

  private String day() {
    return "2026-07-%02d".formatted(1 + random.nextInt(28));
  }

  /** FirstService's ids of all entries so far. */
  Set<Long> entries() {
    lock.lock();
    try {
      return Set.copyOf(versions.keySet());
    } finally {
      lock.unlock();
    }
  }

  /** Ends it; throws what an action threw. */
  void stop() throws InterruptedException, ExecutionException {
    acting.cancel(false);
    thread.shutdown();
    if (!thread.awaitTermination(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("an action does not end");
    }
    try {
      acting.get();
    } catch (CancellationException asAsked) {
      return;
    }
  }

  /** Whether it still acts. */
  boolean goesOn() {
    return !acting.isDone();
  }
}
