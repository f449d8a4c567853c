package io.timebridge.ops;

import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.stream.EntryId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One key that waits, or of which events were given up, as the template shows it.
 *
 * @param isEntry whether the key is an entry's, so that its story can be told
 */
public record KeyView(
    String key,
    boolean isEntry,
    Optional<WaitingKey> waits,
    List<Event> waiting,
    boolean moreWaiting,
    List<Event> discarded,
    boolean moreDiscarded) {

  /** One event, in words. */
  public record Event(
      String sequence,
      String route,
      String version,
      Instant parkedAt,
      String reason,
      String detail,
      String givenUp) {
    static Event of(WaitingEvent event) {
      return new Event(
          event.sequence().toString(),
          event.envelope().map(e -> e.route().path()).orElse("unreadable"),
          event.version().isPresent()
              ? Times.at(Instant.ofEpochSecond(event.version().getAsLong()))
              : "",
          event.firstFailure(),
          event.reason(),
          event.detail(),
          event
              .discarded()
              .map(d -> "by %s at %s: %s".formatted(d.by(), Times.at(d.at()), d.why()))
              .orElse(""));
    }
  }

  /** Which of the page's colours; never the only sign of a state. */
  public static String tone(WaitingKey key) {
    return key.state() == WaitingKey.State.DEAD ? "bad" : "wait";
  }

  static KeyView of(String key, Parked.Details details) {
    return new KeyView(
        key,
        EntryId.parse(key).isPresent(),
        details.key(),
        details.waiting().stream().map(Event::of).toList(),
        details.moreWaiting(),
        details.discarded().stream().map(Event::of).toList(),
        details.moreDiscarded());
  }
}
