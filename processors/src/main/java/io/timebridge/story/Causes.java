package io.timebridge.story;

import io.timebridge.timesheet.Cause;

/** What has to be put right, in a sentence. */
final class Causes {
  private Causes() {}

  static String words(Cause cause) {
    return switch (cause) {
      case Cause.LabelMapped(long label) ->
          "Label %d has to be mapped: `./timebridge mapping set %d TASK`.".formatted(label, label);
      case Cause.TaskThere(long job, long label) ->
          label == 0
              ? "Job %d needs the task of entries without a label (timesheet.unlabelled-task)."
                  .formatted(job)
              : "Job %d needs the task that label %d is mapped to.".formatted(job, label);
      case Cause.UserKnown(long user, long refused) ->
          refused == 0
              ? "User %d of FirstService needs an external id.".formatted(user)
              : "SecondService has to know person %d, or user %d of FirstService needs another external id."
                  .formatted(refused, user);
      case Cause.ProjectKnown(long project) ->
          "Project %d of FirstService and its client need external ids.".formatted(project);
      case Cause.JobOpen(long job) -> "Job %d of SecondService has to be open.".formatted(job);
    };
  }
}
