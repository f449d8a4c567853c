package io.timebridge.local.traffic;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a company does for a while: its clients, jobs, people and labels, and everything its people
 * do, in the order of time. Things are numbered by their place in the lists; their ids are known
 * once a {@link TrafficRunner} has made them. Immutable; a pure function of seed, entries and
 * users.
 *
 * <p>Entries are shaped as real ones are: durations, labels, notes, edits and deletions by the
 * measured shares. An entry can be booked or cannot (a person without external id, no label, a
 * label without a task), and no edit changes that. Jobs on which time is tracked stay open and with
 * their client, and are renamed and given other codes; the others are moved, closed and reopened
 * meanwhile, and a new client comes with a job. Every plan has each of these.
 *
 * @param clients some of them {@link Client#excluded}, with jobs of their own
 * @param labels parents before their children
 * @param actions in the order of time; per entry: one create, then its edits, then perhaps a delete
 */
public record TrafficPlan(
    long seed,
    List<Client> clients,
    List<Job> jobs,
    List<Label> labels,
    List<Person> people,
    List<Action> actions) {

  public TrafficPlan {
    clients = List.copyOf(clients);
    jobs = List.copyOf(jobs);
    labels = List.copyOf(labels);
    people = List.copyOf(people);
    actions = List.copyOf(actions);
  }

  /**
   * Makes the plan.
   *
   * @param entries 1 to 1,000,000: entries ever created, deleted ones among them
   * @param users 1 to 10,000; from two on, one of them has no external id
   */
  public static TrafficPlan generate(long seed, int entries, int users) {
    if (entries < 1 || entries > 1_000_000) {
      throw new IllegalArgumentException("entries must be 1 to 1,000,000: " + entries);
    }
    if (users < 1 || users > 10_000) {
      throw new IllegalArgumentException("users must be 1 to 10,000: " + users);
    }
    return new PlanMaker(seed, entries, users).make();
  }

  /** A client of SecondService. {@code excluded}: is to be kept out of FirstService by settings. */
  public record Client(String code, String name, boolean excluded) {}

  /**
   * A job of SecondService.
   *
   * @param client place in {@link TrafficPlan#clients}
   * @param tracked whether people track time on it
   */
  public record Job(int client, String code, String name, List<String> tasks, boolean tracked) {
    public Job {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * A person of both services.
   *
   * @param known whether the user of FirstService has its external id (the person's SecondService
   *     id)
   */
  public record Person(String name, String email, boolean known, ZoneOffset offset) {}

  /**
   * A label of FirstService.
   *
   * @param parent place of its parent in {@link TrafficPlan#labels}; -1 for a root
   * @param target what it names in SecondService
   */
  public record Label(String name, int parent, Target target) {}

  /** What a label names. */
  public sealed interface Target {
    /** The task of that name, in whichever job. */
    record TaskNamed(String name) implements Target {}

    /** One task of one job (places in the lists). */
    record TaskOf(int job, int task) implements Target {}

    /** No task. */
    record Nothing() implements Target {}
  }

  /**
   * An entry as its user wants it.
   *
   * @param day the user's own calendar day of {@code from}
   * @param labels the chosen labels and all their parents
   */
  public record Entry(
      int person,
      int job,
      LocalDate day,
      OffsetDateTime from,
      OffsetDateTime to,
      int seconds,
      String note,
      List<Integer> labels) {
    public Entry {
      labels = List.copyOf(labels);
    }
  }

  /** Something a person does. */
  public sealed interface Action {
    /** When, in the plan's own time. */
    Instant at();
  }

  /** Something a user does to an entry of FirstService, numbered from 0. */
  public sealed interface EntryAction extends Action {
    int entry();
  }

  public record Create(Instant at, int entry, Entry content) implements EntryAction {}

  /** {@code content}: the whole entry as it is afterwards. */
  public record Edit(Instant at, int entry, Entry content) implements EntryAction {}

  public record Delete(Instant at, int entry) implements EntryAction {}

  /** Something an admin does in SecondService. */
  public sealed interface AdminAction extends Action {}

  public record RenameClient(Instant at, int client, String name) implements AdminAction {}

  public record RenameJob(Instant at, int job, String name) implements AdminAction {}

  public record MoveJob(Instant at, int job, int client) implements AdminAction {}

  public record CloseJob(Instant at, int job) implements AdminAction {}

  /** Only once people see it archived, where a {@link TrafficRunner} is told to wait. */
  public record ReopenJob(Instant at, int job) implements AdminAction {}

  public record RecodeJob(Instant at, int job, String code) implements AdminAction {}

  /** A client with one open job, both of them new; no other action is about them. */
  public record NewClient(Instant at, String code, String name, String jobCode, String jobName)
      implements AdminAction {}

  /** Codes of the clients that settings have to keep out of FirstService. */
  public Set<String> excludedClientCodes() {
    return clients.stream()
        .filter(Client::excluded)
        .map(Client::code)
        .collect(Collectors.toUnmodifiableSet());
  }
}
