package io.timebridge.local.simulated;

import io.timebridge.services.second.SecondService.Answer;
import io.timebridge.services.second.SecondService.Reason;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.services.second.SecondService.Timesheet;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SecondService's timesheets and their history: what was carried out, when, and what a report shows
 * of it; an effect may stay invisible for up to {@code visible-within}. Judges every effect as it
 * happens.
 */
final class Books {
  private static final Pattern DESCRIPTION = Pattern.compile("n(\\d+) \\[TB#(\\d+)\\]");

  private static final int LIES = 3;

  /** Longer than any look-up takes. */
  private static final long LIES_APART_NANOS = Duration.ofMinutes(1).toNanos();

  private final Kernel kernel;
  private final int visibleWithinMillis;
  private final Map<Long, Sheet> sheets = new TreeMap<>();
  private final Map<String, ArrayDeque<Long>> lies = new TreeMap<>();
  private final Map<Long, Integer> newestOf = new TreeMap<>();
  private final List<String> wrongs = new ArrayList<>();
  private long nextId = 900;
  private final Map<Long, Long> offSince = new TreeMap<>();
  private final List<Long> offNanos = new ArrayList<>();
  private int doubled;
  private int outOfOrder;

  /** One timesheet; {@code content} null = deleted. */
  private static final class Sheet {
    private @Nullable Timesheet content;
    private final List<Shown> shown = new ArrayList<>();
  }

  private record Shown(long fromNanos, @Nullable Timesheet content) {}

  /**
   * @param visibleWithinMillis L: a report shows every effect older than this
   */
  Books(Kernel kernel, int visibleWithinMillis) {
    this.kernel = kernel;
    this.visibleWithinMillis = visibleWithinMillis;
  }

  Answer add(Timesheet timesheet) {
    long id = ++nextId;
    write(id, timesheet);
    long entry = entryOf(timesheet);
    if (live(entry).size() > 1) {
      doubled++;
      wrongs.add("entry %d has %d timesheets".formatted(entry, live(entry).size()));
    }
    inOrder(timesheet);
    watch(entry);
    return new Answer.Done(id);
  }

  Answer update(long id, Timesheet timesheet) {
    Sheet sheet = sheets.get(id);
    if (sheet == null || sheet.content == null) {
      return unknown(id);
    }
    write(id, timesheet);
    inOrder(timesheet);
    watch(entryOf(timesheet));
    return new Answer.Done(id);
  }

  Answer delete(long id) {
    Sheet sheet = sheets.get(id);
    if (sheet == null || sheet.content == null) {
      return unknown(id);
    }
    long entry = entryOf(sheet.content);
    write(id, null);
    watch(entry);
    return new Answer.Done(id);
  }

  /**
   * Whether a report may be empty by mistake: three times at most for all who look for something in
   * it at that time, since nobody can tell a fourth from the truth.
   */
  boolean mayLie(long person, LocalDate from) {
    ArrayDeque<Long> told = lies.computeIfAbsent(person + "|" + from, p -> new ArrayDeque<>());
    if (told.size() == LIES && kernel.now() - told.getFirst() < LIES_APART_NANOS) {
      return false;
    }
    if (told.size() == LIES) {
      told.removeFirst();
    }
    return told.add(kernel.now());
  }

  /** What a report of that person and those days shows now. */
  List<ReportedTimesheet> report(long person, LocalDate from, LocalDate to) {
    List<ReportedTimesheet> rows = new ArrayList<>();
    sheets.forEach((id, sheet) -> {
      Timesheet t = visible(sheet);
      if (t != null && t.personId() == person && !t.day().isBefore(from) && !t.day().isAfter(to)) {
        rows.add(
            new ReportedTimesheet(
                id, t.personId(), t.jobId(), t.taskId(), t.day(), t.hours(), t.description()));
      }
    });
    return rows;
  }

  private @Nullable Timesheet visible(Sheet sheet) {
    Timesheet seen = null;
    for (Shown shown : sheet.shown) {
      if (shown.fromNanos() <= kernel.now()) {
        seen = shown.content();
      }
    }
    return seen;
  }

  private void write(long id, @Nullable Timesheet content) {
    Sheet sheet = sheets.computeIfAbsent(id, i -> new Sheet());
    sheet.content = content;
    long from = kernel.now() + kernel.millis(0, visibleWithinMillis).toNanos();
    long before = sheet.shown.isEmpty() ? 0 : sheet.shown.getLast().fromNanos();
    sheet.shown.add(new Shown(Math.max(from, before), content));
    int n = content == null ? 0 : numberOf(content);
    kernel.trace().note(kernel.now(), -1, Trace.EFFECT, id * 1000 + n);
    if (kernel.trace().wantsWords()) {
      kernel.trace().say(kernel.now(), -1, "timesheet " + id + " is now " + content);
    }
  }

  private void inOrder(Timesheet timesheet) {
    long entry = entryOf(timesheet);
    int n = numberOf(timesheet);
    int newest = newestOf.merge(entry, n, Math::max);
    if (n < newest) {
      outOfOrder++;
      wrongs.add("entry %d: n%d written after n%d".formatted(entry, n, newest));
    }
  }

  /** Notes for how long an entry shows two timesheets, or an older state after a newer one. */
  private void watch(long entry) {
    List<Timesheet> live = live(entry);
    boolean off =
        live.size() > 1
            || (live.size() == 1 && numberOf(live.getFirst()) < newestOf.getOrDefault(entry, 0));
    if (off) {
      offSince.putIfAbsent(entry, kernel.now());
    } else {
      Long since = offSince.remove(entry);
      if (since != null) {
        offNanos.add(kernel.now() - since);
      }
    }
  }

  /** How long each such time lasted that is over. */
  List<Long> offNanos() {
    return offNanos;
  }

  /** Contents of the entry's timesheets. */
  List<Timesheet> live(long entry) {
    List<Timesheet> all = new ArrayList<>();
    for (Sheet sheet : sheets.values()) {
      if (sheet.content != null && entryOf(sheet.content) == entry) {
        all.add(sheet.content);
      }
    }
    return all;
  }

  int doubled() {
    return doubled;
  }

  int outOfOrder() {
    return outOfOrder;
  }

  List<String> wrongs() {
    return wrongs;
  }

  private static Answer unknown(long id) {
    return new Answer.Refused(Reason.UNKNOWN_TIMESHEET, "unknown timesheet " + id);
  }

  private static long entryOf(Timesheet t) {
    return Long.parseLong(match(t).group(2));
  }

  static int numberOf(Timesheet t) {
    return Integer.parseInt(match(t).group(1));
  }

  private static Matcher match(Timesheet t) {
    Matcher m = DESCRIPTION.matcher(t.description());
    if (!m.matches()) {
      throw new IllegalStateException("not a description of ours: " + t.description());
    }
    return m;
  }
}
