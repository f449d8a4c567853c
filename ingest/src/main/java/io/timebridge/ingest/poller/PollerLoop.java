package io.timebridge.ingest.poller;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a poller: one thread for its ticks, one for its lease, so that a slow look cannot cost the
 * lease. Logs one line per tick.
 */
final class PollerLoop implements AutoCloseable {
  private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

  /** A tick that takes longer than this, and than ten periods, stands still. */
  private static final Duration STUCK_AFTER = Duration.ofMinutes(15);

  private static final Logger LOG = LoggerFactory.getLogger(PollerLoop.class);

  private final PollerLease lease;
  private final Callable<TickReport> tick;
  private final Duration every;
  private final Ticks due;
  private final Pacer tickPacer;
  private final Pacer leasePacer;
  private final AtomicLong skipped = new AtomicLong();
  private final AtomicReference<@Nullable Long> tickBegan = new AtomicReference<>();
  private final Thread ticks;
  private final Thread beats;

  private PollerLoop(
      PollerLease lease,
      Callable<TickReport> tick,
      Duration every,
      Ticks due,
      Pacer tickPacer,
      Pacer leasePacer) {
    this.lease = lease;
    this.tick = tick;
    this.every = every;
    this.due = due;
    this.tickPacer = tickPacer;
    this.leasePacer = leasePacer;
    this.ticks = Thread.ofVirtual().name("poller-ticks").unstarted(this::ticks);
    this.beats = Thread.ofVirtual().name("poller-lease").unstarted(this::beats);
  }

  /**
   * Tries to get the lease, then starts ticking at once.
   *
   * @param every between two ticks
   * @param due says when the next one is; it waits by {@code tickPacer}
   */
  static PollerLoop start(
      PollerLease lease,
      Callable<TickReport> tick,
      Duration every,
      Ticks due,
      Pacer tickPacer,
      Pacer leasePacer) {
    PollerLoop loop = new PollerLoop(lease, tick, every, due, tickPacer, leasePacer);
    lease.beat();
    loop.beats.start();
    loop.ticks.start();
    return loop;
  }

  /** Ticks left out so far, because the one before was still running, stale or doubled. */
  long skippedTicks() {
    return skipped.get();
  }

  /** What is wrong with the loop itself; a service or a table that cannot be reached is not. */
  Optional<String> trouble() {
    if (!ticks.isAlive() || !beats.isAlive()) {
      return Optional.of((ticks.isAlive() ? beats : ticks).getName() + " has ended");
    }
    Long began = tickBegan.get();
    if (began == null) {
      return Optional.empty();
    }
    Duration took = Duration.ofNanos(tickPacer.nanos() - began);
    boolean stuck = took.compareTo(STUCK_AFTER) > 0 && took.compareTo(every.multipliedBy(10)) > 0;
    return stuck
        ? Optional.of("a tick has been under way for %d s".formatted(took.toSeconds()))
        : Optional.empty();
  }

  private void ticks() {
    try {
      for (Optional<Ticks.Due> next = due.next(); next.isPresent(); next = due.next()) {
        skipped.addAndGet(next.get().skipped());
        long began = tickPacer.nanos();
        tickBegan.set(began);
        TickReport report = report();
        tickBegan.set(null);
        log(next.get(), report, Duration.ofNanos(tickPacer.nanos() - began));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private TickReport report() throws InterruptedException {
    try {
      return tick.call();
    } catch (InterruptedException stopped) {
      throw stopped;
    } catch (Exception defect) { // the edge of the thread: a defect must not end the ticks silently
      LOG.error("tick failed", defect);
      return new TickReport.Trouble(defect.toString());
    }
  }

  private void log(Ticks.Due tick, TickReport report, Duration took) {
    switch (report) {
      case TickReport.Standby() -> LOG.debug("tick={} standby", tick.number());
      case TickReport.Trouble(String problem) -> {
        LOG.warn("tick={} took={} trouble=\"{}\"", tick.number(), took, problem);
        lease.tell("trouble: " + problem);
      }
      case TickReport.Looked l -> {
        LOG.info(
            "tick={} took={} skipped={} epoch={} clients={} jobs={} published={} waiting={} suspects={}",
            tick.number(),
            took,
            tick.skipped(),
            l.epoch(),
            l.clients(),
            l.jobs(),
            l.published(),
            l.waiting(),
            l.suspects());
        lease.tell(
            "%d clients, %d jobs; %d changes published, %d wait; %d jobs may be closed; took %d ms"
                .formatted(
                    l.clients(),
                    l.jobs(),
                    l.published(),
                    l.waiting(),
                    l.suspects(),
                    took.toMillis()));
      }
    }
  }

  private void beats() {
    try {
      while (leasePacer.waitUntil(leasePacer.nanos() + lease.beatEvery().toNanos())) {
        beat();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void beat() {
    try {
      lease.beat();
    } catch (RuntimeException defect) { // the edge of the thread: without beats the lease runs out
      LOG.error("beat failed", defect);
    }
  }

  /**
   * Lets a tick under way finish (for at most 10 s, then it is interrupted), and gives the lease
   * back. Idempotent.
   */
  @Override
  public void close() {
    tickPacer.stop();
    boolean hurry = !join(ticks);
    leasePacer.stop();
    hurry |= !join(beats);
    lease.release();
    if (hurry) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether this thread was not interrupted meanwhile. */
  private static boolean join(Thread thread) {
    try {
      if (!thread.join(STOP_WITHIN)) {
        thread.interrupt();
        if (!thread.join(STOP_WITHIN)) {
          LOG.warn("{} does not end", thread.getName());
        }
      }
      return true;
    } catch (InterruptedException hurry) {
      thread.interrupt();
      return false;
    }
  }
}
