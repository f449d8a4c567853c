package io.timebridge.local.simulated;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One shard of the stream: its records, and its lease with the checkpoint. */
final class Shard {
  private final String name;
  private final List<StreamRecord> log = new ArrayList<>();
  private long lease;
  private @Nullable SimulatedWorker owner;
  private long renewedAt;
  private BigInteger checkpoint = BigInteger.ZERO;

  Shard(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void append(Route route, String key, String body) {
    Envelope envelope =
        new Envelope(
            "e" + log.size(),
            route == Route.VERIFY ? Envelope.Source.TIMEBRIDGE : Envelope.Source.FIRST_SERVICE,
            route,
            key,
            Instant.EPOCH,
            Map.of(),
            body.getBytes(StandardCharsets.UTF_8),
            null);
    log.add(new StreamRecord(name, BigInteger.valueOf(log.size() + 1L), envelope));
  }

  List<StreamRecord> log() {
    return log;
  }

  /** A new owner, from the checkpoint on. */
  void leaseTo(SimulatedWorker worker, long now) {
    lease++;
    owner = worker;
    renewedAt = now;
  }

  long lease() {
    return lease;
  }

  @Nullable SimulatedWorker owner() {
    return owner;
  }

  long renewedAt() {
    return renewedAt;
  }

  void renew(long now) {
    renewedAt = now;
  }

  BigInteger checkpoint() {
    return checkpoint;
  }

  /** False when the lease is somebody else's by now. */
  boolean checkpoint(long ofLease, BigInteger position) {
    if (ofLease != lease) {
      return false;
    }
    checkpoint = checkpoint.max(position);
    return true;
  }

  boolean isDone() {
    return checkpoint.intValueExact() == log.size();
  }
}
