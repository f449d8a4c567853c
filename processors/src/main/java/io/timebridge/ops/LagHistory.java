package io.timebridge.ops;

import io.timebridge.lag.ApplicationLag;
import io.timebridge.lag.Figure;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.ShardLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How the lag was over the last while: at most {@value #POINTS} looks, of each shard how far it was
 * behind, of each application how much came and went. Four bytes a shard and look. Thread-safe.
 *
 * @implNote {@code lock} guards the fields.
 */
final class LagHistory {
  /** An hour at a look every five seconds. */
  static final int POINTS = 720;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Point> points = new ArrayDeque<>();

  private record Point(Instant at, Map<String, Sums> applications) {}

  /** Shards by name; NaN = not seen. */
  private record Sums(float in, float out, Map<String, Float> behind) {}

  /**
   * What a chart draws of an application; null where nothing was seen.
   *
   * @param at seconds since 1970
   * @param shards those that were furthest behind, in seconds; the worst first
   * @param others how many shards are left out
   */
  record Series(
      List<Long> at,
      List<Line> shards,
      int others,
      List<Float> worst,
      List<Float> in,
      List<Float> out) {}

  /** One shard. */
  record Line(String shard, List<Float> behind) {}

  void add(LagReport report) {
    Map<String, Sums> applications = new HashMap<>();
    for (ApplicationLag application : report.applications()) {
      Map<String, Float> behind = new HashMap<>();
      for (ShardLine shard : application.shards()) {
        behind.put(
            shard.shard(),
            shard.behind().map(Figure::value).map(LagHistory::seconds).orElse(Float.NaN));
      }
      applications.put(
          application.app(),
          new Sums(
              sum(application, ShardLine::in),
              sum(application, ShardLine::out),
              Map.copyOf(behind)));
    }
    lock.lock();
    try {
      if (points.size() >= POINTS) {
        points.removeFirst();
      }
      points.addLast(new Point(report.at(), Map.copyOf(applications)));
    } finally {
      lock.unlock();
    }
  }

  private static float seconds(Duration time) {
    return time.toMillis() / 1000f;
  }

  private static float sum(
      ApplicationLag application, java.util.function.Function<ShardLine, OptionalDouble> rate) {
    double sum = 0;
    boolean any = false;
    for (ShardLine shard : application.shards()) {
      OptionalDouble one = rate.apply(shard);
      any |= one.isPresent();
      sum += one.orElse(0);
    }
    return any ? (float) sum : Float.NaN;
  }

  /**
   * @param most shards; the others are in {@code worst} only
   */
  Series series(String app, int most) {
    List<Point> all;
    lock.lock();
    try {
      all = List.copyOf(points);
    } finally {
      lock.unlock();
    }
    Map<String, Float> highest = new HashMap<>();
    for (Point point : all) {
      behind(point, app)
          .forEach((shard, behind) -> {
            if (!behind.isNaN()) {
              highest.merge(shard, behind, Math::max);
            }
          });
    }
    List<String> shown =
        highest.entrySet().stream()
            .sorted(
                Map.Entry.<String, Float>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(most)
            .map(Map.Entry::getKey)
            .toList();
    return new Series(
        all.stream().map(p -> p.at().getEpochSecond()).toList(),
        shown.stream().map(shard -> new Line(shard, line(all, app, shard))).toList(),
        highest.size() - shown.size(),
        each(all, p -> worst(behind(p, app))),
        each(all, p -> sums(p, app).in()),
        each(all, p -> sums(p, app).out()));
  }

  private static Sums sums(Point point, String app) {
    return point.applications().getOrDefault(app, new Sums(Float.NaN, Float.NaN, Map.of()));
  }

  private static Map<String, Float> behind(Point point, String app) {
    return sums(point, app).behind();
  }

  private static float worst(Map<String, Float> behind) {
    return behind.values().stream()
        .filter(b -> !b.isNaN())
        .max(Comparator.naturalOrder())
        .orElse(Float.NaN);
  }

  private static List<Float> line(List<Point> all, String app, String shard) {
    return each(all, p -> behind(p, app).getOrDefault(shard, Float.NaN));
  }

  /** With null for what was not seen, as JSON has no NaN. */
  private static List<Float> each(
      List<Point> all, java.util.function.Function<Point, Float> value) {
    List<Float> values = new ArrayList<>(Arrays.asList(new Float[all.size()]));
    for (int i = 0; i < all.size(); i++) {
      float one = value.apply(all.get(i));
      values.set(i, Float.isNaN(one) ? null : one);
    }
    return values;
  }
}
