package io.timebridge.local.chaos;

import io.timebridge.failure.Drains;
import io.timebridge.failure.RetryQueue;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.failure.WakeUp;
import io.timebridge.local.planted.Step;

/** The steps at which a wake-up has been sent or received. */
final class SteppedDrains {
  private SteppedDrains() {}

  static RetryQueue sent(RetryQueue queue, Steps steps) {
    return new RetryQueue() {
      @Override
      public void send(WakeUp wakeUp) throws StoreTrouble, InterruptedException {
        queue.send(wakeUp);
        steps.reached(Step.WAKE_SENT, Service.SECOND, Steps.UNKNOWN, wakeUp.key());
      }

      @Override
      public void sendApart(WakeUp wakeUp) throws StoreTrouble, InterruptedException {
        queue.sendApart(wakeUp);
        steps.reached(Step.WAKE_SENT, Service.SECOND, Steps.UNKNOWN, wakeUp.key());
      }
    };
  }

  static Drains received(Drains drains, Steps steps) {
    return new Drains() {
      @Override
      public Ended drain(WakeUp wakeUp, boolean lastTry) throws InterruptedException {
        steps.reached(Step.WAKE_RECEIVED, Service.SECOND, Steps.UNKNOWN, wakeUp.key());
        return drains.drain(wakeUp, lastTry);
      }

      @Override
      public boolean mayBegin() {
        return drains.mayBegin();
      }
    };
  }
}
