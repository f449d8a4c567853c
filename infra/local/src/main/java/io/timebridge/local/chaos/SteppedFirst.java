package io.timebridge.local.chaos;

import io.timebridge.local.planted.Step;
import io.timebridge.services.first.FirstService;
import io.timebridge.stream.EntryId;
import org.jspecify.annotations.Nullable;

/**
 * FirstService with the steps of both paths: reads of entries on the one, listings and changes of
 * projects and clients on the other; in every view of it.
 */
final class SteppedFirst {
  private SteppedFirst() {}

  static FirstService around(FirstService first, Steps steps) {
    return AfterCalls.around(
        FirstService.class,
        first,
        (method, arguments, answer) -> {
          if (answer instanceof FirstService view) {
            return around(view, steps);
          }
          step(steps, method, arguments, answer);
          return answer;
        });
  }

  private static void step(
      Steps steps, String method, Object[] arguments, @Nullable Object answer) {
    switch (method) {
      case "event" ->
          steps.reached(
              Step.FETCHED, Service.SECOND, Steps.UNKNOWN, ((EntryId) arguments[0]).key());
      case "projects", "clients" ->
          steps.reached(Step.FETCHED, Service.FIRST, Steps.UNKNOWN, Steps.UNKNOWN);
      case "createClient", "createProject" -> answered(steps, Steps.ADD, answer);
      case "updateClient", "updateProject" -> answered(steps, Steps.CHANGE, answer);
      default -> {} // no step
    }
  }

  private static void answered(Steps steps, String operation, @Nullable Object answer) {
    String key =
        switch (answer) {
          case FirstService.Client client -> "client-" + client.externalId();
          case FirstService.Project project -> "job-" + project.externalId();
          case null, default -> Steps.UNKNOWN;
        };
    steps.reached(Step.ANSWER_RECEIVED, Service.FIRST, operation, key);
  }
}
