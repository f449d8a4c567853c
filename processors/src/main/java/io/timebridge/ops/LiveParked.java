package io.timebridge.ops;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.Discard;
import io.timebridge.deadletters.ReasonFilter;
import io.timebridge.deadletters.Redrive;
import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link Parked} of the deployment's tables and queues. */
final class LiveParked implements Parked {
  /** Held in memory; older ones come first, so what is left out is the newest. */
  static final int MOST_KEYS = 50_000;

  private static final int MOST_EVENTS = 100;
  private static final Duration GOOD_FOR = Duration.ofSeconds(5);

  private final DeadLetters deadLetters;
  private final Redrive redrive;
  private final Discard discard;
  private final String who;
  private final Remembered<DeadLetters.Listing> listing;

  /**
   * @param who acts, for whoever looks later
   */
  LiveParked(
      DeadLetters deadLetters, Redrive redrive, Discard discard, String who, InstantSource clock) {
    this.deadLetters = deadLetters;
    this.redrive = redrive;
    this.discard = discard;
    this.who = who;
    this.listing =
        new Remembered<>(
            () -> deadLetters.list(ReasonFilter.everything(), MOST_KEYS),
            GOOD_FOR,
            clock,
            System::nanoTime);
  }

  @Override
  public Looked<DeadLetters.Listing> list() throws StoreTrouble, InterruptedException {
    return listing.get();
  }

  @Override
  public void forget() {
    listing.forget();
  }

  @Override
  public Details details(String key) throws StoreTrouble, InterruptedException {
    List<WaitingEvent> waiting = new ArrayList<>();
    List<WaitingEvent> discarded = new ArrayList<>();
    boolean more = deadLetters.events(key, MOST_EVENTS, waiting::add);
    boolean moreDiscarded = deadLetters.discarded(key, MOST_EVENTS, discarded::add);
    return new Details(deadLetters.find(key), waiting, more, discarded, moreDiscarded);
  }

  @Override
  public Optional<Redrive.Ended> redrive(String key) throws StoreTrouble, InterruptedException {
    Optional<WaitingKey> found = deadLetters.find(key);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(redrive.redrive(found.get()));
  }

  @Override
  public Discard.Ended discard(String key, String why) throws StoreTrouble, InterruptedException {
    Optional<WaitingKey> found = deadLetters.find(key);
    if (found.isEmpty()) {
      return new Discard.Ended.Nothing();
    }
    return discard.discard(found.get(), who, why);
  }
}
