package io.timebridge.local.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The workers and who holds which shard: dead ones are started again, leases of silent ones go to
 * others, and now and then one is taken from a worker that lives and does not know yet.
 */
final class Fleet {
  private static final Duration LOOK = Duration.ofMillis(400);
  private static final Duration FAILOVER = Duration.ofSeconds(2);

  private final Kernel kernel;
  private final List<Shard> shards;
  private final Function<Host, SimulatedWorker> maker;
  private final List<SimulatedWorker> workers = new ArrayList<>();
  private int started;
  private int steals;

  /**
   * @param steals leases taken from living workers, at most
   */
  Fleet(
      Kernel kernel,
      List<Shard> shards,
      int size,
      int steals,
      Function<Host, SimulatedWorker> maker) {
    this.kernel = kernel;
    this.shards = shards;
    this.steals = steals;
    this.maker = maker;
    for (int i = 0; i < size; i++) {
      workers.add(start());
    }
    look();
  }

  private SimulatedWorker start() {
    int index = started++;
    return maker.apply(new Host(kernel, "w" + index, index));
  }

  private void look() {
    for (int i = 0; i < workers.size(); i++) {
      if (workers.get(i).host().isDead() && kernel.chance(0.3)) {
        workers.set(i, start());
      }
    }
    for (Shard shard : shards) {
      SimulatedWorker owner = shard.owner();
      boolean silent = kernel.now() - shard.renewedAt() > FAILOVER.toNanos();
      if (owner == null || (silent && !owner.host().isUp())) {
        give(shard);
      } else if (steals > 0 && kernel.chance(0.02)) {
        steals--;
        give(shard);
      }
    }
    kernel.after(LOOK, this::look);
  }

  /** Whether a worker is frozen, which may still have something to say when it wakes. */
  boolean hasFrozen() {
    return workers.stream().anyMatch(worker -> worker.host().isFrozen());
  }

  private void give(Shard shard) {
    List<SimulatedWorker> up = workers.stream().filter(w -> w.host().isUp()).toList();
    if (!up.isEmpty()) {
      SimulatedWorker worker = up.get(kernel.random().nextInt(up.size()));
      shard.leaseTo(worker, kernel.now());
      worker.take(shard);
    }
  }
}
