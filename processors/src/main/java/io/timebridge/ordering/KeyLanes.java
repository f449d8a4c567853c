package io.timebridge.ordering;

import io.timebridge.ordering.LaneMachine.Attempt;
import io.timebridge.ordering.LaneMachine.Pause;
import io.timebridge.ordering.LaneMachine.Shard;
import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Handles the records of one or more shards: in order per key, many keys at once.
 *
 * <ul>
 *   <li>At most one record of a key is in flight, also when two shards carry the key (a shard lost
 *       and regained while its last record was still running).
 *   <li>At most {@link Limits#inFlight()} keys are in flight; records accepted and unfinished are
 *       bounded in number and bytes, per shard and in all. Keys are unbounded: a key without work
 *       costs nothing.
 *   <li>A record to be retried waits at the head of its key without occupying a place in flight; an
 *       exception of the handler is such a retry and is logged.
 *   <li>Where the {@link Folding} says so, records that wait behind each other are handled in one
 *       go, and are finished, or wait on, together.
 *   <li>Shards take turns, keys take turns: neither a full shard nor a busy key starves the others.
 * </ul>
 *
 * <p>Thread-safe. {@link #lock} guards {@link #machine}, {@link #running} and {@link
 * Attempt#runner}; it is the only lock, held for short, bounded steps (halting a shard walks the
 * lanes once), and neither the handler nor the executor nor the timers are called under it.
 *
 * @param <R> what is handled
 */
public final class KeyLanes<R> {
  private static final Logger LOG = LoggerFactory.getLogger(KeyLanes.class);

  /**
   * Bounds, all at least 1. How {@code held} and {@code heldBytes} are divided among the shards:
   * {@link Room}.
   *
   * @param inFlight keys handled at a time
   * @param heldPerShard records of one shard accepted and unfinished
   * @param heldBytesPerShard their bytes
   * @param held records of all shards; more by an eighth when shards come late
   * @param heldBytes their bytes; more by an eighth, and by one record per shard
   */
  public record Limits(
      int inFlight, int heldPerShard, long heldBytesPerShard, int held, long heldBytes) {
    Room records() {
      return new Room(heldPerShard, held);
    }

    Room bytes() {
      return new Room(heldBytesPerShard, heldBytes);
    }
  }

  private final Handler<R> handler;
  private final Folding<R> folding;
  private final Executor executor;
  private final Timers timers;
  private final Lock lock;

  /** Signalled when an attempt has ended or a shard has been halted. */
  private final Condition changed;

  private final LaneMachine<R> machine;
  private final Set<Attempt<R>> running = new HashSet<>();

  /**
   * @param executor runs one attempt per task, and never in the thread that hands it over
   * @param backoff used under the lanes' own lock
   */
  public KeyLanes(
      Handler<R> handler,
      Folding<R> folding,
      Limits limits,
      Executor executor,
      Timers timers,
      Backoff backoff,
      InstantSource clock) {
    this(
        handler,
        folding,
        executor,
        timers,
        new ReentrantLock(),
        new LaneMachine<>(limits.inFlight(), limits.records(), limits.bytes(), backoff, clock));
  }

  /**
   * @param lock guards {@code machine}; both are this object's alone
   */
  KeyLanes(
      Handler<R> handler,
      Folding<R> folding,
      Executor executor,
      Timers timers,
      Lock lock,
      LaneMachine<R> machine) {
    this.handler = handler;
    this.folding = folding;
    this.executor = executor;
    this.timers = timers;
    this.lock = lock;
    this.changed = lock.newCondition();
    this.machine = machine;
  }

  /**
   * Takes a shard.
   *
   * @param name for people
   */
  public ShardLanes<R> open(String name) {
    lock.lock();
    try {
      return new Owned(machine.open(name));
    } finally {
      lock.unlock();
    }
  }

  public LaneCounts counts() {
    return locked(machine::counts);
  }

  /** Of all shards, the record that has held its shard's position back for longest. */
  public Optional<Unfinished> oldestUnfinished() {
    lock.lock();
    try {
      return machine.shards().stream()
          .filter(shard -> !shard.halted())
          .flatMap(shard -> machine.oldest(shard).stream())
          .min(Comparator.comparing(Unfinished::acceptedAt));
    } finally {
      lock.unlock();
    }
  }

  /** Halts every shard and interrupts what still runs; an interrupted record stays unfinished. */
  public void interrupt() {
    lock.lock();
    try {
      machine.shards().forEach(machine::halt);
      changed.signalAll();
      for (Attempt<R> attempt : running) {
        if (attempt.runner != null) {
          attempt.runner.interrupt();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void start() {
    List<Attempt<R>> starts = new ArrayList<>();
    lock.lock();
    try {
      Optional<Attempt<R>> next = machine.next();
      while (next.isPresent()) {
        starts.add(next.get());
        running.add(next.get());
        next = machine.next();
      }
    } finally {
      lock.unlock();
    }
    for (Attempt<R> attempt : starts) {
      try {
        executor.execute(() -> run(attempt));
      } catch (RejectedExecutionException stopped) {
        finish(attempt, new Outcome.Retry("the executor takes no more work"));
      }
    }
  }

  private void run(Attempt<R> attempt) {
    // Stands when the handler ends in an Error, which is not caught.
    Outcome outcome = new Outcome.Retry("the handler ended in an error");
    try {
      List<R> records = fold(attempt, begin(attempt));
      outcome =
          records.isEmpty()
              ? new Outcome.Retry("not started: its shard has been halted")
              : Objects.requireNonNull(handler.handle(attempt.key(), records), "an outcome");
    } catch (InterruptedException stopped) {
      outcome = new Outcome.Retry("interrupted");
      Thread.currentThread().interrupt();
    } catch (Exception defect) {
      // The edge of the lane: whatever a handler throws must not lose the record or stop the lane.
      if (told(attempt)) {
        of(attempt, Level.ERROR)
            .setCause(defect)
            .log(
                "handler failed: key={} sequence={} attempt={}",
                attempt.key(),
                attempt.sequence(),
                attempt.number());
      }
      outcome = new Outcome.Retry("the handler failed: " + defect.getClass().getName());
    } finally {
      finish(attempt, outcome);
      start();
    }
  }

  /**
   * The record of the attempt, and those behind it that it might carry; none when the shard has
   * been halted between hand-over and start.
   */
  private List<R> begin(Attempt<R> attempt) {
    lock.lock();
    try {
      if (attempt.shard().halted()) {
        return List.of();
      }
      attempt.runner = Thread.currentThread();
      return machine.foldable(attempt);
    } finally {
      lock.unlock();
    }
  }

  /** Those the attempt carries; what they say is looked at outside of the lock. */
  private List<R> fold(Attempt<R> attempt, List<R> foldable) {
    if (foldable.size() < 2) {
      return foldable;
    }
    int leading = Objects.checkIndex(folding.leading(foldable) - 1, foldable.size()) + 1;
    return locked(() -> machine.fold(attempt, leading)) ? foldable.subList(0, leading) : List.of();
  }

  private void finish(Attempt<R> attempt, Outcome outcome) {
    Optional<Pause<R>> pause;
    lock.lock();
    try {
      attempt.runner = null;
      running.remove(attempt);
      pause = machine.finish(attempt, outcome);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    pause.ifPresent(p -> timers.after(p.delay(), () -> wake(p)));
    log(attempt, outcome, pause.isPresent());
  }

  /** A record that is handled again and again is told of at attempts 1, 2, 4, 8 and so on. */
  private static boolean told(Attempt<?> attempt) {
    return Integer.bitCount(attempt.number()) == 1;
  }

  private static void log(Attempt<?> attempt, Outcome outcome, boolean again) {
    if (again && outcome instanceof Outcome.Retry retry && !retry.common() && told(attempt)) {
      of(attempt, Level.INFO)
          .log(
              "waits: key={} sequence={} attempt={} cause={}",
              attempt.key(),
              attempt.sequence(),
              attempt.number(),
              retry.cause());
    } else {
      LOG.debug(
          "handled: key={} sequence={} attempt={} outcome={}",
          attempt.key(),
          attempt.sequence(),
          attempt.number(),
          outcome);
    }
  }

  /** A line with its key and sequence number as fields beside the words. */
  private static LoggingEventBuilder of(Attempt<?> attempt, Level level) {
    return LOG.atLevel(level)
        .addKeyValue("key", attempt.key())
        .addKeyValue("sequence", attempt.sequence());
  }

  private void wake(Pause<R> pause) {
    lock.lock();
    try {
      machine.wake(pause);
    } finally {
      lock.unlock();
    }
    start();
  }

  private boolean await(Duration within, BooleanSupplier reached) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = within.toNanos();
      while (!reached.getAsBoolean()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  private final class Owned implements ShardLanes<R> {
    private final Shard<R> shard;

    Owned(Shard<R> shard) {
      this.shard = shard;
    }

    @Override
    public Offer offer(String key, BigInteger sequence, int bytes, R record) {
      Offer offer = locked(() -> machine.offer(shard, key, sequence, bytes, record));
      if (offer == Offer.ACCEPTED) {
        start();
      }
      return offer;
    }

    @Override
    public boolean awaitRoom(Duration within) throws InterruptedException {
      return await(within, () -> shard.halted() || machine.hasRoom(shard));
    }

    @Override
    public Optional<BigInteger> position() {
      return locked(shard::position);
    }

    @Override
    public Optional<BigInteger> lastAccepted() {
      return locked(shard::lastAdded);
    }

    @Override
    public Optional<Unfinished> oldest() {
      return locked(() -> machine.oldest(shard));
    }

    @Override
    public int unfinished() {
      return locked(shard::unfinished);
    }

    @Override
    public ShardCounts counts() {
      return locked(shard::counts);
    }

    @Override
    public boolean awaitFinished(Duration within) throws InterruptedException {
      await(within, () -> shard.unfinished() == 0 || (shard.halted() && shard.running() == 0));
      return unfinished() == 0;
    }

    @Override
    public void halt() {
      locked(() -> {
        machine.halt(shard);
        changed.signalAll();
        return true;
      });
      start();
    }

    @Override
    public boolean awaitNoneRunning(Duration within) throws InterruptedException {
      return await(within, () -> shard.running() == 0);
    }
  }
}
