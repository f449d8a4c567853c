package io.timebridge.local.kinesis;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The shards of a stream at one moment. Immutable, though a shard in it may be closed later.
 *
 * @implNote Invariant: the ranges of {@code open} cover the hash space once, in order.
 */
final class Topology {

  private final NavigableMap<Integer, Shard> shards;
  private final List<Shard> open;

  private Topology(NavigableMap<Integer, Shard> shards) {
    this.shards = shards;
    this.open =
        shards.values().stream()
            .filter(Shard::isOpen)
            .sorted(Comparator.comparing(shard -> shard.range().start()))
            .toList();
  }

  static Topology of(Collection<Shard> shards) {
    TreeMap<Integer, Shard> byIndex = new TreeMap<>();
    shards.forEach(shard -> byIndex.put(shard.index(), shard));
    return new Topology(byIndex);
  }

  Topology with(Collection<Shard> more) {
    TreeMap<Integer, Shard> byIndex = new TreeMap<>(shards);
    more.forEach(shard -> byIndex.put(shard.index(), shard));
    return new Topology(byIndex);
  }

  Topology without(Predicate<Shard> gone) {
    TreeMap<Integer, Shard> byIndex = new TreeMap<>(shards);
    byIndex.values().removeIf(gone);
    return new Topology(byIndex);
  }

  /** The open shard that owns a hash. */
  Shard route(BigInteger hash) {
    int low = 0;
    int high = open.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (open.get(middle).range().start().compareTo(hash) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return open.get(low);
  }

  Optional<Shard> shard(int index) {
    return Optional.ofNullable(shards.get(index));
  }

  /** Every shard, by index: parents always before their children. */
  List<Shard> all() {
    return List.copyOf(shards.values());
  }

  /** The open shards, by hash range. */
  List<Shard> open() {
    return open;
  }

  List<Shard> childrenOf(int parent) {
    return shards.tailMap(parent, false).values().stream()
        .filter(shard -> shard.parents().contains(parent))
        .toList();
  }
}
