package io.timebridge.local.simulated;

import io.timebridge.local.planted.Step;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.Ending;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The network between hosts and one service, and the service's moods. A call is carried out within
 * {@code lands-within} of leaving its host, whatever becomes of the host, or never.
 */
final class Wire {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

  private final Kernel kernel;
  private final Strikes strikes;
  private final int longestLateMillis;
  private final boolean breaksAssumptions;
  private int underWay;
  private boolean calm;
  private Down down = Down.NOT;
  private Runnable called = () -> {};

  /**
   * @param longestLateMillis longest time from sending to taking effect
   * @param breaksAssumptions whether a host may be frozen between its last look at the clocks and
   *     the sending
   */
  Wire(Kernel kernel, Strikes strikes, int longestLateMillis, boolean breaksAssumptions) {
    this.kernel = kernel;
    this.strikes = strikes;
    this.longestLateMillis = longestLateMillis;
    this.breaksAssumptions = breaksAssumptions;
  }

  /** From now on all goes well. */
  void calm() {
    calm = true;
  }

  /** From now on every call ends like this. */
  void goes(Down how) {
    down = how;
  }

  /** Does that for every call that is started. */
  void onCall(Runnable listener) {
    called = listener;
  }

  boolean isHostile() {
    return !calm;
  }

  /** Calls sent that may still take effect. */
  int underWay() {
    return underWay;
  }

  /** What the host sees of a call. */
  private static final class Sight<T> {
    private final Host.Latch latch = new Host.Latch();
    private @Nullable T answer;
    private @Nullable ServiceTrouble trouble;
  }

  /** A call that only reads. */
  <T> Ending<T> read(Host host, Supplier<T> perform) throws ServiceTrouble, InterruptedException {
    called.run();
    if (down != Down.NOT) {
      throw down.end(host, kernel);
    }
    host.pause(kernel.millis(1, 40));
    if (!calm && kernel.chance(0.04)) {
      throw new ServiceTrouble(Kind.UNKNOWN, "500");
    }
    T answer = perform.get();
    host.pause(kernel.millis(1, 40));
    return new Ending.Answered<>(answer);
  }

  /**
   * A call that changes something.
   *
   * @param maySend asked right before it leaves
   */
  <T> Ending<T> change(Host host, BooleanSupplier maySend, Supplier<T> perform)
      throws ServiceTrouble, InterruptedException {
    host.pause(kernel.millis(0, 3));
    if (!maySend.getAsBoolean()) {
      return new Ending.NotCounted<>(new ServiceTrouble(Kind.NOT_DONE, "too late to send"));
    }
    called.run();
    if (down != Down.NOT) {
      if (kernel.chance(down.doneAnyway())) {
        arrives(kernel.millis(1, 120), host, perform);
      }
      throw down.end(host, kernel);
    }
    if (breaksAssumptions) {
      strikes.beforeSending(host);
    }
    Sight<T> sight = new Sight<>();
    send(host, perform, sight);
    kernel.after(CALL_TIMEOUT, host, sight.latch::open);
    sight.latch.await();
    ServiceTrouble trouble = sight.trouble;
    if (trouble != null) {
      if (trouble.surelyNotDone()) {
        return new Ending.NotCounted<>(trouble);
      }
      throw trouble;
    }
    T answer = sight.answer;
    if (answer == null) {
      throw new ServiceTrouble(Kind.UNKNOWN, "no answer in time");
    }
    strikes.at(Step.ANSWER_RECEIVED, host);
    return new Ending.Answered<>(answer);
  }

  private <T> void send(Host host, Supplier<T> perform, Sight<T> sight) {
    Duration there = kernel.millis(1, 120);
    Duration back = kernel.millis(1, 120);
    if (strikes.drops()) {
      host.trace(Trace.CALL, 1);
      arrives(there, host, perform);
    } else if (strikes.delays()) {
      host.trace(Trace.CALL, 2);
      arrives(late(), host, perform);
    } else if (!calm && kernel.chance(0.03)) {
      host.trace(Trace.CALL, 3); // the request is lost
    } else if (!calm && kernel.chance(0.03)) {
      host.trace(Trace.CALL, 4);
      kernel.after(
          there.plus(back),
          host,
          () -> {
            sight.trouble =
                new ServiceTrouble(Kind.NOT_DONE, "429", kernel.millis(100, 2000), null);
            sight.latch.open();
          });
    } else if (!calm && kernel.chance(0.03)) {
      host.trace(Trace.CALL, 5); // 500, done or not
      if (kernel.chance(0.5)) {
        arrives(there, host, perform);
      }
      kernel.after(
          there.plus(back),
          host,
          () -> {
            sight.trouble = new ServiceTrouble(Kind.UNKNOWN, "500");
            sight.latch.open();
          });
    } else {
      host.trace(Trace.CALL, 0);
      arrives(
          there,
          host,
          () -> {
            T answer = perform.get();
            kernel.after(
                back,
                host,
                () -> {
                  sight.answer = answer;
                  sight.latch.open();
                });
            return answer;
          });
    }
  }

  /** Anything up to the longest, half of them close to it. */
  private Duration late() {
    int least = kernel.chance(0.5) ? longestLateMillis * 3 / 4 : 200;
    return kernel.millis(least, longestLateMillis);
  }

  private <T> void arrives(Duration travel, Host host, Supplier<T> perform) {
    underWay++;
    kernel.after(
        travel,
        () -> {
          underWay--;
          host.trace(Trace.ARRIVED, 0);
          strikes.at(Step.CALL_SENT, host);
          var _ = perform.get();
        });
  }
}
