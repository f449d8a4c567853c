package io.timebridge.services.gate;

import io.timebridge.services.ServiceTrouble;
import java.util.function.BooleanSupplier;

/**
 * Makes a call that the circuit has let in, and says what it tells of the service's health. One per
 * gate; thread-safe.
 */
final class CallUnderWay {
  /** What has to hold right before the call. */
  @FunctionalInterface
  interface Check {
    void require(String what, BooleanSupplier maySend) throws ServiceTrouble;
  }

  private final Time time;
  private final Circuit circuit;
  private final Illness illness;
  private final Patience patience;
  private final Check check;
  private volatile CallWatch watch = CallWatch.NONE;

  CallUnderWay(Time time, Circuit circuit, Illness illness, Patience patience, Check check) {
    this.time = time;
    this.circuit = circuit;
    this.illness = illness;
    this.patience = patience;
    this.check = check;
  }

  CallWatch watch() {
    return watch;
  }

  /** While the process starts. */
  void watch(CallWatch another) {
    watch = watch.and(another);
  }

  <T> T make(String what, BooleanSupplier maySend, ServiceGate.Call<T> call)
      throws ServiceTrouble, InterruptedException {
    long start = time.nanos();
    boolean judged = false;
    CallWatch.Call watched = watch.begins(what);
    CallWatch.End end = CallWatch.End.INTERRUPTED;
    try {
      Ending<T> ending;
      try {
        end = CallWatch.End.NOT_SENT;
        check.require(what, maySend);
        end = CallWatch.End.INTERRUPTED;
        ending = call.send();
      } catch (ServiceTrouble failure) {
        if (end == CallWatch.End.NOT_SENT) {
          throw failure;
        }
        end = end(failure);
        judged = true;
        illness.judged(false);
        circuit.failed(time.nanos() - start, failure);
        throw failure;
      }
      return switch (ending) {
        case Ending.Answered<T>(T answer) -> {
          end = CallWatch.End.ANSWERED;
          judged = true;
          healthy(start);
          yield answer;
        }
        case Ending.NotKnown<T>(T answer) -> {
          end = CallWatch.End.CREDENTIALS;
          judged = true;
          healthy(start);
          yield answer;
        }
        case Ending.NotCounted<T>(ServiceTrouble trouble) -> {
          end = trouble.wasSent() ? CallWatch.End.REFUSED : CallWatch.End.NOT_SENT;
          trouble.retryAfter().ifPresent(patience::askedFor);
          throw trouble;
        }
      };
    } finally {
      if (!judged) {
        circuit.leaveUnjudged();
      }
      watched.ended(end, time.nanos() - start);
    }
  }

  private void healthy(long start) {
    illness.judged(true);
    circuit.succeeded(time.nanos() - start);
  }

  private static CallWatch.End end(ServiceTrouble failure) {
    return switch (failure.kind()) {
      case NOT_DONE, CIRCUIT_OPEN -> CallWatch.End.NOT_DONE;
      case UNKNOWN -> CallWatch.End.UNKNOWN;
      case CREDENTIALS -> CallWatch.End.CREDENTIALS;
    };
  }
}
