package io.timebridge.ingest.poller;

import io.timebridge.publish.Publisher;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Acknowledges and keeps events; keys that fail and things to happen meanwhile can be set. */
final class RecordingPublisher implements Publisher {
  final List<Envelope> envelopes = new ArrayList<>();
  final Set<String> failing = new HashSet<>();
  Runnable before = () -> {};

  @Override
  public CompletableFuture<Outcome> submit(StreamName stream, Envelope envelope, Duration within) {
    before.run();
    if (stream != StreamName.JOB_EVENTS || !within.isPositive()) {
      throw new IllegalArgumentException(stream + " " + within);
    }
    if (failing.contains(envelope.key())) {
      return CompletableFuture.completedFuture(new Outcome.Failed(Reason.KINESIS, "throttled"));
    }
    envelopes.add(envelope);
    return CompletableFuture.completedFuture(
        new Outcome.Acknowledged("shard-0", Integer.toString(envelopes.size())));
  }

  List<JobEvent> events() {
    return envelopes.stream().map(e -> JobEvent.decode(e.body()).orElseThrow()).toList();
  }

  /** {@code key change}, since the last call. */
  List<String> taken() {
    List<String> taken = events().stream().map(e -> e.key() + " " + e.change()).toList();
    envelopes.clear();
    return taken;
  }

  @Override
  public boolean reachable() {
    return true;
  }

  @Override
  public void close() {}
}
