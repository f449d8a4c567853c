package io.timebridge.local.chaos;

import io.timebridge.local.chaos.Workers.Worker;
import io.timebridge.local.planted.Step;
import io.timebridge.local.sim.http.CallWatch;
import io.timebridge.local.sim.http.CallWatch.Treatment;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries strikes out, one after the other: arms the workers or watches the services' doors, and
 * does the blow while the worker, or its call, is held at the step. Thread-safe.
 *
 * @implNote {@code lock} guards {@code current} and {@code spoiled}; nothing is waited for under
 *     it.
 */
final class Striker implements Workers.Reports {
  private static final Logger LOG = LoggerFactory.getLogger(Striker.class);
  private static final Treatment AS_USUAL = new Treatment.AsUsual();

  private final Workers workers;
  private final Consumer<String> progress;
  private final AtomicLong lastId = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Armed current;
  private @Nullable Spoiled spoiled;
  private volatile Admissions admissions = new Admissions();

  /** The answer to be spoiled next. */
  private record Spoiled(Armed by, Worker worker, Treatment treatment) {}

  Striker(Workers workers, Consumer<String> progress) {
    this.workers = workers;
    this.progress = progress;
  }

  /** A strike that waits for its moment, or has had it. */
  final class Armed {
    private final long id = lastId.incrementAndGet();
    private final Strike strike;
    private final AtomicInteger left;
    private final CountDownLatch struck = new CountDownLatch(1);
    private boolean taken;

    private Armed(Strike strike) {
      this.strike = strike;
      this.left = new AtomicInteger(strike.nth());
    }

    Strike strike() {
      return strike;
    }

    boolean isStruck() {
      return struck.getCount() == 0;
    }

    boolean awaitStruck(Duration longest) throws InterruptedException {
      return struck.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean isAt(Step step, Service service) {
      return strike.cell().step() == step && strike.cell().service() == service;
    }

    private String order() {
      return "arm %d %s %s %d %s"
          .formatted(
              id, strike.cell().step(), strike.cell().service(), strike.nth(), strike.addsOnly());
    }
  }

  /** From now on judges by these. */
  void admitTo(Admissions to) {
    admissions = to;
  }

  Armed arm(Strike strike) {
    Armed armed = new Armed(strike);
    set(armed);
    if (strike.cell().step() != Step.CALL_SENT) {
      workers.orderAll(armed.order());
    }
    return armed;
  }

  /** Nothing is struck any more. */
  void disarm() {
    Armed was = set(null);
    if (was != null) {
      workers.orderAll("disarm " + was.id);
    }
  }

  private @Nullable Armed set(@Nullable Armed armed) {
    lock.lock();
    try {
      Armed was = current;
      current = armed;
      spoiled = null;
      return was;
    } finally {
      lock.unlock();
    }
  }

  /** The armed strike, for the first who comes to it. */
  private Optional<Armed> take(long id) {
    lock.lock();
    try {
      if (current == null || current.taken || current.id != id) {
        return Optional.empty();
      }
      current.taken = true;
      return Optional.of(current);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void up(Worker worker) {
    lock.lock();
    try {
      if (current != null && !current.taken && current.strike.cell().step() != Step.CALL_SENT) {
        worker.order(current.order());
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void hit(Worker worker, long id, String operation, String key) {
    Optional<Armed> armed = take(id);
    if (armed.isEmpty()) {
      worker.order("go " + id);
      return;
    }
    workers.orderAll("disarm " + id);
    Strike strike = armed.get().strike;
    told(strike, worker, operation + " " + key);
    try {
      Thread.sleep(strike.hold());
      if (strike.workerToo()) {
        workers.killWorker(strike.down());
      }
      switch (strike.cell().blow()) {
        case KILL -> {
          worker.kill(strike.down());
          armed.get().struck.countDown();
        }
        case FREEZE -> {
          boolean unsent =
              strike.cell().step() == Step.FETCHED || strike.cell().step() == Step.INTENT_WRITTEN;
          freeze(worker, strike, unsent ? key : "");
          worker.order("go " + id); // it hears that when it goes on
          armed.get().struck.countDown();
        }
        case DROPPED, LATE -> {
          spoil(new Spoiled(armed.get(), worker, spoiling(strike)));
          worker.order("go " + id);
        }
      }
    } catch (IOException e) {
      LOG.error("the strike failed: {}", strike.cell(), e);
      worker.order("go " + id);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void told(Strike strike, Worker worker, String what) {
    LOG.info("strike: {}, {} {}", strike.cell(), worker.name(), what);
    progress.accept(
        "%s, %s, %s%s"
            .formatted(
                strike.cell(), worker.name(), what, strike.workerToo() ? ", and a worker" : ""));
  }

  private void spoil(Spoiled next) {
    lock.lock();
    try {
      spoiled = current == next.by ? next : null;
    } finally {
      lock.unlock();
    }
  }

  private static Treatment spoiling(Strike strike) {
    return strike.cell().blow() == Blow.LATE
        ? new Treatment.Late(strike.late())
        : new Treatment.Dropped();
  }

  private void freeze(Worker worker, Strike strike, String heldBeforeSending) throws IOException {
    Admissions to = admissions;
    Instant awake = Instant.now().plus(strike.frozen());
    worker.freeze(strike.frozen());
    to.wokeUp(worker, awake, heldBeforeSending);
  }

  /** Watches one service's doors. */
  CallWatch watch(Service service) {
    return (door, request) -> {
      Optional<ChangingCall> call = ChangingCall.of(service, request);
      Worker worker = call.isPresent() ? workers.behind(door) : null;
      return worker == null ? AS_USUAL : arrived(worker, call.orElseThrow());
    };
  }

  private Treatment arrived(Worker worker, ChangingCall call) throws InterruptedException {
    admissions.arrived(worker, call, Instant.now());
    Optional<Armed> armed = takeAtCall(call);
    if (armed.isEmpty()) {
      return spoiledNow(worker, call);
    }
    Strike strike = armed.get().strike;
    told(strike, worker, (call.add() ? "add " : "change ") + call.about());
    Thread.sleep(strike.hold());
    try {
      return switch (strike.cell().blow()) {
        case KILL -> {
          worker.kill(strike.down());
          yield strike.late().isZero() ? AS_USUAL : new Treatment.Late(strike.late());
        }
        case FREEZE -> {
          freeze(worker, strike, "");
          yield AS_USUAL;
        }
        case DROPPED, LATE -> spoiling(strike);
      };
    } catch (IOException e) {
      LOG.error("the strike failed: {}", strike.cell(), e);
      return AS_USUAL;
    } finally {
      armed.get().struck.countDown();
    }
  }

  private Optional<Armed> takeAtCall(ChangingCall call) {
    lock.lock();
    try {
      Armed armed = current;
      boolean due =
          armed != null
              && !armed.taken
              && armed.isAt(Step.CALL_SENT, call.service())
              && (call.add() || !armed.strike.addsOnly())
              && armed.left.decrementAndGet() == 0;
      if (armed == null || !due) {
        return Optional.empty();
      }
      armed.taken = true;
      return Optional.of(armed);
    } finally {
      lock.unlock();
    }
  }

  private Treatment spoiledNow(Worker worker, ChangingCall call) {
    lock.lock();
    try {
      if (spoiled == null
          || spoiled.worker != worker
          || spoiled.by.strike.cell().service() != call.service()) {
        return AS_USUAL;
      }
      Spoiled now = spoiled;
      spoiled = null;
      now.by.struck.countDown();
      return now.treatment;
    } finally {
      lock.unlock();
    }
  }
}
