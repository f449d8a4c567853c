package io.timebridge.publish;

import io.timebridge.publish.Publisher.Outcome;
import io.timebridge.publish.Publisher.Reason;
import io.timebridge.publish.StreamQueue.Decided;
import io.timebridge.publish.StreamQueue.Next;
import io.timebridge.publish.StreamQueue.Pending;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one stream's queue by a few virtual threads, one call each.
 *
 * @implNote {@code lock} guards every field that is not final, and the queue. No call is made and
 *     no future is completed while it is held, so callers' continuations cannot deadlock with it.
 *     Senders wait on {@code changed}, which is signalled by: a record offered, a batch settled (a
 *     key may have become free, a lingering batch may go), closing. A sender ends only when closing
 *     and the queue is empty, or aborted; hence every accepted record is decided by a sender or by
 *     {@link #close}.
 */
final class StreamSender {
  private static final Logger LOG = LoggerFactory.getLogger(StreamSender.class);

  private final StreamName name;
  private final String stream;
  private final KinesisCall call;
  private final LongSupplier nanos;
  private final PublishListener listener;
  private final StreamQueue queue;
  private final List<Thread> threads = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closing;
  private boolean aborted;
  private boolean failing;
  private @Nullable Long lastGoodNanos;

  StreamSender(
      StreamName name,
      String stream,
      KinesisCall call,
      StreamQueue queue,
      int parallel,
      LongSupplier nanos,
      PublishListener listener) {
    this.name = name;
    this.listener = listener;
    this.stream = stream;
    this.call = call;
    this.queue = queue;
    this.nanos = nanos;
    for (int i = 0; i < parallel; i++) {
      threads.add(Thread.ofVirtual().name("publish-" + stream + "-" + i).start(this::run));
    }
  }

  CompletableFuture<Outcome> submit(String key, byte[] data, Duration within) {
    long now = nanos.getAsLong();
    Pending record = new Pending(key, data, now + within.toNanos());
    lock.lock();
    try {
      if (closing) {
        return refused(Reason.CLOSED, "stopping");
      }
      if (!queue.offer(record, now)) {
        return refused(Reason.FULL, "too much waits for stream " + stream);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
    return record.outcome;
  }

  static CompletableFuture<Outcome> refused(Reason reason, String detail) {
    return CompletableFuture.completedFuture(new Outcome.Failed(reason, detail));
  }

  /** Whether Kinesis has stored something of this stream within {@code recent}. */
  boolean storedWithin(Duration recent) {
    lock.lock();
    try {
      return lastGoodNanos != null && nanos.getAsLong() - lastGoodNanos <= recent.toNanos();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (List<Pending> batch = await(); !batch.isEmpty(); batch = await()) {
        send(batch);
      }
    } catch (InterruptedException aborting) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next batch; empty when there will be none. */
  private List<Pending> await() throws InterruptedException {
    while (true) {
      List<Decided> expired = new ArrayList<>();
      List<Pending> batch = List.of();
      boolean over = false;
      lock.lock();
      try {
        if (aborted) {
          return batch;
        }
        switch (queue.next(nanos.getAsLong(), expired)) {
          case Next.Send send -> batch = send.batch();
          case Next.Wait wait -> {
            over = closing && queue.isEmpty();
            if (!over && expired.isEmpty()) {
              awaitChange(wait.nanos());
            }
          }
        }
        if (over || !batch.isEmpty()) {
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
      expired.forEach(Decided::tell);
      if (over || !batch.isEmpty()) {
        return batch;
      }
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller's loop decides anew after every return
  private void awaitChange(long waitNanos) throws InterruptedException {
    if (waitNanos == Long.MAX_VALUE) {
      changed.await();
    } else {
      changed.awaitNanos(waitNanos);
    }
  }

  private void send(List<Pending> batch) {
    long began = nanos.getAsLong();
    List<KinesisCall.Answer> answers = List.of();
    String problem = "Kinesis gave no answer for every record";
    try {
      answers =
          call.put(stream, batch.stream().map(p -> new KinesisCall.Entry(p.key, p.data)).toList());
    } catch (RuntimeException noAnswer) { // whatever it was: the records may be stored, try again
      problem = noAnswer.getClass().getSimpleName() + ": " + noAnswer.getMessage();
    }
    int stored = (int) answers.stream().filter(KinesisCall.Answer.Stored.class::isInstance).count();
    boolean good = stored > 0;
    tell(batch, answers, stored, began);
    List<Decided> decided;
    boolean turned;
    lock.lock();
    try {
      long now = nanos.getAsLong();
      decided = queue.settle(batch, answers, problem, now);
      if (good) {
        lastGoodNanos = now;
      }
      turned = failing == good;
      failing = !good;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    decided.forEach(Decided::tell);
    if (turned && good) {
      LOG.info("kinesis stores again stream={}", stream);
    } else if (turned) {
      LOG.warn(
          "kinesis stores nothing stream={} records={} problem={}", stream, batch.size(), problem);
    }
  }

  private void tell(List<Pending> batch, List<KinesisCall.Answer> answers, int stored, long began) {
    boolean usable = answers.size() == batch.size();
    listener.sent(
        name,
        usable ? stored : 0,
        usable ? batch.size() - stored : 0,
        usable ? 0 : batch.size(),
        nanos.getAsLong() - began);
  }

  /** Stops accepting; what was accepted goes on being sent. */
  void stopAccepting() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Stops accepting, sends what was accepted; gives up after {@code within}. */
  void close(Duration within) {
    stopAccepting();
    boolean interrupted = !joinAll(nanos.getAsLong() + within.toNanos());
    List<Decided> left;
    lock.lock();
    try {
      aborted = true;
      left = queue.abandon();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    threads.forEach(Thread::interrupt);
    left.forEach(Decided::tell);
    if (!left.isEmpty()) {
      LOG.warn("stopped with records unacknowledged stream={} records={}", stream, left.size());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean joinAll(long untilNanos) {
    try {
      for (Thread thread : threads) {
        long left = Math.max(1, untilNanos - nanos.getAsLong());
        if (!thread.join(Duration.ofNanos(left))) {
          return true;
        }
      }
      return true;
    } catch (InterruptedException hurry) {
      return false;
    }
  }
}
