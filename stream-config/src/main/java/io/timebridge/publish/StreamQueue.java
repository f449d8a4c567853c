package io.timebridge.publish;

import io.timebridge.publish.Publisher.Outcome;
import io.timebridge.publish.Publisher.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * What waits for one stream, and what may go out next: plain logic without threads or clocks.
 *
 * @implNote Invariants. (1) A record is undecided from {@link #offer} until it is handed back in a
 *     {@link Decided}, exactly once. (2) Undecided records of a key form a queue; only its head may
 *     be in a batch or wait for a retry, so a key has at most one record in flight and a later
 *     record never passes an earlier one. (3) A key is in exactly one of: {@code ready}, {@code
 *     delayed}, in flight. (4) {@code records} and {@code bytes} count the undecided. Not
 *     thread-safe: {@link StreamSender} holds its lock around every call.
 */
final class StreamQueue {
  /** An undecided record. {@code attempts} and {@code problem} belong to the queue. */
  static final class Pending {
    final String key;
    final byte[] data;
    final long deadlineNanos;
    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private int attempts;
    private String problem = "not sent in time";

    Pending(String key, byte[] data, long deadlineNanos) {
      this.key = key;
      this.data = data;
      this.deadlineNanos = deadlineNanos;
    }

    private int size() {
      return data.length + key.length();
    }
  }

  /** A record with its end. The caller completes the future, outside any lock. */
  record Decided(Pending record, Outcome outcome) {
    void tell() {
      record.outcome.complete(outcome);
    }
  }

  /** What to do now. */
  sealed interface Next {
    /** Send these: at most one per key. */
    record Send(List<Pending> batch) implements Next {}

    /** Nothing to send before this many nanoseconds have passed or something changes. */
    record Wait(long nanos) implements Next {}
  }

  private record Delayed(long atNanos, String key) {}

  private final Limits limits;
  private final RandomGenerator jitter;
  private final Map<String, ArrayDeque<Pending>> byKey = new HashMap<>();
  private final ArrayDeque<String> ready = new ArrayDeque<>();
  private final PriorityQueue<Delayed> delayed =
      new PriorityQueue<>(Comparator.comparingLong(Delayed::atNanos));
  private long readySinceNanos;
  private int records;
  private long bytes;
  private int batchesInFlight;

  StreamQueue(Limits limits, RandomGenerator jitter) {
    this.limits = limits;
    this.jitter = jitter;
  }

  /** Takes a record in, unless too much waits already. */
  boolean offer(Pending record, long now) {
    if (records >= limits.queuedRecords() || bytes + record.size() > limits.queuedBytes()) {
      return false;
    }
    records++;
    bytes += record.size();
    ArrayDeque<Pending> queue = byKey.get(record.key);
    if (queue == null) {
      queue = new ArrayDeque<>(2);
      byKey.put(record.key, queue);
      makeReady(record.key, now);
    }
    queue.addLast(record);
    return true;
  }

  boolean isEmpty() {
    return records == 0;
  }

  /**
   * Decides what to do now. A batch goes out at once when none is in flight; else it lingers a
   * little to fill up.
   *
   * @param expired receives the records whose deadline has passed
   */
  Next next(long now, List<Decided> expired) {
    while (!delayed.isEmpty() && delayed.peek().atNanos() - now <= 0) {
      makeReady(delayed.remove().key(), now);
    }
    if (ready.isEmpty()) {
      return new Next.Wait(delayed.isEmpty() ? Long.MAX_VALUE : delayed.peek().atNanos() - now);
    }
    long lingerEnds = readySinceNanos + limits.linger().toNanos();
    if (batchesInFlight > 0 && ready.size() < limits.batchRecords() && lingerEnds - now > 0) {
      return new Next.Wait(lingerEnds - now);
    }
    List<Pending> batch = fill(now, expired);
    if (batch.isEmpty()) {
      return next(now, expired);
    }
    batchesInFlight++;
    return new Next.Send(batch);
  }

  private List<Pending> fill(long now, List<Decided> expired) {
    List<Pending> batch = new ArrayList<>();
    long size = 0;
    while (!ready.isEmpty() && batch.size() < limits.batchRecords()) {
      Pending head = head(ready.element());
      if (head.deadlineNanos - now <= 0) {
        ready.remove();
        expired.add(decide(head, late(head), now));
        continue;
      }
      size += head.size();
      if (size > limits.batchBytes()) {
        break;
      }
      ready.remove();
      batch.add(head);
    }
    readySinceNanos = now;
    return batch;
  }

  /**
   * Takes the answers to a batch back.
   *
   * @param answers one per record, or empty when no answer came: then nothing is known, and all of
   *     the batch is sent again
   * @param problem what to tell when there is no time for another attempt
   */
  List<Decided> settle(
      List<Pending> batch, List<KinesisCall.Answer> answers, String problem, long now) {
    batchesInFlight--;
    List<Decided> decided = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Pending record = batch.get(i);
      if (answers.size() != batch.size()) {
        retry(record, problem, now, decided);
        continue;
      }
      switch (answers.get(i)) {
        case KinesisCall.Answer.Stored s ->
            decided.add(
                decide(record, new Outcome.Acknowledged(s.shardId(), s.sequenceNumber()), now));
        case KinesisCall.Answer.Refused r -> retry(record, r.code(), now, decided);
      }
    }
    return decided;
  }

  private void retry(Pending record, String problem, long now, List<Decided> decided) {
    record.attempts++;
    record.problem = problem;
    long at = now + backoffNanos(record.attempts);
    if (record.deadlineNanos - at <= 0) {
      decided.add(decide(record, late(record), now));
    } else {
      delayed.add(new Delayed(at, record.key));
    }
  }

  private long backoffNanos(int attempt) {
    long ceiling =
        Math.min(
            limits.backoffMax().toNanos(),
            limits.backoffBase().toNanos() << Math.min(attempt - 1, 20));
    return ceiling / 2 + jitter.nextLong(ceiling / 2 + 1);
  }

  /** Gives up everything that is not in flight. For a stop that has run out of time. */
  List<Decided> abandon() {
    List<Decided> decided = new ArrayList<>();
    byKey
        .values()
        .forEach(queue ->
            queue.forEach(record ->
                decided.add(
                    new Decided(
                        record,
                        new Outcome.Failed(Reason.CLOSED, "stopped before Kinesis answered")))));
    byKey.clear();
    ready.clear();
    delayed.clear();
    records = 0;
    bytes = 0;
    return decided;
  }

  private Decided decide(Pending head, Outcome outcome, long now) {
    ArrayDeque<Pending> queue = byKey.get(head.key);
    if (queue != null && queue.peek() == head) { // not there any more after abandon()
      queue.remove();
      records--;
      bytes -= head.size();
      if (queue.isEmpty()) {
        byKey.remove(head.key);
      } else {
        makeReady(head.key, now);
      }
    }
    return new Decided(head, outcome);
  }

  private Pending head(String key) {
    ArrayDeque<Pending> queue = byKey.get(key);
    if (queue == null) {
      throw new IllegalStateException("a ready key has no record");
    }
    return queue.element();
  }

  private void makeReady(String key, long now) {
    if (ready.isEmpty()) {
      readySinceNanos = now;
    }
    ready.addLast(key);
  }

  private static Outcome late(Pending record) {
    return new Outcome.Failed(
        record.attempts == 0 ? Reason.TIMED_OUT : Reason.KINESIS,
        record.problem + " (attempts: " + record.attempts + ")");
  }
}
