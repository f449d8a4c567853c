package io.timebridge.ops;

import static org.awaitility.Awaitility.await;

import io.timebridge.lag.ApplicationLag;
import io.timebridge.lag.Drain;
import io.timebridge.lag.Figure;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.Latency;
import io.timebridge.lag.ShardLine;
import io.timebridge.lag.State;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import io.timebridge.story.FirstView;
import io.timebridge.story.SecondView;
import io.timebridge.story.Story;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A page on a free port of loopback over parts in memory, and two ways to talk to it. What it shows
 * is set before it is opened, or exchanged while it runs. Closes all it opened.
 */
final class PageUnderTest implements AutoCloseable {
  static final String TOKEN = "correct horse battery staple";

  private static final Pattern LENGTH =
      Pattern.compile("\r\ncontent-length: ([0-9]+)\r\n", Pattern.CASE_INSENSITIVE);

  final FakeParked parked = new FakeParked();
  volatile List<Jobs.Row> jobs = List.of();
  volatile Parked waiting = parked;
  volatile Alerted alerts = List::of;
  volatile Compared compared = Optional::empty;
  volatile Stories stories = (id, ask) -> unknown(id);
  volatile LagLooks.Lag lag = () -> report(2);
  Duration lookEvery = Duration.ofHours(1);
  Duration readWithin = Duration.ofMinutes(1);

  private final Deque<Runnable> toClose = new ArrayDeque<>();
  private URI address = URI.create("http://127.0.0.1:0");

  /** On loopback, for everybody of this machine. */
  Browser open() {
    return open("");
  }

  /** After the first look at the lag. */
  Browser open(String token) {
    LagLooks looks = LagLooks.start(() -> lag.look(), lookEvery);
    toClose.push(looks::close);
    OpsPage page =
        OpsPage.start(
            new Settings.Ops("127.0.0.1", 0, new Secret(token)),
            new OpsPage.Parts(
                looks,
                waiting,
                (id, ask) -> stories.tell(id, ask),
                new FakeJobs(jobs),
                () -> alerts.all(),
                () -> compared.last(),
                InstantSource.fixed(FakeParked.NOW),
                readWithin));
    toClose.push(page::close);
    address = page.address();
    await().until(() -> looks.latest().isPresent() || !looks.trouble().isEmpty());
    return browser();
  }

  /** Another person's. */
  Browser browser() {
    Browser browser = new Browser(address);
    toClose.push(browser::close);
    return browser;
  }

  URI address() {
    return address;
  }

  /** What no HTTP client would send, and the answer as text; empty when there is none. */
  String raw(String request) throws IOException {
    return raw(InetAddress.getByName(address.getHost()), request);
  }

  /** From an address of this machine. */
  String raw(InetAddress from, String request) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getByName(address.getHost()), address.getPort(), from, 0)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return answer(socket.getInputStream());
    }
  }

  /** Helidon keeps a connection open whatever it was asked for: its end is that of the body. */
  private static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      answer.write(next);
      String text = answer.toString(StandardCharsets.ISO_8859_1);
      if (text.endsWith("\r\n\r\n")) {
        Matcher length = LENGTH.matcher(text);
        if (length.find()) {
          answer.write(in.readNBytes(Integer.parseInt(length.group(1))));
          break;
        }
      }
    }
    return answer.toString(StandardCharsets.UTF_8);
  }

  /** Nothing is known of it. */
  private static Story unknown(EntryId id) {
    return new Story(
        id,
        Story.Standing.UNKNOWN,
        List.of(),
        EntryRow.absent(),
        List.of(),
        new FirstView.Trouble("not asked"),
        new SecondView.Trouble("not asked"),
        List.of());
  }

  static LagReport report(int shards) {
    return new LagReport(
        FakeParked.NOW,
        List.of(
            new ApplicationLag(
                "timesheets",
                "timebridge-timesheets",
                "timesheet-events",
                new Latency(new TreeMap<>(Map.of(130L, 99L, 2_400L, 1L))),
                IntStream.range(0, shards).mapToObj(PageUnderTest::shard).toList())),
        List.of(),
        new io.timebridge.lag.Parked(0, 0, 0, Optional.empty(), false));
  }

  private static ShardLine shard(int number) {
    return new ShardLine(
        "shardId-%012d".formatted(number),
        number == 1 ? State.STALLED : State.OK,
        "as it is",
        Optional.of("worker-1"),
        Optional.empty(),
        0,
        Optional.of("49"),
        Optional.of(FakeParked.NOW),
        Optional.of(Figure.measured(Duration.ofSeconds(number))),
        Optional.of(Figure.estimated(12L)),
        OptionalDouble.of(1.5),
        OptionalDouble.of(1.25),
        new Drain.Unknown(),
        Optional.empty(),
        "");
  }

  @Override
  public void close() {
    while (!toClose.isEmpty()) {
      toClose.pop().run();
    }
  }
}
