package io.timebridge.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The window of one who looks again and again, for shards whose worker does not tell of itself:
 * what is finished is known by the checkpoint alone. Used by one thread.
 */
public final class History {
  private final Map<String, Window> windows = new HashMap<>();
  private final Duration least;

  private static final class Window {
    final SampleWindow samples;
    String checkpoint = "";
    long moves;

    Window(Duration least) {
      samples = new SampleWindow(least);
    }
  }

  /**
   * @param late what a checkpoint may be late by; a full window is longer
   */
  History(Duration late) {
    this.least = late.compareTo(Judge.LEAST_SPAN) > 0 ? late.plusSeconds(1) : Judge.LEAST_SPAN;
  }

  /** The shard as it was seen; what was seen of it before, with that. */
  List<Sample> add(String shard, Instant at, Duration behind, String checkpoint) {
    Window window = windows.computeIfAbsent(shard, s -> new Window(least));
    if (!window.checkpoint.equals(checkpoint)) {
      window.checkpoint = checkpoint;
      window.moves++;
    }
    window.samples.add(new Sample(at, behind, 0, 0, window.moves));
    return window.samples.all();
  }
}
