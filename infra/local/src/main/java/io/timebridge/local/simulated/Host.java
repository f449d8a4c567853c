package io.timebridge.local.simulated;

import io.timebridge.ordering.Timers;
import io.timebridge.services.gate.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * One process: its threads, its two clocks (the monotonic one up to half a percent off in its rate,
 * the wall clock anywhere and now and then jumping), and its life. A killed host takes no step any
 * more; a frozen one takes them all when it wakes.
 */
final class Host implements Time, Timers, InstantSource {
  private static final Instant SOMEWHEN = Instant.ofEpochSecond(1_780_000_000L);

  private final Kernel kernel;
  private final String name;
  private final int index;
  private final long clockStart;
  private final double clockRate;
  private final List<Runnable> held = new ArrayList<>();
  private Duration wallOffset;
  private boolean dead;
  private boolean frozen;

  Host(Kernel kernel, String name, int index) {
    this.kernel = kernel;
    this.name = name;
    this.index = index;
    this.clockStart = kernel.random().nextInt();
    this.clockRate = 0.995 + kernel.random().nextDouble() / 100;
    this.wallOffset = kernel.millis(0, 600_000);
  }

  String name() {
    return name;
  }

  boolean isDead() {
    return dead;
  }

  boolean isFrozen() {
    return frozen && !dead;
  }

  boolean isUp() {
    return !dead && !frozen;
  }

  /** Whether a step may be taken now; one of a frozen host is kept until it wakes. */
  boolean takes(Runnable step) {
    if (frozen && !dead) {
      held.add(step);
    }
    return isUp();
  }

  /** Starts a thread of this process. */
  void start(Runnable work) {
    OneThread.start(
        step -> kernel.ready(this, step),
        () -> {
          try {
            work.run();
          } catch (RuntimeException escaped) { // the edge of a thread
            kernel.fail(escaped);
          }
        });
  }

  /** As {@code kill -9}; called from one of its own threads, that thread goes no further. */
  void kill() {
    trace(Trace.KILLED, 0);
    dead = true;
    held.clear();
    stopHere();
  }

  /** As SIGSTOP, and SIGCONT after {@code time}. */
  void freeze(Duration time) {
    trace(Trace.FROZEN, time.toMillis());
    frozen = true;
    kernel.after(
        time,
        () -> {
          frozen = false;
          if (!dead) {
            trace(Trace.RESUMED, 0);
            held.forEach(step -> kernel.ready(this, step));
          }
          held.clear();
        });
    stopHere();
  }

  /** What comes next on this thread is a step like any other. */
  private void stopHere() {
    Thread here = Thread.currentThread();
    if (here.isVirtual()) {
      AtomicBoolean goesOn = new AtomicBoolean();
      kernel.ready(
          this,
          () -> {
            goesOn.set(true);
            LockSupport.unpark(here);
          });
      while (!goesOn.get()) {
        LockSupport.park(this);
      }
    }
  }

  /** The wall clock is set. */
  void jump(Duration by) {
    wallOffset = wallOffset.plus(by);
  }

  void trace(int what, long value) {
    kernel.trace().note(kernel.now(), index, what, value);
  }

  /** Waits on the calling thread, which is one of this host's. */
  void pause(Duration time) throws InterruptedException {
    Latch latch = new Latch();
    kernel.after(time, this, latch::open);
    latch.await();
  }

  /** Something one thread of this host waits for. */
  static final class Latch {
    private final Thread waiter = Thread.currentThread();
    private boolean open;

    void open() {
      open = true;
      LockSupport.unpark(waiter);
    }

    boolean isOpen() {
      return open;
    }

    void await() throws InterruptedException {
      while (!open) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.park(this);
      }
    }
  }

  @Override
  public long nanos() {
    return clockStart + (long) (kernel.now() * clockRate);
  }

  @Override
  public void sleepNanos(long nanos) throws InterruptedException {
    pause(Duration.ofNanos(nanos));
  }

  @Override
  public Instant instant() {
    return SOMEWHEN.plusNanos(kernel.now()).plus(wallOffset);
  }

  @Override
  public void after(Duration delay, Runnable action) {
    kernel.after(delay, this, action);
  }
}
