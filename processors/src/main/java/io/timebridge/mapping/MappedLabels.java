package io.timebridge.mapping;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.jobs.TaskLabels;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.Task;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@link TaskLabels} by {@code Label_Task_Mapping}: the active labels whose task the job has, those
 * below excluded parents left out, each with the labels above it. Thread-safe.
 */
public final class MappedLabels implements TaskLabels {
  private final FirstService first;
  private final SecondService second;
  private final MappingTable mappings;
  private final Set<Long> excluded;

  /**
   * @param excluded labels below these name no task
   */
  public MappedLabels(
      FirstService first, SecondService second, MappingTable mappings, Set<Long> excluded) {
    this.first = first;
    this.second = second;
    this.mappings = mappings;
    this.excluded = Set.copyOf(excluded);
  }

  /** Reads the table once, and lists the labels once. */
  @Override
  public Snapshot now() throws ServiceTrouble, StoreTrouble, InterruptedException {
    Collection<Mapping> all = List.copyOf(mappings.all().values());
    return new Now(LabelTree.of(first).enableable(excluded), all);
  }

  /**
   * @param withParents active leaf label -> itself and those above it
   */
  private record State(Map<Long, Set<Long>> withParents, Collection<Mapping> mappings) {}

  private final class Now implements Snapshot {
    private final State state;

    Now(Map<Long, Set<Long>> withParents, Collection<Mapping> mappings) {
      this.state = new State(Map.copyOf(withParents), mappings);
    }

    @Override
    public Object state() {
      return state;
    }

    @Override
    public Set<Long> of(long jobId) throws ServiceTrouble, InterruptedException {
      if (state.mappings().isEmpty()) {
        return Set.of();
      }
      List<Task> tasks = Looks.untilSome(() -> second.tasks(jobId));
      Set<Long> needed = new HashSet<>();
      for (Mapping mapping : state.mappings()) {
        if (tasks.stream().anyMatch(task -> mapping.task().names(task.id(), task.name()))) {
          needed.addAll(state.withParents().getOrDefault(mapping.labelId(), Set.of()));
        }
      }
      return needed;
    }
  }
}
