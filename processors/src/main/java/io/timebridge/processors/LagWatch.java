package io.timebridge.processors;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.Looks;
import io.timebridge.alerts.SharedProblem;
import io.timebridge.stream.StreamName;
import io.timebridge.worker.Lag;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people when the processing of a stream is far behind, and, as another problem, when it is
 * behind by half of what the stream keeps. Behind is counted against the clock, from the arrival of
 * the oldest record that is not finished, in the worst shard. Each is over when for a while no
 * worker has been behind by half as much. While a stream is behind by a minute or more, one line a
 * minute says so in the log. Used by one thread.
 */
final class LagWatch implements Looks.Look {
  /** Between two looks: 15 s. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(15);

  /** A shard whose worker died is another one's by then, and seen there. */
  static final Duration QUIET = Duration.ofMinutes(3);

  private static final Duration LINE_FROM = Duration.ofMinutes(1);
  private static final Duration LINE_EVERY = Duration.ofMinutes(1);
  private static final String CLEANUP =
      "; no entry rows are cleaned up until it is shorter than `cleanup.older-than` again";
  private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);

  private final StreamName stream;
  private final String name;
  private final Supplier<Sight> worst;
  private final Supplier<Optional<Duration>> retention;
  private final Duration after;
  private final LongSupplier nanos;
  private final SharedProblem behind;
  private final SharedProblem running;
  private long lineAt;

  /**
   * How far behind a stream is, as far as one who looks can say.
   *
   * @param worst shard; empty while there is none to look at
   * @param sure whether nothing is worse; else the problem is not called over
   */
  record Sight(Optional<Lag> worst, boolean sure) {}

  /**
   * @param name of the stream, with the deployment's prefix
   * @param worst of the shards that are looked at
   * @param retention of the stream; empty while it is not known
   */
  LagWatch(
      StreamName stream,
      String name,
      Supplier<Sight> worst,
      Supplier<Optional<Duration>> retention,
      Duration after,
      Alerts alerts,
      LongSupplier nanos) {
    this.stream = stream;
    this.name = name;
    this.worst = worst;
    this.retention = retention;
    this.after = after;
    this.nanos = nanos;
    this.behind = new SharedProblem(id("behind"), alerts, QUIET, LOOK_EVERY, nanos);
    this.running = new SharedProblem(id("retention"), alerts, QUIET, LOOK_EVERY, nanos);
    this.lineAt = nanos.getAsLong();
  }

  private String id(String what) {
    return what + "-" + stream.streamName();
  }

  @Override
  public void look() throws Alerts.NotTold, InterruptedException {
    Sight sight = worst.get();
    Lag lag = sight.worst().orElse(new Lag("none", Duration.ZERO, false));
    boolean sure = sight.sure();
    tellTheLog(lag);
    Optional<Duration> kept = retention.get();
    if (kept.isPresent()) { // first: it is the more urgent one
      Duration all = kept.get();
      look(running, lag, sure, all.dividedBy(2), lost(lag, all), lostOver());
    }
    look(behind, lag, sure, after, behind(lag), behindOver());
  }

  private static void look(
      SharedProblem problem, Lag lag, boolean sure, Duration limit, Alert raised, Alert over)
      throws Alerts.NotTold, InterruptedException {
    if (lag.behind().compareTo(limit) >= 0) {
      problem.seen(raised);
    } else if (lag.behind().compareTo(limit.dividedBy(2)) >= 0) {
      problem.near(); // it must not be told and called off in turn
    } else if (!sure) {
      problem.unsure();
    } else {
      problem.clear(over);
    }
  }

  private void tellTheLog(Lag lag) {
    long now = nanos.getAsLong();
    if (lag.behind().compareTo(LINE_FROM) >= 0 && now - lineAt >= 0) {
      lineAt = now + LINE_EVERY.toNanos();
      LOG.info(
          "behind: stream={} shard={} by={} oldest={}",
          name,
          lag.shard(),
          text(lag.behind()),
          lag.held() ? "held" : "unread");
    }
  }

  private Alert behind(Lag lag) {
    return new Alert(
        id("behind"),
        "Stream %s is %s behind".formatted(name, text(lag.behind())),
        ("The oldest record of %s that is not finished arrived %s ago; it %s.\n"
                + "Nothing is lost: the stream keeps its records, and they are worked off in order.")
            .formatted(
                lag.shard(),
                text(lag.behind()),
                lag.held()
                    ? "is held by a worker"
                    : "has not been read yet, or nothing could be read for so long"),
        List.of(
            "`./timebridge lag` shows who works on it, how fast, and what holds it up",
            "A service that is down explains it: see the other alerts; then there is nothing to do",
            "Else see what the workers' log says: `behind:` names the stream and shard, `waits:` the keys and causes",
            "If it only cannot keep up: raise the service's calls-per-second and concurrent-calls as far as the service allows, or add shards and workers"),
        words());
  }

  private Alert behindOver() {
    return new Alert(
        id("behind"),
        "Over: stream %s is behind".formatted(name),
        "It has caught up.",
        List.of(),
        words());
  }

  private Alert lost(Lag lag, Duration all) {
    Duration left = all.minus(lag.behind());
    return new Alert(
        id("retention"),
        "Stream %s loses records unless it catches up".formatted(name),
        ("URGENT. The oldest record of %s that is not finished arrived %s ago, and the stream keeps records for %s:"
                + " half of that time is over.\nNothing is lost yet. What is not finished when its time is over, is lost: %s.")
            .formatted(
                lag.shard(),
                text(lag.behind()),
                text(all),
                left.isNegative() ? "that has begun" : "that begins in " + text(left)),
        List.of(
            "Gain time: `aws kinesis increase-stream-retention-period --stream-name %s --retention-period-hours 8760`%s"
                .formatted(name, stream == StreamName.TIMESHEET_EVENTS ? CLEANUP : ""),
            "Then put right what holds it up: a service that is down, a login, too few calls per second; see the other alerts and the workers' log"),
        words());
  }

  private Alert lostOver() {
    return new Alert(
        id("retention"),
        "Over: stream %s loses records unless it catches up".formatted(name),
        "Nothing in it is old enough to be lost soon.",
        List.of(),
        words());
  }

  private List<String> words() {
    return List.of("timebridge", "lag", stream.streamName());
  }

  /** Whole seconds below a minute, minutes below two hours, hours below two days. */
  private static String text(Duration time) {
    if (time.compareTo(Duration.ofMinutes(1)) < 0) {
      return time.toSeconds() + " s";
    }
    if (time.compareTo(Duration.ofHours(2)) < 0) {
      return time.toMinutes() + " min";
    }
    return time.compareTo(Duration.ofDays(2)) < 0 ? time.toHours() + " h" : time.toDays() + " days";
  }
}
