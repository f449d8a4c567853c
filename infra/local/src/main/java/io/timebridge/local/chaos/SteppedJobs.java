package io.timebridge.local.chaos;

import io.timebridge.jobs.JobStates;
import io.timebridge.local.planted.Step;
import java.util.Arrays;
import java.util.Set;

/**
 * The job states with the steps at which an intent or a state has been written. Where nothing is
 * announced before a call, the last look before it stands for the announcement.
 */
final class SteppedJobs {
  private static final Set<String> ANNOUNCES = Set.of("begin", "takeOver");
  private static final Set<String> KEEPS = Set.of("write", "finish", "note");
  private static final boolean ANNOUNCED =
      Arrays.stream(JobStates.class.getMethods()).anyMatch(m -> ANNOUNCES.contains(m.getName()));

  private SteppedJobs() {}

  static JobStates around(JobStates states, Steps steps) {
    return AfterCalls.around(
        JobStates.class,
        states,
        (method, arguments, answer) -> {
          boolean lost = Boolean.FALSE.equals(answer); // its condition did not hold
          if (!lost && arguments.length > 0 && arguments[0] instanceof String key) {
            step(steps, method, key);
          }
          return answer;
        });
  }

  private static void step(Steps steps, String method, String key) {
    if (ANNOUNCES.contains(method) || (!ANNOUNCED && method.equals("read"))) {
      steps.reached(Step.INTENT_WRITTEN, Service.FIRST, Steps.UNKNOWN, key);
    } else if (KEEPS.contains(method)) {
      steps.reached(Step.STATE_WRITTEN, Service.FIRST, Steps.UNKNOWN, key);
    }
  }
}
