package io.timebridge.processors;

import io.timebridge.lag.Judge;
import io.timebridge.lag.OldestKey;
import io.timebridge.lag.Sample;
import io.timebridge.lag.SampleWindow;
import io.timebridge.lag.ShardStatus;
import io.timebridge.worker.ShardProgress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the last samples of each shard that this worker has, {@link Judge#LEAST_SPAN} or more, and
 * none from before the shard was lost and taken anew. Used by one thread.
 */
final class ShardWindows {
  private final Map<String, Window> windows = new HashMap<>();

  private static final class Window {
    final SampleWindow samples = new SampleWindow(Judge.LEAST_SPAN);
    String position = "";
    long moves;
  }

  /**
   * One more sample of each shard.
   *
   * @param applications what they have, by name
   */
  Map<String, List<ShardStatus>> next(Instant now, Map<String, List<ShardProgress>> applications) {
    Map<String, List<ShardStatus>> all = new HashMap<>();
    Set<String> held = new HashSet<>();
    applications.forEach((application, shards) -> {
      List<ShardStatus> statuses = new ArrayList<>();
      for (ShardProgress shard : shards) {
        String name = application + "/" + shard.shard();
        held.add(name);
        Window window = windows.computeIfAbsent(name, n -> new Window());
        add(window, shard, now);
        statuses.add(status(window, shard, now));
      }
      all.put(application, statuses);
    });
    windows.keySet().retainAll(held);
    return all;
  }

  private static void add(Window window, ShardProgress shard, Instant now) {
    long finished = shard.counts().finished();
    if (window.samples.newest().filter(newest -> finished < newest.finished()).isPresent()) {
      window.samples.clear(); // lost, and taken anew: its counts begin anew as well
    }
    String position = shard.position().map(Object::toString).orElse("");
    if (!position.equals(window.position)) {
      window.position = position;
      window.moves++;
    }
    shard
        .behind()
        .ifPresent(behind ->
            window.samples.add(
                new Sample(now, behind, finished + shard.counts().held(), finished, window.moves)));
  }

  private static ShardStatus status(Window window, ShardProgress shard, Instant now) {
    return new ShardStatus(
        shard.shard(),
        shard.counts().inFlight(),
        shard.counts().held(),
        shard
            .oldest()
            .map(o ->
                new OldestKey(
                    o.key(), shard.behind().map(now::minus).orElse(o.acceptedAt()), o.attempts())),
        shard.position().map(Object::toString),
        shard.lastArrival(),
        window.samples.all());
  }
}
