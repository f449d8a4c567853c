package io.timebridge.ops;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.Discard;
import io.timebridge.deadletters.Redrive;
import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.lag.ApplicationLag;
import io.timebridge.lag.CircuitStatus;
import io.timebridge.lag.Drain;
import io.timebridge.lag.Figure;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.Latency;
import io.timebridge.lag.OldestKey;
import io.timebridge.lag.ProcessLine;
import io.timebridge.lag.ShardLine;
import io.timebridge.lag.State;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import io.timebridge.story.FirstView;
import io.timebridge.story.SecondView;
import io.timebridge.story.Story;
import io.timebridge.story.StoryItem;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The page over a system that stands still: everything that it can show, and as many shards and
 * keys as wanted. A look at the lag ends when a test lets it.
 */
final class Showroom implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-07-03T10:00:00Z");
  static final int LOOKS = 120;

  private static final List<State> STATES =
      List.of(
          State.UNKNOWN,
          State.BEHIND,
          State.STALLED,
          State.NO_OWNER,
          State.CLOSED,
          State.IDLE,
          State.WAITING);

  private final int shards;
  private final Semaphore looks = new Semaphore(LOOKS);
  private int looked;
  private final LagLooks lag;
  private final OpsPage page;
  final Waiting waiting;

  /**
   * @param word stands wherever others may write what they like
   */
  Showroom(String token, int shards, int keys, String word) {
    this.shards = shards;
    this.waiting = new Waiting(keys, word);
    this.lag = LagLooks.start(this::look, Duration.ofNanos(1));
    this.page =
        OpsPage.start(
            new Settings.Ops("127.0.0.1", 0, new Secret(token)),
            new OpsPage.Parts(
                lag,
                waiting,
                (id, ask) -> story(id, word),
                new Company(word),
                () -> alerts(word),
                Optional::empty,
                InstantSource.fixed(NOW),
                OpsPage.READ_WITHIN));
  }

  URI address() {
    return page.address();
  }

  /** Whether the page knows so many looks at the lag. */
  boolean hasLooked(int times) {
    return lag.history().series("timesheets", 1).at().size() >= times;
  }

  /** One more look. */
  void lookAgain() {
    looks.release();
  }

  void stopServing() {
    page.close();
  }

  private LagReport look() throws InterruptedException {
    looks.acquire();
    looked++;
    Instant at = NOW.minusSeconds(5L * LOOKS).plusSeconds(5L * looked);
    return new LagReport(
        at,
        Stream.of("timesheets", "backup", "jobs")
            .map(app ->
                new ApplicationLag(
                    app,
                    "timebridge-" + app,
                    "timesheet-events",
                    latency(),
                    IntStream.range(0, app.equals("timesheets") ? shards : 2)
                        .mapToObj(i -> shard(app, i))
                        .toList()))
            .toList(),
        List.of(
            new ProcessLine(
                "worker-b.example.internal:4711:5f3a",
                "0.1.0",
                true,
                NOW.minusSeconds(86_400),
                at,
                shards + 3,
                List.of(
                    new CircuitStatus("first-service", CircuitStatus.Position.CLOSED, at),
                    new CircuitStatus(
                        "second-service", CircuitStatus.Position.OPEN, NOW.minusSeconds(90)))),
            new ProcessLine(
                "worker-a.example.internal:4710:91cc",
                "0.1.0",
                false,
                NOW.minusSeconds(186_400),
                NOW.minusSeconds(300),
                1,
                List.of(new CircuitStatus("first-service", CircuitStatus.Position.HALF_OPEN, at)))),
        new io.timebridge.lag.Parked(3, 4, 1, Optional.of(NOW.minusSeconds(7200)), false));
  }

  private Latency latency() {
    long wave = 20L * (looked % 7);
    return new Latency(new TreeMap<>(Map.of(120 + wave, 980L, 500 + 2 * wave, 20L)));
  }

  private ShardLine shard(String app, int number) {
    State state =
        !app.equals("timesheets") || number >= STATES.size() ? State.OK : STATES.get(number);
    double wave = 30 + 20 * Math.sin(looked / 12.0 + number) + 5 * number;
    boolean behind = state.severity() > 0;
    return new ShardLine(
        "shardId-%012d".formatted(number),
        state,
        behind ? "something behind for 50 s, nothing finished" : "nothing behind now",
        state == State.NO_OWNER ? Optional.empty() : Optional.of("worker-b.example.internal:4711"),
        Optional.empty(),
        0,
        Optional.of("49590338271490256608559692538361571095921575989136588898"),
        Optional.of(NOW.minusSeconds(3)),
        Optional.of(Figure.measured(Duration.ofMillis(behind ? (long) (wave * 1000) : 0))),
        Optional.of(Figure.estimated(behind ? 1_200L + looked : 0)),
        OptionalDouble.of(wave / 5),
        OptionalDouble.of(wave / 6),
        behind ? new Drain.Within(Duration.ofMinutes(4)) : new Drain.Nothing(),
        Optional.of(
            new ShardLine.Work(
                3,
                behind ? 40 : 0,
                behind
                    ? Optional.of(new OldestKey("4711", NOW.minusSeconds(80), 3))
                    : Optional.empty())),
        number == 2 ? "throttled by Kinesis" : "");
  }

  private static List<Alerted.Row> alerts(String word) {
    return List.of(
        new Alerted.Row(
            "circuit-second-service",
            "SecondService does not answer" + word,
            true,
            NOW.minusSeconds(88)),
        new Alerted.Row("parked" + word, "3 keys wait" + word, false, NOW.minusSeconds(9000)));
  }

  private static Story story(EntryId id, String word) {
    StoryItem.Event event =
        new StoryItem.Event(
            BigInteger.TEN,
            "new-timesheet-entry",
            NOW.minusSeconds(7300),
            OptionalLong.of(1_782_000_000));
    return new Story(
        id,
        Story.Standing.WAITS,
        List.of("Label 11 has no task." + word, "It is tried again once label 11 is mapped."),
        EntryRow.absent(),
        List.of(
            new StoryItem.BackedUp(NOW.minusSeconds(7299), 1_782_000_000),
            new StoryItem.Waiting(
                NOW.minusSeconds(7290), event, "UNMAPPED_LABEL", "label 11" + word),
            new StoryItem.GivenUp(
                NOW.minusSeconds(600), event, "ada" + word, "booked by hand" + word)),
        new FirstView.Live(
            1_782_000_000, 5400, LocalDate.of(2026, 7, 3), 5, List.of(11L), "41", Optional.empty()),
        new SecondView.Report(
            7,
            LocalDate.of(2026, 6, 26),
            LocalDate.of(2026, 7, 10),
            List.of(
                new SecondView.Sheet(
                    900, 7, 41, 3, LocalDate.of(2026, 7, 3), new BigDecimal("1.5"), true))),
        List.of("Events of before the last cleanup are left out." + word));
  }

  /** Some jobs and a client. */
  private record Company(String word) implements Jobs {
    @Override
    public Looked<List<Row>> list() {
      return new Looked<>(
          List.of(
              new Row(
                  "job-41",
                  "J-1",
                  "Bridge over the Aare" + word,
                  "Acme & Söhne" + word,
                  true,
                  true,
                  812,
                  false),
              new Row("job-42", "J-2", "Site office", "Acme & Söhne", true, false, 813, false),
              new Row(
                  "job-43",
                  "J-3" + word,
                  "Tunnel, second lot, with a name that is longer than most of the names that people give to what they work on",
                  "Acme & Söhne",
                  true,
                  true,
                  0,
                  true),
              new Row("client-7", "ACME", "Acme & Söhne", "", false, true, 99, false)),
          NOW.minusSeconds(20));
    }

    @Override
    public Optional<Poller> poller() {
      return Optional.of(
          new Poller(
              "poller-1.example.internal:812",
              7,
              Instant.MAX,
              "3 jobs, 1 client, 0 published",
              NOW.minusSeconds(21)));
    }
  }

  /** Keys that wait until they are redriven or given up. */
  static final class Waiting implements Parked {
    private static final List<String> REASONS =
        List.of("UNMAPPED_LABEL", "LOCKED_PERIOD", "NO_SUCH_USER", "malformed");

    private final CopyOnWriteArrayList<WaitingKey> keys = new CopyOnWriteArrayList<>();
    private final String word;

    private Waiting(int keys, String word) {
      this.word = word;
      this.keys.addAll(IntStream.range(0, keys).mapToObj(this::key).toList());
    }

    private WaitingKey key(int i) {
      return new WaitingKey(
          i == 3 ? "job-9" + word : Integer.toString(100_000 + i),
          i == 3 ? WaitingKey.Kind.JOB : WaitingKey.Kind.ENTRY,
          REASONS.get(i % REASONS.size()) + (i == 2 ? word : ""),
          1 + i % 4,
          NOW.minusSeconds(7200L - i % 7000),
          i % 5 == 4 ? WaitingKey.State.DEAD : WaitingKey.State.WAITING,
          i % 9,
          1,
          i % 4 == 0 ? "label:11" : "",
          "label 11 (Welding" + word + ") has no task of job 41");
    }

    void add(String key, String reason) {
      keys.add(
          new WaitingKey(
              key,
              WaitingKey.Kind.ENTRY,
              reason,
              1,
              NOW,
              WaitingKey.State.WAITING,
              1,
              1,
              "",
              "new"));
    }

    @Override
    public void forget() {}

    @Override
    public Looked<DeadLetters.Listing> list() {
      return new Looked<>(new DeadLetters.Listing(keys, 0), NOW.minusSeconds(2));
    }

    @Override
    public Details details(String key) {
      Optional<WaitingKey> found = keys.stream().filter(k -> k.key().equals(key)).findFirst();
      return new Details(
          found,
          found.map(k -> List.of(event(k, Optional.empty()))).orElse(List.of()),
          false,
          found
              .map(k ->
                  List.of(
                      event(
                          k,
                          Optional.of(
                              new WaitingEvent.Discarded(
                                  NOW.minusSeconds(60), "ada" + word, "booked by hand" + word)))))
              .orElse(List.of()),
          false);
    }

    private static WaitingEvent event(WaitingKey key, Optional<WaitingEvent.Discarded> discarded) {
      return new WaitingEvent(
          new BigInteger("49590338271490256608559692538361571095921575989136588898"),
          key.reason(),
          key.detail(),
          key.since(),
          Optional.empty(),
          OptionalLong.of(1_782_000_000),
          discarded);
    }

    @Override
    public Optional<Redrive.Ended> redrive(String key) {
      return keys.removeIf(k -> k.key().equals(key))
          ? Optional.of(new Redrive.Ended.Woken())
          : Optional.empty();
    }

    @Override
    public Discard.Ended discard(String key, String why) {
      return keys.removeIf(k -> k.key().equals(key))
          ? new Discard.Ended.Done(1, 0)
          : new Discard.Ended.Nothing();
    }
  }

  @Override
  public void close() {
    page.close();
    lag.close();
  }
}
