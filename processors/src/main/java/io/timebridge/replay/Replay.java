package io.timebridge.replay;

import io.timebridge.admission.RecordGuard;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.publish.Publisher;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.stream.Names;
import io.timebridge.timesheet.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Does a window of a stream again. What it reads goes on the same stream under the same key, marked
 * as a replay's, and from there through the same workers, lanes and rules as everything else: what
 * was applied is recognised, what was lost is applied, and events of one key keep their order. What
 * the rules would surely skip, by the rows as they are, is counted and not published.
 *
 * <p>It may be ended at any time, kill -9 included, and run again: it goes on behind the last
 * position that it wrote, at most a second of work earlier. Two runs of the same replay exclude
 * each other. Used by one thread.
 */
public final class Replay {
  private static final Duration HOLD = Duration.ofSeconds(ReplayStore.HOLD_SECONDS);
  private static final Duration AFTER_HOLD = Duration.ofMillis(200);

  /**
   * What a replay works with. Clients and publisher stay the caller's to close.
   *
   * @param kinesis makes each call once
   * @param whereabouts of entries, asked for at most once, and only by force
   * @param nanos monotonic clock, in nanoseconds: {@code System::nanoTime}
   */
  public record Parts(
      DynamoDbClient dynamoDb,
      KinesisClient kinesis,
      Publisher publisher,
      Names names,
      RecordGuard guard,
      Users whereabouts,
      InstantSource clock,
      LongSupplier nanos,
      Sleeper sleeper) {}

  /** Asks FirstService for its users. */
  @FunctionalInterface
  public interface Users {
    Whereabouts get() throws ServiceTrouble, InterruptedException;
  }

  /**
   * How it is done.
   *
   * @param perSecond events published per second, at most
   * @param ahead events published and not yet handled, at most: more waits for the workers
   * @param restart from the beginning, whatever earlier runs did
   * @param awaitsEnd whether it ends only when all it published is handled
   * @param stop asked again and again; when it says yes the replay ends soon, with its position
   *     written
   */
  public record Pacing(
      int perSecond, int ahead, boolean restart, boolean awaitsEnd, BooleanSupplier stop) {}

  private final Parts parts;
  private final Consumer<Progress> listener;

  /**
   * @param listener told many times a second
   */
  public Replay(Parts parts, Consumer<Progress> listener) {
    this.parts = parts;
    this.listener = listener;
  }

  /** What {@link #run} would do. Nothing is written. */
  public Report dryRun(ReplayRequest request, Window window)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    Sources sources = new Sources(parts, request, window, parts.clock().instant());
    Judge judge = sources.judge();
    Map<String, Window> lost = new HashMap<>();
    Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
    long[] read = new long[2];
    sources
        .source(false)
        .each(
            Map.of(),
            (candidate, done) -> {
              switch (candidate) {
                case Candidate.Event event -> {
                  Verdict verdict = judge.judge(event.envelope());
                  counts.merge(verdict, 1L, Long::sum);
                  read[0]++;
                  read[1] += verdict.isPublished() ? 1 : 0;
                }
                case Candidate.Skip skip -> {
                  counts.merge(skip.verdict(), 1L, Long::sum);
                  read[0]++;
                }
                case Candidate.Nothing nothing -> {}
                case Candidate.Reading reading -> {}
                case Candidate.Lost(String shard, Window stretch) ->
                    lost.merge(shard, stretch, Window::with);
                case Candidate.Settled settled -> {}
              }
              listener.accept(new Progress(read[0], read[1], done, 0, Progress.Waiting.NOT));
            });
    return new Report(Report.State.DRY_RUN, window, counts, lost, 0);
  }

  /**
   * Does it, or goes on with it.
   *
   * @param window of a new one; one that goes on keeps its own
   * @throws ReplayStopped before its end; see {@link ReplayStopped.Why}
   */
  public Report run(ReplayRequest request, Window window, Pacing pacing)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    ReplayStore store =
        new ReplayStore(parts.dynamoDb(), parts.names(), request.name(), parts.clock());
    ReplayRow row =
        switch (take(store, window, pacing)) {
          case ReplayStore.Taken.Mine mine -> mine.row();
          case ReplayStore.Taken.Others others -> throw othersAreAtIt();
          case ReplayStore.Taken.Ended(ReplayRow ended) -> ended;
        };
    if (row.endedAt().isPresent()) {
      return new Report(Report.State.DONE_BEFORE, row.window(), row.counts(), row.lost(), 0);
    }
    boolean ended = false;
    try {
      Report report = go(request, row, store, pacing);
      ended = true;
      return report;
    } finally {
      if (!ended) {
        store.give();
      }
    }
  }

  private Report go(ReplayRequest request, ReplayRow row, ReplayStore store, Pacing pacing)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    Sources sources = new Sources(parts, request, row.window(), row.beganAt());
    Republishing out = new Republishing(parts, request.stream(), row, store, pacing, listener);
    Judge judge = sources.judge();
    sources
        .source(true)
        .each(
            row.positions(),
            (candidate, done) -> {
              switch (candidate) {
                case Candidate.Event event -> {
                  Verdict verdict = verdict(event, judge);
                  out.take(event, verdict, done);
                }
                case Candidate.Skip skip -> out.skip(skip.place(), skip.verdict(), done);
                case Candidate.Nothing nothing -> out.pass(nothing.place(), done);
                case Candidate.Reading reading -> out.still(done);
                case Candidate.Lost(String shard, Window stretch) -> out.lose(shard, stretch, done);
                case Candidate.Settled settled -> out.settle();
              }
            });
    return out.end();
  }

  private static Verdict verdict(Candidate.Event event, Judge judge)
      throws StoreTrouble, InterruptedException {
    Verdict verdict = judge.judge(event.envelope());
    return event.place().part().equals(EntryKeys.AGAIN) && verdict != Verdict.TO_WAIT
        ? Verdict.CHECK_AGAIN
        : verdict;
  }

  /** A run that was killed holds its replay for a few seconds more. */
  private ReplayStore.Taken take(ReplayStore store, Window window, Pacing pacing)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    Instant began = parts.clock().instant();
    ReplayRow fresh = ReplayRow.begin(window, began);
    ReplayStore.Taken taken = store.take(fresh, pacing.restart());
    if (taken instanceof ReplayStore.Taken.Others(Instant until)) {
      Duration wait = Duration.between(began, until);
      listener.accept(new Progress(0, 0, 0, 0, Progress.Waiting.EARLIER_RUN));
      parts.sleeper().sleep((wait.compareTo(HOLD) < 0 ? wait : HOLD).plus(AFTER_HOLD));
      taken = store.take(fresh, pacing.restart());
    }
    return taken;
  }

  private static ReplayStopped othersAreAtIt() {
    return new ReplayStopped(ReplayStopped.Why.OTHERS, "another run of this replay is at work");
  }
}
