package io.timebridge.story;

import io.timebridge.story.StoryItem.BackedUp;
import io.timebridge.story.StoryItem.BackupWaiting;
import io.timebridge.story.StoryItem.Event;
import io.timebridge.story.StoryItem.GivenUp;
import io.timebridge.story.StoryItem.Quarantined;
import io.timebridge.story.StoryItem.Tombstone;
import io.timebridge.story.StoryItem.Waiting;
import io.timebridge.story.StoryItem.Write;
import io.timebridge.timesheet.HistoryItem;
import java.math.BigInteger;
import java.time.Instant;

/** A time line in plain words. */
final class Words {
  private Words() {}

  static String word(StoryItem item) {
    return switch (item) {
      case Write(HistoryItem write) -> write.step().word().replace('-', ' ');
      case Waiting waiting -> "waits";
      case GivenUp given -> "given up";
      case Quarantined kept -> "kept out";
      case BackedUp backup -> "backed up";
      case Tombstone tombstone -> "backup deleted";
      case BackupWaiting waiting -> "backup waits";
    };
  }

  static String of(StoryItem item) {
    return switch (item) {
      case Write(HistoryItem write) -> of(write) + from(write) + by(write);
      case Waiting w -> "the event waits: " + because(w.reason(), w.detail()) + event(w.event());
      case GivenUp g -> "given up by " + g.by() + ": " + g.why() + event(g.event());
      case Quarantined q ->
          "a record under this key was kept out, and is never applied: "
              + because(q.reason(), q.detail())
              + seq(q.seq());
      case BackedUp b -> "the newest version that the backup holds: " + b.version();
      case Tombstone t -> "the backup was told that the entry is deleted";
      case BackupWaiting w ->
          "not backed up yet: " + because(w.reason(), w.detail()) + event(w.event());
    };
  }

  private static String of(HistoryItem write) {
    String version = write.version() == 0 ? "" : " version " + write.version();
    return switch (write.step()) {
      case ANNOUNCED -> "a call is announced: " + write.text() + version;
      case TAKEN_OVER -> "an announced call is taken over: " + write.text() + "," + version;
      case CONCLUDED -> "done: " + write.text() + version;
      case NOTED -> "no call was needed: " + write.text() + version;
      case PARKED -> "parked: " + write.text();
      case FOLLOWED -> "an event came, and waits behind those that wait (the latest such)";
      case WAKE_OWED -> "is to be tried again";
      case WOKEN -> "a wake-up was sent: " + write.text();
      case GIVEN_BACK -> "the call was surely not made, its announcement is taken back";
      case REJECTED_AGAIN -> "tried again, in vain: " + write.text();
      case DRAINED -> "what waited is done: " + write.text() + version;
      case DROPPED -> "what waited needed nothing, or was given up: " + write.text();
      case DEAD -> "nothing tries it again by itself";
      case OTHER -> "a write that this version does not know: " + write.text();
    };
  }

  private static String from(HistoryItem write) {
    return write.route().isEmpty()
        ? seq(write.seq())
        : " (" + write.route() + seq(write.seq()) + ")";
  }

  private static String by(HistoryItem write) {
    return write.worker().isEmpty() ? "" : " by " + write.worker();
  }

  private static String event(Event event) {
    return " ("
        + (event.route().isEmpty() ? "not readable" : event.route())
        + (event.version().isPresent() ? ", version " + event.version().getAsLong() : "")
        + (event.received().equals(Instant.EPOCH) ? "" : ", received " + event.received())
        + seq(event.seq())
        + ")";
  }

  private static String seq(BigInteger seq) {
    return seq.signum() == 0 ? "" : ", seq " + seq;
  }

  private static String because(String reason, String detail) {
    return detail.isEmpty() ? reason : reason + ": " + detail;
  }
}
