package io.timebridge.reconcile;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryContent;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * A live entry as FirstService has it, without its note.
 *
 * @param version its {@code updated_at}, in seconds since 1970; 0 = it has none
 * @param hash of its content, note included
 * @param words of its timesheet's description, see {@link Words}
 * @param content its note is empty; none = it cannot be read
 * @param problem why it cannot be read; empty = it can
 */
public record Entry(
    EntryId id,
    long version,
    String hash,
    long words,
    Optional<EntryContent> content,
    String problem) {

  /** Reads one that can be read. */
  public static Entry of(long version, EntryContent whole) {
    EntryContent light =
        new EntryContent(
            whole.id(),
            whole.userId(),
            whole.projectId(),
            whole.projectExternalId(),
            whole.clientExternalId(),
            whole.seconds(),
            whole.day(),
            "",
            whole.labelIds(),
            whole.ignored());
    return new Entry(
        whole.id(),
        version,
        whole.hash(),
        Words.ofEntry(whole.id(), whole.note()),
        Optional.of(light),
        "");
  }

  /** One that cannot be read. */
  public static Entry unreadable(EntryId id, String problem) {
    return new Entry(id, 0, "", 0, Optional.empty(), problem);
  }

  Optional<LocalDate> day() {
    return content.map(EntryContent::day);
  }

  boolean isYoungerThan(Instant limit) {
    return version > limit.getEpochSecond();
  }
}
