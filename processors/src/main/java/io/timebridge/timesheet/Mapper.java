package io.timebridge.timesheet;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.timesheet.Rejection.Reason;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Entry -> timesheet. Never guesses: an entry whose person, job or task is not known is rejected
 * with the reason, and never booked on anyone or anything else. Thread-safe.
 */
final class Mapper {
  private final Directory directory;
  private final TaskMapping mapping;
  private final Settings.Timesheet rules;
  private final Hours hours;

  Mapper(Directory directory, TaskMapping mapping, Settings.Timesheet rules) {
    this.directory = directory;
    this.mapping = mapping;
    this.rules = rules;
    this.hours = new Hours(rules);
  }

  /** What an entry comes to. */
  sealed interface Mapped {
    record Booking(SecondService.Timesheet timesheet) implements Mapped {
      Place place() {
        return new Place(timesheet.personId(), timesheet.day());
      }
    }

    /** It is in order that nothing of it is booked. */
    record Nothing(String reason) implements Mapped {}

    record Rejected(Rejection rejection) implements Mapped {}
  }

  /**
   * @param hasWaited whether it was rejected before: then nothing is rejected again on what is only
   *     remembered
   */
  Mapped map(EntryContent entry, boolean hasWaited)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    if (entry.ignored().isPresent()) {
      return new Mapped.Nothing(entry.ignored().get());
    }
    if (entry.seconds() == 0) {
      return new Mapped.Nothing("no-duration");
    }
    List<Label> leaves =
        directory.leaves(entry.id(), entry.labelIds(), rules.excludedParentLabels());
    if (leaves.isEmpty() && rules.unlabelledTask().isEmpty()) {
      return new Mapped.Nothing("no-label");
    }
    Optional<Long> job = externalId(entry.projectExternalId());
    Optional<Long> client = externalId(entry.clientExternalId());
    if (job.isEmpty() || client.isEmpty()) {
      return rejected(
          Reason.UNKNOWN_JOB,
          "the entry's project or client has no external id",
          entry.projectId() > 0 ? Set.of(new Cause.ProjectKnown(entry.projectId())) : Set.of());
    }
    Optional<Long> person = person(directory.user(entry.id(), entry.userId()));
    if (person.isEmpty() && hasWaited) {
      person = person(directory.freshUser(entry.id(), entry.userId()));
    }
    if (person.isEmpty()) {
      return rejected(
          Reason.UNKNOWN_USER,
          "user " + entry.userId() + " has no external id in FirstService",
          Set.of(new Cause.UserKnown(entry.userId(), 0)));
    }
    return book(entry, leaves, job.get(), client.get(), person.get(), hasWaited);
  }

  /** Where the entry is booked; empty when its user is no person of SecondService. */
  Optional<Place> place(EntryContent entry) throws ServiceTrouble, InterruptedException {
    return person(directory.user(entry.id(), entry.userId()))
        .map(person -> new Place(person, entry.day()));
  }

  /** Whether the entry names a job and a client of SecondService. */
  static boolean namesJob(EntryContent entry) {
    return externalId(entry.projectExternalId()).isPresent()
        && externalId(entry.clientExternalId()).isPresent();
  }

  private static Optional<Long> person(Optional<FirstService.User> user) {
    return user.flatMap(u -> externalId(u.externalId()));
  }

  /** SecondService does not know the user as we remembered. */
  void forgetUser(EntryContent entry) {
    directory.forgetUser(entry.userId());
  }

  /** SecondService knows the job or its tasks differently than we remembered. */
  void forgetTasks(EntryContent entry) {
    externalId(entry.projectExternalId()).ifPresent(directory::forgetTasks);
  }

  private Mapped book(
      EntryContent entry, List<Label> leaves, long job, long client, long person, boolean hasWaited)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    List<TaskRef> wanted = wanted(leaves, mapping::task);
    Optional<Long> task = first(directory.tasks(entry.id(), job), wanted);
    if (task.isEmpty() && hasWaited) {
      wanted = wanted(leaves, mapping::fresh);
    }
    if (task.isEmpty() && !wanted.isEmpty()) {
      task = first(directory.freshTasks(entry.id(), job), wanted);
    }
    if (task.isEmpty()) {
      String names =
          String.join(", ", leaves.stream().map(l -> l.name() + " (" + l.id() + ")").toList());
      return !wanted.isEmpty()
          ? rejected(
              Reason.UNKNOWN_TASK,
              "job " + job + " has no task for label " + names,
              tasks(job, leaves))
          : rejected(
              Reason.UNMAPPED_LABEL,
              "no task is mapped for label " + names,
              causes(leaves.stream().map(leaf -> new Cause.LabelMapped(leaf.id()))));
    }
    return new Mapped.Booking(
        new SecondService.Timesheet(
            client,
            job,
            task.get(),
            person,
            hours.of(entry.seconds()),
            entry.day(),
            ReferenceMark.describe(entry.id(), entry.note())));
  }

  /** Where a mapping is looked up. */
  private interface Look {
    Optional<TaskRef> task(long labelId) throws EntryStore.Unavailable;
  }

  private List<TaskRef> wanted(List<Label> leaves, Look mapped) throws EntryStore.Unavailable {
    List<TaskRef> wanted = new ArrayList<>();
    for (Label leaf : leaves) {
      mapped.task(leaf.id()).ifPresent(wanted::add);
    }
    if (leaves.isEmpty()) {
      wanted.add(new TaskRef.ByName(rules.unlabelledTask().orElseThrow()));
    }
    return wanted;
  }

  /** Any of the labels' tasks will do. */
  private static Set<Cause> tasks(long job, List<Label> leaves) {
    return causes(
        (leaves.isEmpty() ? Stream.of(0L) : leaves.stream().map(Label::id))
            .map(label -> new Cause.TaskThere(job, label)));
  }

  private static Set<Cause> causes(Stream<? extends Cause> all) {
    return all.limit(Cause.MOST).collect(Collectors.toSet());
  }

  /** The first of the wanted tasks that the job has. */
  static Optional<Long> first(List<SecondService.Task> tasks, List<TaskRef> wanted) {
    return wanted.stream()
        .flatMap(ref -> tasks.stream().filter(task -> ref.names(task.id(), task.name())).limit(1))
        .map(SecondService.Task::id)
        .findFirst();
  }

  private static Mapped rejected(Reason reason, String detail, Set<Cause> waitsFor) {
    return new Mapped.Rejected(new Rejection(reason, detail, waitsFor));
  }

  /** An external id that is an id of SecondService. */
  static Optional<Long> externalId(String text) {
    return text.matches("[1-9][0-9]{0,17}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
  }
}
