package io.timebridge.story;

import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.story.StoryItem.Event;
import io.timebridge.stream.Envelope;
import io.timebridge.timesheet.HistoryItem;
import io.timebridge.timesheet.HistoryItem.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Brings the sources of a story into one order. */
final class TimeLine {
  /** Writes that the row's {@code rev} does not count. */
  private static final Set<Step> UNCOUNTED = EnumSet.of(Step.FOLLOWED, Step.WOKEN);

  private TimeLine() {}

  /**
   * By time. Writes of the row keep the order in which they were written, whatever the clocks of
   * those who wrote say.
   */
  static List<StoryItem> of(Sources sources) {
    List<StoryItem> line = new ArrayList<>();
    sources.row().history().all().forEach(item -> line.add(new StoryItem.Write(item)));
    List<StoryItem> others = new ArrayList<>();
    for (WaitingEvent e : sources.waiting()) {
      others.add(new StoryItem.Waiting(e.firstFailure(), event(e), e.reason(), e.detail()));
    }
    for (WaitingEvent e : sources.givenUp()) {
      e.discarded()
          .ifPresent(d -> others.add(new StoryItem.GivenUp(d.at(), event(e), d.by(), d.why())));
    }
    for (WaitingEvent e : sources.backupWaiting()) {
      others.add(new StoryItem.BackupWaiting(e.firstFailure(), event(e), e.reason(), e.detail()));
    }
    for (WaitingEvent e : sources.quarantined()) {
      others.add(new StoryItem.Quarantined(e.firstFailure(), e.sequence(), e.reason(), e.detail()));
    }
    sources
        .backup()
        .ifPresent(backup -> {
          if (backup.version() > 0) {
            others.add(
                new StoryItem.BackedUp(Instant.ofEpochSecond(backup.version()), backup.version()));
          }
          backup.deletedAt().ifPresent(at -> others.add(new StoryItem.Tombstone(at)));
        });
    others.forEach(item -> insert(line, item));
    return line;
  }

  /** After the last one that is not later. */
  private static void insert(List<StoryItem> line, StoryItem item) {
    int place = line.size();
    while (place > 0 && line.get(place - 1).at().isAfter(item.at())) {
      place--;
    }
    line.add(place, item);
  }

  private static Event event(WaitingEvent event) {
    return new Event(
        event.sequence(),
        event.envelope().map(e -> e.route().path()).orElse(""),
        event.envelope().map(Envelope::receivedAt).orElse(Instant.EPOCH),
        event.version());
  }

  static List<String> notes(Sources sources) {
    List<String> notes = new ArrayList<>();
    List<HistoryItem> told = sources.row().history().all();
    long counted = told.stream().filter(item -> !UNCOUNTED.contains(item.step())).count();
    long missing = sources.row().rev() - counted;
    if (sources.row().exists() && told.isEmpty()) {
      notes.add(
          "the row tells nothing of its writes (%d): they are from before rows did, or were cleaned up"
              .formatted(sources.row().rev()));
    } else if (missing > 0) {
      notes.add(
          "earlier writes of the row that are not told any more: %d (the newest 20 are, and none older than timesheet.history-for)"
              .formatted(missing));
    }
    if (sources.more()) {
      notes.add("of what waits, was given up or kept out there is more than is shown");
    }
    notes.add(
        "an event that needed nothing (a repeat, an older version) is not written down; at level DEBUG the log has it");
    return notes;
  }
}
