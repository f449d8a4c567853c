package io.timebridge.local.traffic;

import io.timebridge.local.traffic.TrafficPlan.Entry;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Makes entries and edits them. What an entry is (labelled, bookable, ...) is settled at the start.
 */
final class EntryMaker {
  static final int MOST_PER_DAY = 7;

  private static final double WHOLE_MINUTES = 0.20;
  private static final double NO_LABEL = 0.33;
  private static final double SEVERAL_LABELS = 0.17;
  private static final double UNMAPPED_LABEL = 0.015;
  private static final double UNKNOWN_PERSON = 0.01;
  private static final double MIDNIGHT = 0.02;
  private static final double EMPTY_NOTE = 0.06;

  private enum Labels {
    NONE,
    ONE,
    SEVERAL,
    UNMAPPED
  }

  private record Desk(int person, LocalDate day) {}

  private final Draw draw;
  private final Company company;
  private final Notes notes;
  private final int[] durations;
  private final boolean[] wholeMinutes;
  private final boolean[] midnight;
  private final boolean[] emptyNote;
  private final List<Labels> labels;
  private final List<Desk> desks;

  /** Entries that were ever at a person's day: never more than {@link #MOST_PER_DAY}. */
  private final Map<Desk, Integer> taken = new HashMap<>();

  EntryMaker(Draw draw, Company company, int entries, LocalDate firstDay) {
    this.draw = draw;
    this.company = company;
    this.notes = new Notes(draw);
    this.durations = draw.durations(entries);
    this.wholeMinutes = draw.flags(entries, WHOLE_MINUTES);
    this.midnight = draw.flags(entries, MIDNIGHT);
    this.emptyNote = draw.flags(entries, EMPTY_NOTE);
    this.labels = labelKinds(entries);
    this.desks = desks(entries, firstDay);
  }

  private List<Labels> labelKinds(int entries) {
    List<Labels> kinds = new ArrayList<>();
    int none = (int) Math.round(entries * NO_LABEL);
    int several = (int) Math.round(entries * SEVERAL_LABELS);
    int unmapped = (int) Math.ceil(entries * UNMAPPED_LABEL);
    for (int e = 0; e < entries; e++) {
      if (e < none) {
        kinds.add(Labels.NONE);
      } else if (e < none + several) {
        kinds.add(Labels.SEVERAL);
      } else {
        kinds.add(e < none + several + unmapped ? Labels.UNMAPPED : Labels.ONE);
      }
    }
    return draw.shuffled(kinds);
  }

  /** Who tracks which entry on which day: people in turn fill their working days. */
  private List<Desk> desks(int entries, LocalDate firstDay) {
    List<Integer> known =
        IntStream.range(0, company.people.size())
            .filter(p -> company.people.get(p).known())
            .boxed()
            .toList();
    int ofUnknown =
        known.size() == company.people.size() ? 0 : (int) Math.ceil(entries * UNKNOWN_PERSON);
    List<Desk> all = new ArrayList<>();
    for (int p = 0; p < known.size(); p++) {
      int share = (entries - ofUnknown) / known.size();
      int rest = (entries - ofUnknown) % known.size();
      fill(all, known.get(p), share + (p < rest ? 1 : 0), firstDay);
    }
    fill(all, company.people.size() - 1, ofUnknown, firstDay);
    return draw.shuffled(all);
  }

  private void fill(List<Desk> all, int person, int count, LocalDate firstDay) {
    int left = count;
    for (LocalDate day = firstDay; left > 0; day = day.plusDays(1)) {
      if (day.getDayOfWeek().getValue() > DayOfWeek.FRIDAY.getValue()) {
        continue;
      }
      int today = Math.min(left, draw.between(1, MOST_PER_DAY));
      for (int i = 0; i < today; i++) {
        Desk desk = new Desk(person, day);
        all.add(desk);
        taken.merge(desk, 1, Integer::sum);
      }
      left -= today;
    }
  }

  Entry create(int entry) {
    Desk desk = desks.get(entry);
    int job = draw.oneOf(company.trackedJobs());
    int seconds = draw.onMinute(durations[entry], wholeMinutes[entry]);
    return placed(
        entry,
        desk.person(),
        job,
        desk.day(),
        seconds,
        emptyNote[entry] ? "" : notes.note(),
        labels(labels.get(entry), job));
  }

  /** The entry after one edit; always different in something that an edit can change. */
  Entry edit(int entry, Entry old) {
    int kind = draw.below(100);
    Entry edited = old;
    if (kind < 30 && !emptyNote[entry]) {
      edited = withNote(old, notes.note());
    } else if (kind < 45) {
      edited = withLabels(old, labels(labels.get(entry), old.job()));
    } else if (kind < 57) {
      edited = moved(entry, old);
    } else if (kind < 69) {
      edited = onAnotherDay(entry, old);
    }
    if (!edited.equals(old)) {
      return edited;
    }
    return placed(
        entry,
        old.person(),
        old.job(),
        old.day(),
        otherSeconds(entry, old),
        old.note(),
        old.labels());
  }

  private int otherSeconds(int entry, Entry old) {
    int seconds = old.seconds();
    while (seconds == old.seconds()) {
      seconds = draw.onMinute(draw.duration(), wholeMinutes[entry]);
    }
    return seconds;
  }

  private Entry moved(int entry, Entry old) {
    int job = draw.oneOf(company.trackedJobs());
    Labels kind = labels.get(entry);
    boolean fits =
        kind == Labels.NONE
            || kind == Labels.UNMAPPED
            || old.labels().stream().anyMatch(l -> company.isLeaf(l) && company.names(l, job));
    return new Entry(
        old.person(),
        job,
        old.day(),
        old.from(),
        old.to(),
        old.seconds(),
        old.note(),
        fits ? old.labels() : labels(kind, job));
  }

  private Entry onAnotherDay(int entry, Entry old) {
    LocalDate day = old.day().plusDays(draw.oneOf(List.of(-2, -1, 1, 2, 3)));
    Desk desk = new Desk(old.person(), day);
    if (taken.getOrDefault(desk, 0) >= MOST_PER_DAY) {
      return old;
    }
    taken.merge(desk, 1, Integer::sum);
    return placed(entry, old.person(), old.job(), day, old.seconds(), old.note(), old.labels());
  }

  private List<Integer> labels(Labels kind, int job) {
    List<Integer> mapped = company.mappedLeaves(job);
    return switch (kind) {
      case NONE -> List.of();
      case UNMAPPED -> List.of(draw.oneOf(company.unmappedLeaves()));
      case ONE -> List.of(draw.oneOf(mapped.stream().filter(company::isRoot).toList()));
      case SEVERAL -> {
        List<Integer> children = mapped.stream().filter(l -> !company.isRoot(l)).toList();
        if (!children.isEmpty() && draw.chance(0.7)) {
          yield company.withParents(draw.oneOf(children));
        }
        yield twoLeaves(mapped, job);
      }
    };
  }

  /** Two leaves: both name a task of the job, or only the second does. */
  private List<Integer> twoLeaves(List<Integer> mapped, int job) {
    int second = draw.oneOf(mapped);
    List<Integer> others =
        IntStream.range(0, company.labels.size())
            .filter(l -> l != second && company.isLeaf(l))
            .filter(l -> draw.chance(0.5) || !company.names(l, job))
            .boxed()
            .toList();
    List<Integer> both = new ArrayList<>(company.withParents(draw.oneOf(others)));
    company.withParents(second).stream().filter(l -> !both.contains(l)).forEach(both::add);
    return both;
  }

  private Entry placed(
      int entry, int person, int job, LocalDate day, int seconds, String note, List<Integer> tags) {
    ZoneOffset offset = company.people.get(person).offset();
    int start;
    if (midnight[entry]) {
      int before = draw.between(1, Math.min(seconds - 1, 7_200));
      start = LocalTime.MAX.toSecondOfDay() + 1 - before;
    } else {
      int earliest = 6 * 3600;
      int latest = Math.max(earliest, 23 * 3600 - seconds);
      start = draw.between(earliest, latest);
    }
    OffsetDateTime from = day.atTime(LocalTime.ofSecondOfDay(start)).atOffset(offset);
    return new Entry(person, job, day, from, from.plusSeconds(seconds), seconds, note, tags);
  }

  private static Entry withNote(Entry old, String note) {
    return new Entry(
        old.person(),
        old.job(),
        old.day(),
        old.from(),
        old.to(),
        old.seconds(),
        note,
        old.labels());
  }

  private static Entry withLabels(Entry old, List<Integer> labels) {
    return new Entry(
        old.person(),
        old.job(),
        old.day(),
        old.from(),
        old.to(),
        old.seconds(),
        old.note(),
        labels);
  }
}
