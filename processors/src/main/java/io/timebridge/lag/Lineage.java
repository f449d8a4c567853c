package io.timebridge.lag;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which shards of a stream are still to be consumed, and which of them wait for those that they
 * were made of. KCL deletes the lease of a shard that is done once the shards made of it are being
 * consumed; the stream lists it until its last record is too old to be kept. Immutable.
 */
public final class Lineage {
  private final Map<String, StreamShard> listed = new HashMap<>();
  private final Map<String, Lease> leases = new HashMap<>();
  private final Map<String, Set<String>> children = new HashMap<>();

  public Lineage(List<StreamShard> shards, List<Lease> leases) {
    for (StreamShard shard : shards) {
      listed.put(shard.shard(), shard);
      for (String parent : shard.parents()) {
        children.computeIfAbsent(parent, p -> new TreeSet<>()).add(shard.shard());
      }
    }
    leases.forEach(lease -> this.leases.put(lease.shard(), lease));
  }

  /** What there is to say of a shard. */
  public enum Stage {
    /** Everything in it is done. */
    DONE,
    /** A shard that it was made of is not done. */
    WAITS,
    /** It is to be consumed. */
    DUE
  }

  /** The shards there is something to say of, by name. */
  public Map<String, Stage> stages() {
    Map<String, Stage> stages = new TreeMap<>();
    for (String shard : leases.keySet()) {
      stages.put(shard, stage(shard));
    }
    for (String shard : listed.keySet()) {
      if (!leases.containsKey(shard) && !isOver(shard)) {
        stages.put(shard, stage(shard));
      }
    }
    return stages;
  }

  private Stage stage(String shard) {
    Lease lease = leases.get(shard);
    if (lease != null && lease.isDone()) {
      return Stage.DONE;
    }
    StreamShard its = listed.get(shard);
    boolean waits = its != null && its.parents().stream().anyMatch(this::isUndone);
    return waits ? Stage.WAITS : Stage.DUE;
  }

  private boolean isUndone(String parent) {
    Lease lease = leases.get(parent);
    return lease != null ? !lease.isDone() : listed.containsKey(parent) && !isOver(parent);
  }

  /** Without a lease, and closed: done, when one that was made of it has, or had, a lease. */
  private boolean isOver(String shard) {
    StreamShard its = listed.get(shard);
    if (its == null || !its.closed()) {
      return false;
    }
    Deque<String> next = new ArrayDeque<>(children.getOrDefault(shard, Set.of()));
    Set<String> seen = new HashSet<>();
    while (!next.isEmpty()) {
      String descendant = next.remove();
      if (leases.containsKey(descendant)) {
        return true;
      }
      if (seen.add(descendant)) {
        next.addAll(children.getOrDefault(descendant, Set.of()));
      }
    }
    return false;
  }
}
