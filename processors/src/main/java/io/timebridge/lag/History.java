package io.timebridge.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The window of one who looks again and again, for shards whose worker does not tell of itself:
 * what is finished is known by the checkpoint alone. Used by one thread.
 */
public final class History {
  private final Map<String, Window> windows = new HashMap<>();

  private static final class Window {
    final ArrayDeque<Sample> samples = new ArrayDeque<>();
    String checkpoint = "";
    long moves;
  }

  /** The shard as it was seen; what was seen of it before, with that. */
  List<Sample> add(String shard, Instant at, Duration behind, String checkpoint) {
    Window window = windows.computeIfAbsent(shard, s -> new Window());
    if (!window.checkpoint.equals(checkpoint)) {
      window.checkpoint = checkpoint;
      window.moves++;
    }
    window.samples.add(new Sample(at, behind, 0, 0, window.moves));
    if (window.samples.size() > Judge.WINDOW) {
      window.samples.remove();
    }
    return List.copyOf(window.samples);
  }
}
