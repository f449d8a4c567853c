package io.timebridge.timesheet;

import java.util.Optional;

/** Which task of SecondService a label of FirstService stands for. Thread-safe. */
@FunctionalInterface
public interface TaskMapping {
  /** A task, by either of its handles. */
  sealed interface TaskRef {
    /** Whether it names the task of that id and name. */
    boolean names(long taskId, String taskName);

    /** Matched within the job's tasks, without regard to case and surrounding blanks. */
    record ByName(String name) implements TaskRef {
      @Override
      public boolean names(long taskId, String taskName) {
        return taskName.strip().equalsIgnoreCase(name.strip());
      }
    }

    record ById(long id) implements TaskRef {
      @Override
      public boolean names(long taskId, String taskName) {
        return taskId == id;
      }
    }
  }

  /** The task of that label, if it is mapped. */
  Optional<TaskRef> task(long labelId) throws EntryStore.Unavailable;

  /** As {@link #task}, as it is now, whatever is remembered. */
  default Optional<TaskRef> fresh(long labelId) throws EntryStore.Unavailable {
    return task(labelId);
  }
}
