package io.timebridge.local.traffic;

import io.timebridge.local.traffic.Comparison.Findings;
import io.timebridge.local.traffic.Comparison.Rules;
import io.timebridge.local.traffic.FirstSide.Entry;
import io.timebridge.local.traffic.SecondSide.Job;
import io.timebridge.local.traffic.SecondSide.Task;
import io.timebridge.local.traffic.SecondSide.Timesheet;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every entry against its timesheets. For one use. */
final class TimesheetCheck {
  private static final Pattern MARK = Pattern.compile("\\[TB#([1-9][0-9]{0,17})\\]\\s*\\z");
  private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);

  final Findings missing = new Findings();
  final Findings duplicates = new Findings();
  final Findings wrong = new Findings();
  final Findings extra = new Findings();

  private final FirstSide first;
  private final SecondSide second;
  private final Rules rules;
  private int live;
  private int unmappable;

  TimesheetCheck(FirstSide first, SecondSide second, Rules rules) {
    this.first = first;
    this.second = second;
    this.rules = rules;
  }

  /** What an entry has to look like in SecondService, or why it cannot be there. */
  private sealed interface Expected {
    record Booked(long person, long client, long job, long task, String day, BigDecimal hours)
        implements Expected {}

    /**
     * @param mayRemain whether a timesheet from before may still be there
     */
    record Not(String why, boolean mayRemain) implements Expected {}
  }

  int live() {
    return live;
  }

  int unmappable() {
    return unmappable;
  }

  void check() {
    Map<Long, List<Timesheet>> byEntry = new HashMap<>();
    for (Timesheet timesheet : second.timesheets()) {
      Matcher mark = MARK.matcher(timesheet.description());
      if (mark.find()) {
        byEntry
            .computeIfAbsent(Long.parseLong(mark.group(1)), id -> new ArrayList<>())
            .add(timesheet);
      } else {
        extra.add("timesheet %d has no reference mark".formatted(timesheet.id()));
      }
    }
    Set<Long> known = new HashSet<>();
    for (Entry entry : first.entries()) {
      known.add(entry.id());
      check(entry, byEntry.getOrDefault(entry.id(), List.of()));
    }
    byEntry.forEach((entry, timesheets) -> {
      if (!known.contains(entry)) {
        timesheets.forEach(
            t -> extra.add("timesheet %d is of unknown entry %d".formatted(t.id(), entry)));
      }
    });
  }

  private void check(Entry entry, List<Timesheet> timesheets) {
    if (timesheets.size() > 1) {
      duplicates.add(
          "entry %d has timesheets %s"
              .formatted(entry.id(), timesheets.stream().map(Timesheet::id).toList()));
    }
    if (!entry.deleted()) {
      live++;
    }
    switch (expected(entry)) {
      case Expected.Booked booked -> {
        if (timesheets.isEmpty()) {
          missing.add("entry %d has no timesheet, expected %s".formatted(entry.id(), booked));
        }
        timesheets.forEach(timesheet -> compare(entry, booked, timesheet));
      }
      case Expected.Not(String why, boolean mayRemain) -> {
        if (!entry.deleted()) {
          unmappable++;
        }
        if (!mayRemain) {
          timesheets.forEach(
              t -> extra.add("timesheet %d, but entry %d %s".formatted(t.id(), entry.id(), why)));
        }
      }
    }
  }

  private void compare(Entry entry, Expected.Booked booked, Timesheet timesheet) {
    List<String> differences = new ArrayList<>();
    differ(differences, "person", timesheet.person(), booked.person());
    differ(differences, "client", timesheet.client(), booked.client());
    differ(differences, "job", timesheet.job(), booked.job());
    differ(differences, "task", timesheet.task(), booked.task());
    differ(differences, "day", timesheet.day(), booked.day());
    if (timesheet.hours().compareTo(booked.hours()) != 0) {
      differ(differences, "hours", timesheet.hours(), booked.hours());
    }
    if (!differences.isEmpty()) {
      wrong.add(
          "entry %d, timesheet %d: %s"
              .formatted(entry.id(), timesheet.id(), String.join(", ", differences)));
    }
  }

  private static void differ(List<String> differences, String what, Object is, Object expected) {
    if (!is.equals(expected)) {
      differences.add("%s %s, expected %s".formatted(what, is, expected));
    }
  }

  private Expected expected(Entry entry) {
    boolean before = rules.keptFromBefore().contains(entry.id());
    if (entry.deleted()) {
      return new Expected.Not("is deleted", false);
    }
    if (!entry.booking()) {
      return new Expected.Not("is a draft or running", before);
    }
    if (entry.seconds() <= 0) {
      return new Expected.Not("has no time", before);
    }
    Optional<Long> person = first.userExternalIds().getOrDefault(entry.user(), Optional.empty());
    if (person.isEmpty() || !second.personnel().contains(person.get())) {
      return new Expected.Not("has a user whom SecondService does not know", before);
    }
    Optional<Job> job =
        Optional.ofNullable(first.projects().get(entry.project()))
            .flatMap(FirstSide.Project::externalId)
            .flatMap(id -> Optional.ofNullable(second.jobs().get(id)));
    if (job.isEmpty()) {
      return new Expected.Not("has a project without a job", before);
    }
    if (!job.get().open()) {
      // closed after it was booked: the timesheet stays as it is
      return new Expected.Not("is on a closed job", true);
    }
    Optional<Task> task = task(entry, job.get());
    if (task.isEmpty()) {
      return new Expected.Not("has no label that names a task of its job", before);
    }
    return new Expected.Booked(
        person.get(),
        job.get().client(),
        job.get().id(),
        task.get().id(),
        entry.day(),
        BigDecimal.valueOf(entry.seconds()).divide(SECONDS_PER_HOUR, 4, RoundingMode.HALF_UP));
  }

  private Optional<Task> task(Entry entry, Job job) {
    List<Long> chosen = entry.labels();
    return chosen.stream()
        .filter(label -> chosen.stream().noneMatch(other -> first.isAncestor(label, other)))
        .flatMap(label -> Optional.ofNullable(rules.labelTasks().get(label)).stream())
        .flatMap(ref -> task(ref, job).stream())
        .findFirst();
  }

  private Optional<Task> task(TaskRef ref, Job job) {
    return second.tasks().values().stream()
        .filter(task -> task.job() == job.id())
        .filter(task ->
            switch (ref) {
              case TaskRef.ById(long id) -> task.id() == id;
              case TaskRef.ByName(String name) -> plain(task.name()).equals(plain(name));
            })
        .findFirst();
  }

  private static String plain(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }
}
