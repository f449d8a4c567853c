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
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * How the lag was over the last while: at most {@value #POINTS} looks, of each shard how far it was
 * behind, of each application how much came and went, and how long events took. Four bytes a shard
 * and look: looks at the same shards share their names. Thread-safe.
 *
 * @implNote {@code lock} guards the fields; points never change.
 */
final class LagHistory {
  /** An hour at a look every five seconds. */
  static final int POINTS = 720;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Point> points = new ArrayDeque<>();

  private record Point(Instant at, Map<String, Seen> applications) {}

  /** What was seen of an application; NaN = not seen. */
  private static final class Seen {
    static final Seen NOTHING =
        new Seen(Float.NaN, Float.NaN, Float.NaN, Float.NaN, List.of(), new float[0]);

    final float in;
    final float out;
    final float median;
    final float most;
    final List<String> shards;
    final float[] behind;

    Seen(float in, float out, float median, float most, List<String> shards, float[] behind) {
      this.in = in;
      this.out = out;
      this.median = median;
      this.most = most;
      this.shards = shards;
      this.behind = behind;
    }

    static Seen of(ApplicationLag application, Seen before) {
      List<String> names = application.shards().stream().map(ShardLine::shard).toList();
      float[] behind = new float[names.size()];
      for (int i = 0; i < behind.length; i++) {
        behind[i] = seconds(application.shards().get(i).behind().map(Figure::value));
      }
      return new Seen(
          sum(application, ShardLine::in),
          sum(application, ShardLine::out),
          seconds(application.latency().within(0.5)),
          seconds(application.latency().within(0.99)),
          names.equals(before.shards) ? before.shards : names,
          behind);
    }

    private static float seconds(Optional<Duration> time) {
      return time.map(known -> known.toMillis() / 1000f).orElse(Float.NaN);
    }

    private static float sum(ApplicationLag of, Function<ShardLine, OptionalDouble> rate) {
      double sum = 0;
      boolean any = false;
      for (ShardLine shard : of.shards()) {
        OptionalDouble one = rate.apply(shard);
        any |= one.isPresent();
        sum += one.orElse(0);
      }
      return any ? (float) sum : Float.NaN;
    }

    float behind(String shard) {
      int at = shards.indexOf(shard);
      return at < 0 ? Float.NaN : behind[at];
    }

    float worst() {
      float worst = Float.NaN;
      for (float one : behind) {
        worst = Float.isNaN(worst) || one > worst ? one : worst;
      }
      return worst;
    }
  }

  /**
   * What a chart draws of an application; null where nothing was seen.
   *
   * @param at seconds since 1970
   * @param shards those that were furthest behind, in seconds; the worst first
   * @param others how many shards are left out
   * @param median how long events took from arrival to effect, in seconds: half of them at most
   * @param most the same of 99 % of them
   */
  record Series(
      List<Long> at,
      List<Line> shards,
      int others,
      List<Float> worst,
      List<Float> in,
      List<Float> out,
      List<Float> median,
      List<Float> most) {}

  /** One shard. */
  record Line(String shard, List<Float> behind) {}

  void add(LagReport report) {
    lock.lock();
    try {
      Point before = points.peekLast();
      Map<String, Seen> applications = new HashMap<>();
      for (ApplicationLag application : report.applications()) {
        Seen last =
            before == null
                ? Seen.NOTHING
                : before.applications().getOrDefault(application.app(), Seen.NOTHING);
        applications.put(application.app(), Seen.of(application, last));
      }
      if (points.size() >= POINTS) {
        points.removeFirst();
      }
      points.addLast(new Point(report.at(), Map.copyOf(applications)));
    } finally {
      lock.unlock();
    }
  }

  /**
   * @param most shards; the others are in {@code worst} only
   */
  Series series(String app, int most) {
    List<Instant> at = new ArrayList<>();
    List<Seen> all = new ArrayList<>();
    lock.lock();
    try {
      for (Point point : points) {
        at.add(point.at());
        all.add(point.applications().getOrDefault(app, Seen.NOTHING));
      }
    } finally {
      lock.unlock();
    }
    Map<String, Float> highest = highest(all);
    List<String> shown =
        highest.entrySet().stream()
            .sorted(
                Map.Entry.<String, Float>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(most)
            .map(Map.Entry::getKey)
            .toList();
    return new Series(
        at.stream().map(Instant::getEpochSecond).toList(),
        shown.stream().map(shard -> new Line(shard, each(all, s -> s.behind(shard)))).toList(),
        highest.size() - shown.size(),
        each(all, Seen::worst),
        each(all, seen -> seen.in),
        each(all, seen -> seen.out),
        each(all, seen -> seen.median),
        each(all, seen -> seen.most));
  }

  /** Of each shard that was seen, how far it was behind at the most. */
  private static Map<String, Float> highest(List<Seen> all) {
    Map<List<String>, float[]> sharing = new HashMap<>(); // few lists, shared by many looks
    for (Seen seen : all) {
      float[] most = sharing.computeIfAbsent(seen.shards, shards -> nothing(shards.size()));
      for (int i = 0; i < most.length; i++) {
        most[i] = Float.isNaN(most[i]) || seen.behind[i] > most[i] ? seen.behind[i] : most[i];
      }
    }
    Map<String, Float> highest = new HashMap<>();
    for (Map.Entry<List<String>, float[]> each : sharing.entrySet()) {
      for (int i = 0; i < each.getValue().length; i++) {
        if (!Float.isNaN(each.getValue()[i])) {
          highest.merge(each.getKey().get(i), each.getValue()[i], Math::max);
        }
      }
    }
    return highest;
  }

  private static float[] nothing(int size) {
    float[] nothing = new float[size];
    Arrays.fill(nothing, Float.NaN);
    return nothing;
  }

  /** With null for what was not seen, as JSON has no NaN. */
  private static List<Float> each(List<Seen> all, Function<Seen, Float> value) {
    List<Float> values = new ArrayList<>(Arrays.asList(new Float[all.size()]));
    for (int i = 0; i < all.size(); i++) {
      float one = value.apply(all.get(i));
      if (!Float.isNaN(one)) {
        values.set(i, one);
      }
    }
    return values;
  }
}
