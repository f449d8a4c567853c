package io.timebridge.local.chaos;

import io.timebridge.local.planted.AroundSecond;
import io.timebridge.local.planted.Step;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;

/** SecondService with the step at which a changing call's answer has come. */
final class SteppedSecond extends AroundSecond {
  private final Steps steps;

  SteppedSecond(SecondService second, Steps steps) {
    super(second);
    this.steps = steps;
  }

  @Override
  protected Answer around(String operation, String key, Sending sending)
      throws ServiceTrouble, InterruptedException {
    Answer answer = sending.send();
    steps.reached(Step.ANSWER_RECEIVED, Service.SECOND, operation, key);
    return answer;
  }

  @Override
  protected SecondService around(SecondService view) {
    return new SteppedSecond(view, steps);
  }
}
