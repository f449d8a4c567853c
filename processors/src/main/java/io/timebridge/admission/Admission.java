package io.timebridge.admission;

import io.timebridge.ordering.Folding;
import io.timebridge.ordering.Handler;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.worker.CheckpointListener;
import io.timebridge.worker.KclApplication;

/**
 * Decides which records of a stream may be applied: those that can be read, that belong there, and
 * that the guard does not refuse. The others go to the quarantine, in their key's order, and stop
 * nothing.
 */
public final class Admission {
  private final StreamName stream;
  private final RecordGuard guard;
  private final Quarantine quarantine;

  public Admission(StreamName stream, RecordGuard guard, Quarantine quarantine) {
    this.stream = stream;
    this.guard = guard;
    this.quarantine = quarantine;
  }

  /** The work of an application whose handler sees only what may be applied. */
  public KclApplication.Work<Delivery> work(
      Handler<StreamRecord> handler,
      Folding<StreamRecord> folding,
      CheckpointListener checkpoints) {
    RecordReader reader = new RecordReader(stream, guard);
    DeliveryHandler admitted = new DeliveryHandler(handler, folding, quarantine);
    return new KclApplication.Work<>(
        raw ->
            reader.read(
                new StreamPosition(stream, raw.shard(), raw.sequence(), raw.partitionKey()),
                raw.data()),
        admitted,
        admitted,
        checkpoints);
  }
}
