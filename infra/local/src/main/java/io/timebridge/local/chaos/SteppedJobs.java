package io.timebridge.local.chaos;

import io.timebridge.jobs.JobStates;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The job states with the steps at which an intent or a state has been written. By the methods'
 * names, so that a new one needs a word here and no code; where nothing is announced before a call,
 * the last look before it stands for the announcement.
 */
final class SteppedJobs {
  private static final Set<String> READS = Set.of("read");
  private static final Set<String> ANNOUNCES =
      Set.of("begin", "takeOver", "announce", "intend", "claim");

  private SteppedJobs() {}

  static JobStates around(JobStates states, Steps steps) {
    boolean announced =
        Arrays.stream(JobStates.class.getMethods()).anyMatch(m -> ANNOUNCES.contains(m.getName()));
    return (JobStates)
        Proxy.newProxyInstance(
            JobStates.class.getClassLoader(),
            new Class<?>[] {JobStates.class},
            (proxy, method, arguments) -> {
              Object answer = call(states, method, arguments);
              step(method, announced)
                  .ifPresent(
                      step -> steps.reached(step, Service.FIRST, Steps.UNKNOWN, key(arguments)));
              return answer;
            });
  }

  private static Object call(JobStates states, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(states, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause() == null ? thrown : thrown.getCause();
    }
  }

  private static Optional<Step> step(Method method, boolean announced) {
    if (method.getDeclaringClass() == Object.class) {
      return Optional.empty();
    }
    String name = method.getName();
    if (READS.contains(name)) {
      return announced ? Optional.empty() : Optional.of(Step.INTENT_WRITTEN);
    }
    return Optional.of(ANNOUNCES.contains(name) ? Step.INTENT_WRITTEN : Step.STATE_WRITTEN);
  }

  private static String key(Object[] arguments) {
    return arguments != null && arguments.length > 0 && arguments[0] instanceof String key
        ? key
        : Steps.UNKNOWN;
  }
}
