package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.aws.LagReader;
import io.timebridge.stream.StreamName;
import java.io.Console;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/** {@code lag}: are we behind, and why. */
@Command(
    name = "lag",
    exitCodeOnInvalidInput = LagCommand.UNUSABLE,
    exitCodeOnExecutionException = LagCommand.NOT_ASKED,
    description = {
      "Shows how far behind each application, stream and shard is, who works on it and how fast, and what holds it up.",
      "States, judged over the last ten samples of its worker: OK; IDLE = nothing arrived for a minute; BEHIND = worked on, not caught up; STALLED = nothing is finished; NO OWNER = no worker that lives has it; WAITING = for the shard that it was made of; CLOSED = split or merged, all of it finished; UNKNOWN = nobody could say.",
      "~ is an estimate, > at least. More in docs/OPERATIONS.md."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all OK, IDLE, WAITING or CLOSED",
      "1:something is BEHIND or UNKNOWN",
      "2:something is STALLED or has NO OWNER",
      "64:unusable options or settings",
      "69:AWS could not be asked; can be repeated"
    })
public final class LagCommand extends Admin {
  static final int UNUSABLE = 64;
  static final int NOT_ASKED = 69;

  private static final Duration WATCH_EVERY = Duration.ofSeconds(2);
  private static final int CALLS = 5;
  private static final int CALLS_OF_A_WATCH = 1;

  /** Home, and what is below it away. */
  private static final String REDRAW = "\u001b[H\u001b[J";

  @Option(
      names = "--app",
      paramLabel = "APP",
      split = ",",
      description =
          "Only this application: timesheets, backup, jobs; may be repeated (default: those of worker.apps).")
  private List<String> apps = List.of();

  @Option(
      names = "--watch",
      description = "Looks again every 2 s, until Ctrl-C, or until nobody reads it.")
  private boolean watch;

  @Option(names = "--json", description = "As one JSON object; with --watch one in each line.")
  private boolean json;

  private Set<StreamName> only = Set.of();

  @Override
  void check() {
    only = EnumSet.noneOf(StreamName.class);
    for (String app : apps) {
      only.add(
          Arrays.stream(StreamName.values())
              .filter(stream -> stream.app().equals(app))
              .findFirst()
              .orElseThrow(() ->
                  new Unusable(
                      "--app %s: must be one of %s"
                          .formatted(
                              app,
                              Arrays.stream(StreamName.values())
                                  .map(StreamName::app)
                                  .collect(Collectors.joining(", "))))));
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, InterruptedException {
    LagReader reader =
        new LagReader(
            tools.settings,
            only.isEmpty() ? tools.settings.worker().apps() : only,
            tools.kinesis(),
            tools.kinesisOnce(),
            tools.dynamoDb,
            tools.clock);
    return watch ? watch(reader) : show(reader.look(CALLS));
  }

  private int show(LagReport report) {
    if (json) {
      out().println(LagJson.of(report));
    } else {
      LagTable.print(out(), report);
    }
    out().flush();
    return report.state().severity();
  }

  /** A JVM that ends by a signal reports 128 + signal; halting in the hook reports the state. */
  private int watch(LagReader reader) {
    AtomicInteger last = new AtomicInteger(NOT_ASKED);
    Thread hook = new Thread(() -> Runtime.getRuntime().halt(last.get()), "last-state");
    Runtime.getRuntime().addShutdownHook(hook);
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    boolean redraw = !json && terminal;
    try {
      while (true) {
        try {
          LagReport report = reader.look(CALLS_OF_A_WATCH);
          out().print(redraw ? REDRAW : "");
          last.set(show(report));
          out().print(json ? "" : "\n");
          if (out().checkError()) { // its reader is gone: nobody would see the next one
            return last.get();
          }
        } catch (AbortedException ended) {
          return last.get();
        } catch (StoreTrouble | SdkException trouble) {
          say(trouble.getMessage() + "; asked again");
        }
        Thread.sleep(WATCH_EVERY);
      }
    } catch (InterruptedException ended) {
      return last.get();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) { // the hook runs, and says how this ends
      Thread.currentThread().interrupt();
    }
  }
}
