package io.timebridge.story;

import io.timebridge.deadletters.WaitingKey;
import io.timebridge.story.SecondView.Sheet;
import io.timebridge.story.Story.Standing;
import io.timebridge.timesheet.Cause;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.HistoryItem;
import io.timebridge.timesheet.HistoryItem.Step;
import io.timebridge.timesheet.Intent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Why an entry stands as it does. Used by one thread. */
final class Explanation {
  private static final String NOTHING = "nothing to book: ";

  private final Sources sources;
  private final EntryRow row;
  private final Standing standing;
  private final List<String> why = new ArrayList<>();

  Explanation(Sources sources) {
    this.sources = sources;
    this.row = sources.row();
    this.standing = judge();
    tell();
    services();
  }

  Standing standing() {
    return standing;
  }

  List<String> why() {
    return why;
  }

  private Standing judge() {
    if (!row.exists()) {
      return Standing.UNKNOWN;
    }
    if (row.waits()) {
      return row.lane() == EntryRow.Lane.DEAD ? Standing.DEAD : Standing.WAITS;
    }
    if (row.intent().isPresent()) {
      return Standing.UNDER_WAY;
    }
    if (row.state() == EntryRow.State.DELETED) {
      return Standing.DELETED;
    }
    if (row.timesheetId() > 0) {
      return Standing.BOOKED;
    }
    return wasGivenUp() ? Standing.GIVEN_UP : Standing.NOTHING_TO_BOOK;
  }

  /** The last that became of it is that somebody took away what waited. */
  private boolean wasGivenUp() {
    return last().filter(item -> item.step() == Step.DROPPED).isPresent()
        && !sources.givenUp().isEmpty();
  }

  private Optional<HistoryItem> last() {
    List<HistoryItem> told = row.history().all();
    return told.isEmpty() ? Optional.empty() : Optional.of(told.getLast());
  }

  private void tell() {
    switch (standing) {
      case UNKNOWN -> unknown();
      case WAITS, DEAD -> waits();
      case UNDER_WAY -> row.intent().ifPresent(this::underWay);
      case DELETED ->
          why.add(
              "The entry is deleted, and nothing of it is in SecondService as far as we have done.");
      case BOOKED -> booked();
      case GIVEN_UP ->
          why.add(
              "What waited of it was given up (`given up` below says by whom and why). Its next edit is taken as usual.");
      case NOTHING_TO_BOOK -> why.add(nothing());
    }
    if (standing == Standing.WAITS || standing == Standing.DEAD) {
      row.intent().ifPresent(this::underWay);
    }
    if (!sources.quarantined().isEmpty()) {
      why.add(
          "Records under this key that were kept out, and are never applied: %d (`kept out` below)."
              .formatted(sources.quarantined().size()));
    }
  }

  private void unknown() {
    why.add(
        "There is no row: nothing of it ever arrived that could be used, or it was deleted and cleaned up since. Nothing of ours is in SecondService.");
  }

  private void booked() {
    why.add(
        "Version %d is booked as timesheet %d%s."
            .formatted(
                row.version(),
                row.timesheetId(),
                row.place().map(p -> " of person " + p.personId() + " on " + p.day()).orElse("")));
    nothingToBook()
        .ifPresent(reason ->
            why.add(
                "Its newest version has nothing to book (%s); what was booked before stays."
                    .formatted(reason)));
  }

  private String nothing() {
    return nothingToBook()
        .map(reason -> "It is not booked, and is not meant to be: " + reason + ".")
        .orElse(
            row.version() == 0
                ? "It is not booked: a call for it was begun and not made, and its event comes again by itself."
                : "It is not booked; why, the row does not tell (it is from before rows did, or was cleaned up).");
  }

  /** What the latest write says of it, in words. */
  private Optional<String> nothingToBook() {
    return last()
        .map(HistoryItem::text)
        .filter(text -> text.contains(NOTHING))
        .map(text -> text.substring(text.indexOf(NOTHING) + NOTHING.length()))
        .map(Explanation::inWords);
  }

  private static String inWords(String reason) {
    return switch (reason) {
      case "no-label" ->
          "it has no label that names a task (none at all, or only such as timesheet.excluded-parent-labels leaves out), and timesheet.unlabelled-task is not set";
      case "no-duration" -> "its duration is zero";
      case "draft" -> "it is a draft";
      case "running-timer" -> "its timer is still running";
      default -> reason;
    };
  }

  private void waits() {
    Optional<WaitingKey> key = sources.waits();
    why.add(
        "It waits%s%s."
            .formatted(
                key.filter(k -> !k.since().equals(Instant.EPOCH))
                    .map(k -> " since " + k.since())
                    .orElse(""),
                key.map(k -> ": " + (k.detail().isEmpty() ? k.reason() : k.detail())).orElse("")));
    key.ifPresent(k -> Cause.read(k.waitsFor()).forEach(cause -> why.add(Causes.words(cause))));
    why.add(
        "Events of it that wait, in their order: %d; tries in vain: %d."
            .formatted(row.parked(), key.map(WaitingKey::attempts).orElse(0L)));
    why.add(
        standing == Standing.DEAD
            ? "Nothing tries it again by itself, unless what it waits for is put right and can be asked for: `./timebridge dlq redrive %s`."
                .formatted(sources.id())
            : "It is tried again by itself, with growing waits; at once by `./timebridge dlq redrive %s`."
                .formatted(sources.id()));
  }

  private void underWay(Intent open) {
    why.add(
        "A call is announced (%s, version %d, by %s), and what came of it is not written yet: it is under way, or whoever comes next takes it over once it can no longer land (%d s), and looks up what it did."
            .formatted(
                open.op().name().toLowerCase(Locale.ROOT),
                open.version(),
                open.token(),
                open.span().toSeconds()));
  }

  /** Where the services say otherwise than the row. */
  private void services() {
    switch (sources.first()) {
      case FirstView.Live live -> live(live);
      case FirstView.Gone gone when row.timesheetId() > 0 && standing == Standing.BOOKED ->
          why.add("FirstService says that it is deleted: the deletion has not arrived here.");
      case FirstView.Gone gone when !row.exists() ->
          why.add("FirstService says that there is no such entry.");
      case FirstView.Gone gone -> {}
      case FirstView.NotAsked notAsked -> {}
      case FirstView.Unusable(String problem) ->
          why.add("FirstService gives an entry that cannot be booked: " + problem + ".");
      case FirstView.Trouble trouble -> {}
    }
    if (sources.second() instanceof SecondView.Report report) {
      report(report);
    }
  }

  private void live(FirstView.Live live) {
    if (!row.exists()) {
      why.add(
          "FirstService says that it lives (version %d): its webhook has not arrived here, or was kept out. An edit there sends it again."
              .formatted(live.version()));
    } else if (standing == Standing.DELETED) {
      why.add("FirstService says that it lives: a webhook that says so has not arrived here.");
    } else if (live.version() > row.version() && !row.waits() && row.intent().isEmpty()) {
      why.add(
          "FirstService has a newer version (%d): it has not arrived here yet, or its webhook is lost."
              .formatted(live.version()));
    }
  }

  private void report(SecondView.Report report) {
    long mine = row.timesheetId();
    List<Sheet> others = report.timesheets().stream().filter(t -> t.id() != mine).toList();
    if (mine > 0 && report.timesheets().size() == others.size()) {
      why.add(
          "SecondService does not show timesheet %d on these days: it was moved or deleted there, or is too new."
              .formatted(mine));
    }
    if (!others.isEmpty()) {
      why.add(
          "SecondService shows timesheets with its mark that the row does not know: %s."
              .formatted(String.join(", ", others.stream().map(t -> "" + t.id()).toList())));
    }
  }
}
