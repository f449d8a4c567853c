package io.timebridge.mapping;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.EntryListing;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.Job;
import io.timebridge.services.second.SecondService.Task;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Compares the mappings with what both services have. Changes nothing. One call at a time, one page
 * of entries in memory; a call that fails is made {@value Looks#ATTEMPTS} times, and an empty list
 * is believed when as many looks show it.
 */
public final class MappingCheck {
  private static final int TELL_EVERY = 25;

  private final MappingTable table;
  private final FirstService first;
  private final EntryListing entries;
  private final SecondService second;
  private final Set<Long> excluded;
  private final Consumer<String> progress;

  /**
   * @param excluded parent labels that never name a task
   * @param progress told now and then what has been done so far
   */
  public MappingCheck(
      MappingTable table,
      FirstService first,
      EntryListing entries,
      SecondService second,
      Set<Long> excluded,
      Consumer<String> progress) {
    this.table = table;
    this.first = first;
    this.entries = entries;
    this.second = second;
    this.excluded = Set.copyOf(excluded);
    this.progress = progress;
  }

  /**
   * What was looked at and found.
   *
   * @param entries whose labels were counted
   * @param jobs whose tasks were looked at
   * @param notes what could not be told, for people
   */
  public record Report(
      List<Finding> findings,
      int labels,
      int mappings,
      long entries,
      int jobs,
      int openJobs,
      List<String> notes) {
    public Report {
      findings = List.copyOf(findings);
      notes = List.copyOf(notes);
    }
  }

  /**
   * Looks at everything.
   *
   * @param since first day whose entries count as use
   * @param upto last of them
   * @param mostJobs tasks of at most this many open jobs are looked at, those made last first
   */
  public Report run(LocalDate since, LocalDate upto, int mostJobs)
      throws StoreTrouble, ServiceTrouble, InterruptedException {
    List<String> notes = new ArrayList<>();
    var mappings = table.all();
    List<Label> labels = Looks.untilSome(first::labels);
    LabelTree tree = new LabelTree(labels);
    if (labels.isEmpty()) {
      notes.add("FirstService lists no label at all");
    }
    progress.accept(labels.size() + " labels, " + mappings.size() + " mappings");
    Map<Long, Long> uses = new HashMap<>();
    long counted = Uses.count(entries, since, upto, tree, excluded, uses, progress);
    List<Job> open =
        Looks.untilSome(second::openJobs).stream()
            .sorted(Comparator.comparingLong(Job::id).reversed())
            .toList();
    List<Job> looked = open.stream().limit(mostJobs).toList();
    Picture.Tasks tasks = tasks(looked, looked.size() == open.size());
    if (open.isEmpty()) {
      notes.add("SecondService lists no open job: whether a mapped task exists was not checked");
    } else if (!tasks.complete()) {
      notes.add(
          "%d of %d open jobs were looked at: whether a mapped task exists was not checked; --jobs looks at more"
              .formatted(looked.size(), open.size()));
    }
    List<Finding> findings =
        labels.isEmpty() ? List.of() : Judge.of(new Picture(tree, mappings, uses, tasks, excluded));
    return new Report(
        findings, labels.size(), mappings.size(), counted, looked.size(), open.size(), notes);
  }

  private Picture.Tasks tasks(List<Job> jobs, boolean all)
      throws ServiceTrouble, InterruptedException {
    Map<String, String> byName = new HashMap<>();
    Set<Long> ids = new HashSet<>();
    int looked = 0;
    for (Job job : jobs) {
      for (Task task : Looks.untilSome(() -> second.tasks(job.id()))) {
        if (!task.name().isBlank()) {
          byName.putIfAbsent(Likeness.folded(task.name()), task.name().strip());
        }
        ids.add(task.id());
      }
      looked++;
      if (looked % TELL_EVERY == 0) {
        progress.accept("tasks of %d of %d open jobs".formatted(looked, jobs.size()));
      }
    }
    return new Picture.Tasks(byName, ids, all && !jobs.isEmpty());
  }
}
