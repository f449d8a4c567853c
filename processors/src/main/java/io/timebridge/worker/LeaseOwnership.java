package io.timebridge.worker;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.Lease;

/** Ownership as KCL's lease coordinator holds it in memory; asking costs no call. */
final class LeaseOwnership implements Ownership {
  private final Supplier<Scheduler> scheduler;
  private volatile boolean stopping;

  /**
   * @param scheduler asked for only once it runs
   */
  LeaseOwnership(Supplier<Scheduler> scheduler) {
    this.scheduler = scheduler;
  }

  /** From now on every shard is {@link Standing#LEAVING}. */
  void stop() {
    stopping = true;
  }

  @Override
  public Standing standing(String shard) {
    Lease lease = held(shard);
    if (lease == null) {
      return Standing.LOST;
    }
    return stopping || lease.shutdownRequested() ? Standing.LEAVING : Standing.OURS;
  }

  @Override
  public void giveUp(String shard) {
    Lease lease = held(shard);
    if (lease != null) {
      scheduler.get().leaseCoordinator().dropLease(lease);
    }
  }

  private @Nullable Lease held(String shard) {
    return scheduler.get().leaseCoordinator().getCurrentlyHeldLease(shard);
  }
}
