package io.timebridge.local.traffic;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The judge: whether both services and the backups agree, by the simulators' own states alone.
 * Shares no code with the rules it judges. Pure; thread-safe.
 *
 * <p>An entry is bookable iff it lives and is neither a draft nor running, has time, its user has
 * an external id that SecondService knows, its project the external id of an open job, and one of
 * its leaf labels (chosen labels that are no ancestors of other chosen ones), taken in the order of
 * {@code label_ids}, names a task of that job. Such an entry has exactly one timesheet, found by
 * the mark {@code [TB#<entry id>]} that ends its description, with the same person, client, job,
 * task, day and hours (seconds / 3600, four decimals, half up). Others have none.
 */
public final class Comparison {
  private Comparison() {}

  /**
   * What the settings of the system under judgement say.
   *
   * @param labelTasks label id -> task
   * @param excludedClientCodes clients whose jobs need no project
   * @param keptFromBefore entries that cannot be booked now but could be once: they may still have
   *     their timesheet
   */
  public record Rules(
      Map<Long, TaskRef> labelTasks, Set<String> excludedClientCodes, Set<Long> keptFromBefore) {
    public Rules {
      labelTasks = Map.copyOf(labelTasks);
      excludedClientCodes = Set.copyOf(excludedClientCodes);
      keptFromBefore = Set.copyOf(keptFromBefore);
    }

    public Rules(Map<Long, TaskRef> labelTasks, Set<String> excludedClientCodes) {
      this(labelTasks, excludedClientCodes, Set.of());
    }
  }

  /**
   * A kept backup.
   *
   * @param version {@code updated_at} of the kept body
   * @param body the entry's JSON; empty if none is kept
   * @param deletedAt the tombstone
   */
  public record BackupItem(long entryId, long version, String body, Optional<Instant> deletedAt) {}

  /** Disagreements of one kind. {@code examples}: the first {@value #MAX_EXAMPLES}, for people. */
  public record Finding(int count, List<String> examples) {
    /** Most examples that are kept. */
    public static final int MAX_EXAMPLES = 20;

    public Finding {
      examples = List.copyOf(examples);
    }
  }

  /**
   * What the comparison came to.
   *
   * @param live entries that are not deleted
   * @param timesheets all timesheets of SecondService
   * @param missing bookable entries without a timesheet
   * @param duplicates entries with more than one timesheet
   * @param wrong timesheets that say something else than their entry
   * @param extra timesheets that should not be there: of a deleted or unbookable entry, with a mark
   *     that names no entry, or without a mark
   * @param unmappable live entries that cannot be booked
   * @param jobs open jobs of clients that are not excluded
   * @param projects active projects of those jobs
   * @param wrongProjects jobs without exactly one active project of the right name and client,
   *     active projects of closed or unknown jobs, clients of those jobs that are not there exactly
   *     once with the right name
   * @param backups backup items
   * @param wrongBackups entries without a backup of their newest version, deleted ones without a
   *     tombstone, tombstones of live ones, backups of unknown entries
   */
  public record Result(
      int live,
      int timesheets,
      Finding missing,
      Finding duplicates,
      Finding wrong,
      Finding extra,
      int unmappable,
      int jobs,
      int projects,
      Finding wrongProjects,
      int backups,
      Finding wrongBackups) {
    /** Whether nothing at all disagrees. */
    public boolean agrees() {
      return findings().stream().allMatch(finding -> finding.count() == 0);
    }

    /** All examples of all disagreements, each naming what it is about. */
    public List<String> examples() {
      return findings().stream().flatMap(finding -> finding.examples().stream()).toList();
    }

    private List<Finding> findings() {
      return List.of(missing, duplicates, wrong, extra, wrongProjects, wrongBackups);
    }
  }

  /**
   * Compares.
   *
   * @param firstState answer of FirstService's {@code GET /__sim/state}
   * @param secondState answer of SecondService's
   * @throws IllegalArgumentException if a state lacks one of the lists that are compared, or an id:
   *     nothing compared is not agreement
   */
  public static Result compare(
      JsonNode firstState, JsonNode secondState, Collection<BackupItem> backups, Rules rules) {
    SecondSide second = SecondSide.read(secondState);
    FirstSide first = FirstSide.read(firstState);
    TimesheetCheck timesheets = new TimesheetCheck(first, second, rules);
    timesheets.check();
    ProjectCheck projects = new ProjectCheck(first, second, rules);
    projects.check();
    Findings wrongBackups = BackupCheck.check(first, backups);
    return new Result(
        timesheets.live(),
        second.timesheets().size(),
        timesheets.missing.toFinding(),
        timesheets.duplicates.toFinding(),
        timesheets.wrong.toFinding(),
        timesheets.extra.toFinding(),
        timesheets.unmappable(),
        projects.jobs(),
        projects.projects(),
        projects.wrong.toFinding(),
        backups.size(),
        wrongBackups.toFinding());
  }

  /** Collects disagreements of one kind. */
  static final class Findings {
    private final List<String> examples = new ArrayList<>();
    private int count;

    void add(String example) {
      count++;
      if (examples.size() < Finding.MAX_EXAMPLES) {
        examples.add(example);
      }
    }

    Finding toFinding() {
      return new Finding(count, examples);
    }
  }
}
