package io.timebridge.lag;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The last samples of a shard, {@value Judge#WINDOW} at most, the newest always among them. The
 * others lie so far apart that a full window is at least so long as was asked for, however often
 * somebody looks. Used by one thread.
 */
public final class SampleWindow {
  private final Deque<Sample> samples = new ArrayDeque<>();
  private final Duration apart;

  /**
   * @param least of a full window, from its first sample to its last
   */
  public SampleWindow(Duration least) {
    this.apart = least.dividedBy(Judge.WINDOW - 2); // the newest may lie close to the one before
  }

  /** One more; it may take the place of the one before. */
  public void add(Sample sample) {
    if (samples.size() > 1) {
      Sample newest = samples.removeLast();
      if (Duration.between(samples.getLast().at(), newest.at()).compareTo(apart) >= 0) {
        samples.addLast(newest);
      }
    }
    samples.addLast(sample);
    if (samples.size() > Judge.WINDOW) {
      samples.removeFirst();
    }
  }

  /** Forgets all. */
  public void clear() {
    samples.clear();
  }

  /** Empty = none yet. */
  public Optional<Sample> newest() {
    return Optional.ofNullable(samples.peekLast());
  }

  /** Oldest first. */
  public List<Sample> all() {
    return List.copyOf(samples);
  }
}
