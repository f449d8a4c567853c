package io.timebridge.bench.takeover;

import io.timebridge.bench.process.Child;
import io.timebridge.bench.process.ChildFailed;
import io.timebridge.bench.scenario.Lease;
import io.timebridge.bench.scenario.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The worker processes of one run, by their id in the lease table. Used by one thread. */
final class Fleet implements AutoCloseable {
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);
  private static final long LOOKS_EVERY_MILLIS = 50;

  private final Stage stage;
  private final WorkerOrder order;
  private final Path logs;
  private final Map<String, Child> living = new LinkedHashMap<>();
  private int started;

  /**
   * @param logs folder for the workers' logs
   */
  Fleet(Stage stage, WorkerOrder order, Path logs) {
    this.stage = stage;
    this.order = order;
    this.logs = logs;
  }

  /**
   * Starts workers, all at once.
   *
   * @return their ids
   */
  List<String> start(int count) throws IOException, ChildFailed, InterruptedException {
    Map<String, Child> starting = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String name = order.application() + "-worker-" + ++started;
      Child child = Child.start(name, logs, "512m", WorkerMain.class);
      living.put(name, child); // closed with the others, whatever comes
      starting.put(name, child);
      child.order(order);
    }
    for (Map.Entry<String, Child> one : starting.entrySet()) {
      String id = one.getValue().await("ready", WorkerReady.class, STARTS_WITHIN).id();
      living.remove(one.getKey());
      living.put(id, one.getValue());
    }
    return List.copyOf(living.keySet()).subList(living.size() - count, living.size());
  }

  /** The living one that holds most leases of shards that have not ended. */
  String busiest() {
    Map<String, Long> held =
        leases().stream()
            .filter(lease -> !lease.ended())
            .flatMap(lease -> lease.owner().stream())
            .collect(Collectors.groupingBy(owner -> owner, Collectors.counting()));
    return living.keySet().stream()
        .max((a, b) -> Long.compare(held.getOrDefault(a, 0L), held.getOrDefault(b, 0L)))
        .orElseThrow();
  }

  /** Shards that this worker holds and that have not ended. */
  Set<String> shardsOf(String worker) {
    return leases().stream()
        .filter(lease -> lease.heldBy(worker) && !lease.ended())
        .map(Lease::shard)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Kills it with SIGKILL and returns when it is gone. */
  void kill(String worker) throws InterruptedException {
    Child child = living.remove(worker);
    if (child == null) {
      throw new IllegalArgumentException("no such worker: " + worker);
    }
    child.kill();
    child.close();
  }

  /** The ids of those that live. */
  List<String> living() {
    return List.copyOf(living.keySet());
  }

  List<Lease> leases() {
    return stage.leases(order.application());
  }

  /**
   * Looks at the leases until they are as wanted.
   *
   * @return false when they are not within that time
   */
  boolean awaitLeases(Predicate<List<Lease>> wanted, Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    while (!wanted.test(leases())) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOKS_EVERY_MILLIS);
    }
    return true;
  }

  @Override
  public void close() {
    living.values().forEach(Child::close);
  }
}
