package io.timebridge.ops;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.Discard;
import io.timebridge.deadletters.Redrive;
import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import java.util.List;
import java.util.Optional;

/** What waits, and what can be done about it. Thread-safe. */
interface Parked {
  /** What is known of one key: all that waits, and what was given up of it; each the oldest. */
  record Details(
      Optional<WaitingKey> key,
      List<WaitingEvent> waiting,
      boolean moreWaiting,
      List<WaitingEvent> discarded,
      boolean moreDiscarded) {}

  /** The oldest keys, as a look of a few seconds ago found them. */
  Looked<DeadLetters.Listing> list() throws StoreTrouble, InterruptedException;

  Details details(String key) throws StoreTrouble, InterruptedException;

  /** Another look at {@link #list} sees what was done since the last one. */
  void forget();

  /** Empty when nothing of the key waits any more. */
  Optional<Redrive.Ended> redrive(String key) throws StoreTrouble, InterruptedException;

  Discard.Ended discard(String key, String why) throws StoreTrouble, InterruptedException;
}
