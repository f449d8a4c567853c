package io.timebridge.replay;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.publish.Publisher;
import io.timebridge.publish.Publisher.Outcome;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.StreamName;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The publishing side of one run: in order, at most so fast, at most so far ahead of the workers,
 * and with its position written behind everything that Kinesis has acknowledged. Used by one
 * thread.
 *
 * @implNote {@code row} is what has been published; {@code chunk}, {@code counted} and {@code at}
 *     are what was read behind it. The row in the table is the former, never the latter.
 */
final class Republishing {
  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 3;
  private static final Duration SAVE_EVERY = Duration.ofSeconds(1);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final Replay.Parts parts;
  private final StreamName stream;
  private final ReplayStore store;
  private final Replay.Pacing pacing;
  private final Consumer<Progress> listener;
  private final Pace pace;
  private final Checkpoints checkpoints;
  private final Outstanding outstanding = new Outstanding();
  private final Map<String, ReplayRow.Sent> sent;
  private final int most;
  private final Map<String, String> at;
  private final Map<Verdict, Long> counted = new EnumMap<>(Verdict.class);
  private final Map<String, Window> lost;
  private final List<Envelope> chunk = new ArrayList<>();
  private ReplayRow row;
  private long savedAt;
  private double done;

  Republishing(
      Replay.Parts parts,
      StreamName stream,
      ReplayRow row,
      ReplayStore store,
      Replay.Pacing pacing,
      Consumer<Progress> listener) {
    this.parts = parts;
    this.stream = stream;
    this.row = row;
    this.store = store;
    this.pacing = pacing;
    this.listener = listener;
    this.pace = new Pace(pacing.perSecond(), parts.nanos());
    this.sent = new HashMap<>(row.sent());
    sent.forEach((shard, last) -> outstanding.published(shard, last.sequence()));
    this.checkpoints =
        new Checkpoints(
            parts.dynamoDb(),
            parts.names().application(stream),
            sent.keySet().stream()
                .filter(shard -> Objects.requireNonNull(sent.get(shard)).leased())
                .collect(Collectors.toSet()));
    this.most = Math.max(1, Math.min(pacing.perSecond() / 5, pacing.ahead()));
    this.at = new HashMap<>(row.positions());
    this.lost = new HashMap<>(row.lost());
    counted.putAll(row.counts());
    this.savedAt = parts.nanos().getAsLong();
  }

  /** An event, and what is to become of it. */
  void take(Candidate.Event event, Verdict verdict, double behind)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    if (verdict.isPublished()) {
      chunk.add(event.envelope());
    }
    skip(event.place(), verdict, behind);
  }

  void skip(Candidate.Place place, Verdict verdict, double behind)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    counted.merge(verdict, 1L, Long::sum);
    pass(place, behind);
  }

  void pass(Candidate.Place place, double behind)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    at.put(place.part(), place.at());
    still(behind);
  }

  /** What came to a shard then may be gone. */
  void lose(String shard, Window stretch, double behind)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    lost.merge(shard, stretch, Window::with);
    still(behind);
  }

  /** Nothing has come, and it is read on: the hold is renewed, and a stop is heard. */
  void still(double behind) throws StoreTrouble, ReplayStopped, InterruptedException {
    done = behind;
    if (chunk.size() >= most || saveIsDue() || pacing.stop().getAsBoolean()) {
      flush();
    }
    tell(Progress.Waiting.NOT);
  }

  /** What follows is read only when the workers have handled what was published. */
  void settle() throws StoreTrouble, ReplayStopped, InterruptedException {
    flush();
    awaitAtMost(0);
  }

  /** All was read. */
  Report end() throws StoreTrouble, ReplayStopped, InterruptedException {
    flush();
    if (pacing.awaitsEnd()) {
      awaitAtMost(0);
    }
    if (!store.end(row)) {
      throw taken();
    }
    return new Report(
        Report.State.DONE, row.window(), row.counts(), row.lost(), outstanding.count());
  }

  private void flush() throws StoreTrouble, ReplayStopped, InterruptedException {
    if (!chunk.isEmpty()) {
      awaitAtMost(pacing.ahead() - chunk.size());
      pause(pace.before(chunk.size()));
      publish();
      lookForLeases();
      chunk.clear();
    }
    row = new ReplayRow(row.window(), at, sent, counted, lost, row.beganAt(), row.endedAt());
    if (saveIsDue()) {
      save();
    }
    stopWhenAsked();
  }

  /**
   * Until they are acknowledged, in the order of each key: from the first that was not on, all go
   * again. Some are there twice then, which the rules recognise.
   */
  private void publish() throws StoreTrouble, InterruptedException {
    List<Envelope> left = List.copyOf(chunk);
    String problem = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (Envelope envelope : left) {
        outcomes.add(parts.publisher().submit(stream, envelope, WITHIN));
      }
      int failed = left.size();
      for (int i = left.size() - 1; i >= 0; i--) {
        switch (outcome(outcomes.get(i))) {
          case Outcome.Acknowledged(String shard, String sequence) ->
              acknowledged(shard, new BigInteger(sequence));
          case Outcome.Failed(Publisher.Reason reason, String detail) -> {
            failed = i;
            problem = reason + ": " + detail;
          }
        }
      }
      if (failed == left.size()) {
        return;
      }
      left = left.subList(failed, left.size());
    }
    throw new StoreTrouble("publishing to " + stream.streamName() + ": " + problem, null);
  }

  private void acknowledged(String shard, BigInteger sequence) {
    outstanding.published(shard, sequence);
    sent.merge(
        shard,
        new ReplayRow.Sent(sequence, false),
        (before, now) ->
            new ReplayRow.Sent(before.sequence().max(now.sequence()), before.leased()));
  }

  private void lookForLeases() throws StoreTrouble, InterruptedException {
    for (Map.Entry<String, ReplayRow.Sent> shard : sent.entrySet()) {
      if (!shard.getValue().leased() && checkpoints.isLeased(shard.getKey())) {
        shard.setValue(new ReplayRow.Sent(shard.getValue().sequence(), true));
      }
    }
  }

  private static Outcome outcome(CompletableFuture<Outcome> outcome) throws InterruptedException {
    try {
      return outcome.get();
    } catch (ExecutionException defect) {
      throw new IllegalStateException("an outcome is never exceptional", defect.getCause());
    }
  }

  /** Waits until the workers have finished all but so many of what was published. */
  private void awaitAtMost(int left) throws StoreTrouble, ReplayStopped, InterruptedException {
    int allowed = Math.max(0, left);
    if (outstanding.count() > allowed) {
      checkpoints.settle(outstanding);
    }
    while (outstanding.count() > allowed) {
      tell(Progress.Waiting.WORKERS);
      pause(LOOK_EVERY);
      checkpoints.settle(outstanding);
    }
  }

  private void pause(Duration time) throws StoreTrouble, ReplayStopped, InterruptedException {
    long until = parts.nanos().getAsLong() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = until - parts.nanos().getAsLong()) {
      stopWhenAsked();
      if (saveIsDue()) {
        save();
      }
      parts.sleeper().sleep(Duration.ofNanos(Math.min(left, LOOK_EVERY.toNanos())));
    }
  }

  private void stopWhenAsked() throws StoreTrouble, ReplayStopped, InterruptedException {
    if (pacing.stop().getAsBoolean()) {
      save();
      throw new ReplayStopped(ReplayStopped.Why.ASKED, "stopped before its end");
    }
  }

  private boolean saveIsDue() {
    return parts.nanos().getAsLong() - savedAt >= SAVE_EVERY.toNanos();
  }

  private void save() throws StoreTrouble, ReplayStopped, InterruptedException {
    if (!store.save(row)) {
      throw taken();
    }
    savedAt = parts.nanos().getAsLong();
  }

  private static ReplayStopped taken() {
    return new ReplayStopped(ReplayStopped.Why.OTHERS, "another run of this replay has taken over");
  }

  private void tell(Progress.Waiting waiting) {
    Report soFar = new Report(Report.State.DONE, row.window(), counted, Map.of(), 0);
    listener.accept(
        new Progress(soFar.read(), soFar.published(), done, outstanding.count(), waiting));
  }
}
