package io.timebridge.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** Kinesis as a log in memory; what a call does can be scripted, one step per call. */
final class ScriptedKinesis implements KinesisCall {
  /** What one call does. */
  interface Step {
    List<Answer> run(ScriptedKinesis kinesis, List<Entry> entries) throws InterruptedException;
  }

  static final Step STORE_ALL = ScriptedKinesis::store;

  /** Stores everything and loses the answer. */
  static final Step LOSE_ANSWER =
      (kinesis, entries) -> {
        kinesis.store(entries);
        throw new IllegalStateException("connection reset");
      };

  /** Stores nothing and fails. */
  static final Step FAIL =
      (kinesis, entries) -> {
        throw new IllegalStateException("503");
      };

  static final Step THROTTLE_ALL =
      (kinesis, entries) ->
          entries.stream()
              .<Answer>map(e -> new Answer.Refused("ProvisionedThroughputExceededException"))
              .toList();

  final ConcurrentLinkedDeque<Step> steps = new ConcurrentLinkedDeque<>();
  final AtomicInteger probes = new AtomicInteger();
  final AtomicBoolean probeFails = new AtomicBoolean();
  final AtomicBoolean closed = new AtomicBoolean();
  volatile Step otherwise = STORE_ALL;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Entry> log = new ArrayList<>();
  private final List<Integer> batchSizes = new ArrayList<>();

  @Override
  public List<Answer> put(String stream, List<Entry> entries) {
    lock.lock();
    try {
      batchSizes.add(entries.size());
    } finally {
      lock.unlock();
    }
    Step step = steps.poll();
    try {
      return (step == null ? otherwise : step).run(this, entries);
    } catch (InterruptedException aborted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("aborted", aborted);
    }
  }

  List<Answer> store(List<Entry> entries) {
    return entries.stream().map(this::storeOne).toList();
  }

  Answer storeOne(Entry entry) {
    lock.lock();
    try {
      log.add(entry);
      return new Answer.Stored("shard-0", Integer.toString(log.size() - 1));
    } finally {
      lock.unlock();
    }
  }

  List<Entry> log() {
    lock.lock();
    try {
      return List.copyOf(log);
    } finally {
      lock.unlock();
    }
  }

  List<Integer> batchSizes() {
    lock.lock();
    try {
      return List.copyOf(batchSizes);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void probe(String stream) {
    probes.incrementAndGet();
    if (probeFails.get()) {
      throw new IllegalStateException("no answer");
    }
  }

  @Override
  public void close() {
    closed.set(true);
  }
}
