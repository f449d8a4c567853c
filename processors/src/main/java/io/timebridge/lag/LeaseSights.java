package io.timebridge.lag;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Tells leases that are renewed from those of dead workers, as KCL does: by a counter that stands
 * still, on this process's own monotonic clock; no clocks are compared. Time counts from look to
 * look: one in which nobody looked at the leases tells nothing. Used by one thread.
 */
public final class LeaseSights {
  private final Map<String, Sight> sights = new HashMap<>();
  private final Duration dead;
  private long seenNanos;

  /**
   * @param owner empty = none
   * @param changes whether it was seen to come to be as it is
   */
  private record Sight(Optional<String> owner, long counter, long sinceNanos, boolean changes) {
    boolean is(Optional<Lease> lease) {
      return owner.equals(lease.flatMap(Lease::owner)) && counter == counterOf(lease);
    }
  }

  /** Of shards without a lease: -1. */
  private static long counterOf(Optional<Lease> lease) {
    return lease.map(Lease::counter).orElse(-1L);
  }

  /**
   * @param failover KCL's failover time; a second more is granted
   */
  public LeaseSights(Duration failover) {
    this.dead = failover.plusSeconds(1);
  }

  /**
   * A look at what is due. Where this process stood still between the two times, nothing is known
   * of when the leases were as they are: silence counts from the end of one look to the beginning
   * of another.
   *
   * @param due by shard, with its lease if it has one
   * @param began when the leases were about to be read
   * @param ended when they had been read
   */
  public void see(Map<String, Optional<Lease>> due, long began, long ended) {
    seenNanos = began;
    sights.keySet().retainAll(due.keySet());
    due.forEach((shard, lease) -> {
      Sight before = sights.get(shard);
      if (before == null || !before.is(lease)) {
        sights.put(
            shard, new Sight(lease.flatMap(Lease::owner), counterOf(lease), ended, before != null));
      }
    });
  }

  /** Whether enough was seen to say of every shard whether its owner lives. */
  public boolean isSettled() {
    return sights.values().stream()
        .allMatch(s -> (s.owner().isPresent() && s.changes()) || age(s).compareTo(dead) >= 0);
  }

  /** Whether somebody who lives has the shard; as far as has been seen, if not settled. */
  public boolean isOwned(String shard) {
    Sight sight = of(shard);
    return sight.owner().isPresent() && age(sight).compareTo(dead) < 0;
  }

  /** From its renewal to the last look, or at least. */
  public Figure<Duration> age(String shard) {
    Sight sight = of(shard);
    return sight.changes() ? Figure.measured(age(sight)) : Figure.atLeast(age(sight));
  }

  private Sight of(String shard) {
    return Objects.requireNonNull(sights.get(shard), shard);
  }

  private Duration age(Sight sight) {
    return Duration.ofNanos(Math.max(0, seenNanos - sight.sinceNanos()));
  }
}
