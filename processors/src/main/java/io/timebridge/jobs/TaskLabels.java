package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import java.util.Set;

/** Which labels of FirstService people need to track time on the tasks of a job. Thread-safe. */
@FunctionalInterface
public interface TaskLabels {
  /** As labels and their mappings are now. */
  Snapshot now() throws ServiceTrouble, StoreTrouble, InterruptedException;

  /** Labels and their mappings at one moment. */
  interface Snapshot {
    /** Equal for as long as no label and no mapping has changed. */
    Object state();

    /**
     * The labels whose task the job has now, and those above them. Empty when it has none, and when
     * SecondService listed none by mistake.
     */
    Set<Long> of(long jobId) throws ServiceTrouble, InterruptedException;
  }
}
