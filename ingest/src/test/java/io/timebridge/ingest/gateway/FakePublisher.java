package io.timebridge.ingest.gateway;

import io.timebridge.publish.Publisher;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Keeps what it is given, and answers as told. */
final class FakePublisher implements Publisher {
  /** One submitted envelope. */
  record Submitted(StreamName stream, Envelope envelope) {}

  final List<Submitted> submitted = new CopyOnWriteArrayList<>();
  final AtomicBoolean reachable = new AtomicBoolean(true);
  volatile Supplier<CompletableFuture<Outcome>> answer =
      () -> CompletableFuture.completedFuture(new Outcome.Acknowledged("shard-0", "1"));

  @Override
  public CompletableFuture<Outcome> submit(StreamName stream, Envelope envelope, Duration within) {
    submitted.add(new Submitted(stream, envelope));
    return answer.get();
  }

  @Override
  public boolean reachable() {
    return reachable.get();
  }

  @Override
  public void close() {}
}
