package io.timebridge.local.simulated;

import io.timebridge.local.planted.Step;
import io.timebridge.ordering.Backoff;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.ShardLanes;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryFolding;
import java.math.BigInteger;
import java.time.Duration;

/**
 * One worker process: reads the shards it holds, feeds the product's own lanes, and checkpoints as
 * the product's record processor does. It learns of a lost lease only when it checkpoints or
 * renews.
 */
final class SimulatedWorker {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Host host;
  private final Kernel kernel;
  private final Strikes strikes;
  private final KeyLanes<StreamRecord> lanes;

  SimulatedWorker(Host host, Kernel kernel, Strikes strikes, Handler<StreamRecord> handler) {
    this(
        host,
        kernel,
        strikes,
        handler,
        new KeyLanes.Limits(6, 20, 1 << 20, 40, 1 << 20),
        new Backoff(Duration.ofMillis(100), Duration.ofSeconds(4), kernel.random()));
  }

  /** With other bounds and another backoff than those that bring lanes to their limits. */
  SimulatedWorker(
      Host host,
      Kernel kernel,
      Strikes strikes,
      Handler<StreamRecord> handler,
      KeyLanes.Limits limits,
      Backoff backoff) {
    this.host = host;
    this.kernel = kernel;
    this.strikes = strikes;
    this.lanes =
        new KeyLanes<>(handler, new EntryFolding(), limits, host::start, host, backoff, host);
  }

  Host host() {
    return host;
  }

  /** The shard's lease is this worker's. */
  void take(Shard shard) {
    long lease = shard.lease();
    BigInteger from = shard.checkpoint();
    host.trace(Trace.LEASE, lease);
    host.start(() -> {
      ShardLanes<StreamRecord> own = lanes.open(shard.name());
      try {
        consume(shard, lease, from.intValueExact(), own);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private void consume(Shard shard, long lease, int from, ShardLanes<StreamRecord> own)
      throws InterruptedException {
    int next = from;
    BigInteger written = shard.checkpoint();
    while (true) {
      host.pause(POLL);
      while (next < shard.log().size() && offer(shard.log().get(next), own)) {
        next++;
      }
      BigInteger position = own.position().orElse(written);
      if (position.compareTo(written) > 0) {
        host.pause(kernel.millis(1, 20));
        if (!shard.checkpoint(lease, position)) {
          own.halt();
          return;
        }
        written = position;
        host.trace(Trace.CHECKPOINT, position.longValueExact());
        strikes.at(Step.CHECKPOINTED, host);
      } else if (kernel.chance(0.3)) {
        if (shard.lease() != lease) {
          own.halt();
          return;
        }
        shard.renew(kernel.now());
      }
    }
  }

  private static boolean offer(StreamRecord record, ShardLanes<StreamRecord> own) {
    return own.offer(record.key(), record.sequence(), record.envelope().body().length, record)
        == ShardLanes.Offer.ACCEPTED;
  }
}
