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

  Mapped map(EntryContent entry)
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
      return rejected(Reason.UNKNOWN_JOB, "the entry's project or client has no external id");
    }
    Optional<FirstService.User> user = directory.user(entry.id(), entry.userId());
    Optional<Long> person = user.flatMap(u -> externalId(u.externalId()));
    if (person.isEmpty()) {
      return rejected(
          Reason.UNKNOWN_USER, "user " + entry.userId() + " has no external id in FirstService");
    }
    return book(entry, leaves, job.get(), client.get(), person.get());
  }

  /** SecondService knows the job or its tasks differently than we remembered. */
  void forgetTasks(EntryContent entry) {
    externalId(entry.projectExternalId()).ifPresent(directory::forgetTasks);
  }

  private Mapped book(EntryContent entry, List<Label> leaves, long job, long client, long person)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    List<TaskRef> wanted = new ArrayList<>();
    for (Label leaf : leaves) {
      mapping.task(leaf.id()).ifPresent(wanted::add);
    }
    if (leaves.isEmpty()) {
      wanted.add(new TaskRef.ByName(rules.unlabelledTask().orElseThrow()));
    }
    Optional<Long> task = first(directory.tasks(entry.id(), job), wanted);
    if (task.isEmpty() && !wanted.isEmpty()) {
      task = first(directory.freshTasks(entry.id(), job), wanted);
    }
    if (task.isEmpty()) {
      String names =
          String.join(", ", leaves.stream().map(l -> l.name() + " (" + l.id() + ")").toList());
      return !wanted.isEmpty()
          ? rejected(Reason.UNKNOWN_TASK, "job " + job + " has no task for label " + names)
          : rejected(Reason.UNMAPPED_LABEL, "no task is mapped for label " + names);
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

  /** The first of the wanted tasks that the job has. */
  private static Optional<Long> first(List<SecondService.Task> tasks, List<TaskRef> wanted) {
    return wanted.stream()
        .flatMap(ref -> tasks.stream().filter(task -> is(task, ref)).limit(1))
        .map(SecondService.Task::id)
        .findFirst();
  }

  private static boolean is(SecondService.Task task, TaskRef ref) {
    return switch (ref) {
      case TaskRef.ById(long id) -> task.id() == id;
      case TaskRef.ByName(String name) -> task.name().strip().equalsIgnoreCase(name.strip());
    };
  }

  private static Mapped rejected(Reason reason, String detail) {
    return new Mapped.Rejected(new Rejection(reason, detail));
  }

  private static Optional<Long> externalId(String text) {
    return text.matches("[1-9][0-9]{0,17}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
  }
}
