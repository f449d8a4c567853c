package io.timebridge.ops;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.Discard;
import io.timebridge.deadletters.Redrive;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Keys that wait, in memory. Thread-safe. */
final class FakeParked implements Parked {
  static final Instant NOW = Instant.parse("2026-07-03T10:00:00Z");

  private final Map<String, WaitingKey> keys = new ConcurrentSkipListMap<>();
  private final Map<String, String> discarded = new ConcurrentSkipListMap<>();
  private final List<String> redriven = java.util.Collections.synchronizedList(new ArrayList<>());

  private volatile String trouble = "";

  /** From now on the keys cannot be read; empty = they can. */
  void trouble(String why) {
    trouble = why;
  }

  void add(String key, String reason, String detail) {
    keys.put(
        key,
        new WaitingKey(
            key,
            WaitingKey.Kind.ENTRY,
            reason,
            1,
            NOW.minusSeconds(3600),
            WaitingKey.State.WAITING,
            2,
            1,
            "",
            detail));
  }

  List<String> redriven() {
    return List.copyOf(redriven);
  }

  Map<String, String> discarded() {
    return Map.copyOf(discarded);
  }

  @Override
  public Looked<DeadLetters.Listing> list() throws StoreTrouble {
    if (!trouble.isEmpty()) {
      throw new StoreTrouble(trouble, new IllegalStateException("on purpose"));
    }
    return new Looked<>(new DeadLetters.Listing(List.copyOf(keys.values()), 0), NOW);
  }

  @Override
  public void forget() {}

  @Override
  public Details details(String key) {
    return new Details(Optional.ofNullable(keys.get(key)), List.of(), false, List.of(), false);
  }

  @Override
  public Optional<Redrive.Ended> redrive(String key) {
    if (keys.remove(key) == null) {
      return Optional.empty();
    }
    redriven.add(key);
    return Optional.of(new Redrive.Ended.Woken());
  }

  @Override
  public Discard.Ended discard(String key, String why) {
    if (keys.remove(key) == null) {
      return new Discard.Ended.Nothing();
    }
    discarded.put(key, why);
    return new Discard.Ended.Done(1, 0);
  }
}
