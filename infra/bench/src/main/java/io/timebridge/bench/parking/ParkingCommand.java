package io.timebridge.bench.parking;

import io.timebridge.bench.scenario.Amounts;
import io.timebridge.bench.scenario.Progress;
import io.timebridge.local.demo.LogFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench parking}. Exit codes: 0 every promise held, 1 one did not, 2 unusable options. */
@CommandLine.Command(
    name = "parking",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures what keys that fail for good cost the others.",
      "Lanes, applier, parking, retry queue (SQS) and drains are the product's own, in a",
      "JVM of its own per run, in turn without bad keys and with. The store is in memory",
      "and both services are stubs, each with a stated latency. Every key gets the same",
      "number of events, none of them folded in the lanes. A bad key's call is refused",
      "for good: it parks, its later events follow, and wake-ups try it again after 1 s,",
      "then every 2 s (a deployment: 30 s to 1 h), until it is dead; its next event wakes",
      "it again.",
      "  rate      good keys' events done a second, as many offered as the lanes take",
      "  calm      the same, offered at half the ideal rate whatever the lanes do",
      "  p50, p99  then, from the moment an event was due to its end",
      "  parked    events of bad keys that wait; tries: drains that were rejected",
      "Promised: good keys keep 95 %% of their rate; nothing of a bad key is applied.",
      "With --behind, instead: so many events wait behind one key, in DynamoDB Local,",
      "and a real worker with a hard heap drains them after the cause is put right, while",
      "other keys flow. A deletion stands after every 49 events, so that they cannot all",
      "be folded. Promised: it lives in that heap; every event is worked off, in order,",
      "by SecondService's own ledger; the other keys flow on.",
      "Exit code: 0 = all held, 1 = something did not, 2 = the options cannot be used."
    })
public final class ParkingCommand implements Callable<Integer> {
  private static final Path FOLDER = Path.of(".timebridge", "bench");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--keys",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Good ones, 10 to 100000 (default: ${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--bad",
      defaultValue = "10",
      paramLabel = "N",
      description = "Bad ones, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int bad;

  @Option(
      names = "--store",
      defaultValue = "5ms",
      paramLabel = "TIME",
      description = "Of every read and write, 0ms to 1s (default: ${DEFAULT-VALUE}).")
  private String store = "";

  @Option(
      names = "--service",
      defaultValue = "10ms",
      paramLabel = "TIME",
      description = "Of every call, 1ms to 10s (default: ${DEFAULT-VALUE}).")
  private String service = "";

  @Option(
      names = "--concurrency",
      defaultValue = "50",
      paramLabel = "N",
      description = "Keys in flight, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      paramLabel = "N",
      description = "Of each of the two measurements, 1 to 600 (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "5",
      paramLabel = "N",
      description = "Seconds, 0 to 60 (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--forks",
      defaultValue = "1",
      paramLabel = "N",
      description = "Runs of each kind; figures are their medians; 1 to 20.")
  private int forks;

  @Option(
      names = "--behind",
      paramLabel = "N",
      description = "Events behind one key, 100 to 200000; a run of another kind, see above.")
  private @Nullable Integer behind;

  @Option(
      names = "--heap",
      defaultValue = "256m",
      paramLabel = "SIZE",
      description = "Of the worker, with --behind; 64m to 16g (default: ${DEFAULT-VALUE}).")
  private String heap = "";

  @Option(
      names = "--json",
      description = "Prints one line of JSON only; progress goes to standard error anyway.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    CommandLine line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    if (behind != null) {
      BehindOrder order = behindOrder(line, behind);
      LogFile.redirect(FOLDER.resolve("parking.log"));
      BehindReport report =
          new BehindReport(new Behind(order, FOLDER, Progress.to(line.getErr())).play());
      return told(line, report.table(), report.json(), report.broken());
    }
    ParkingOrder order = order(line);
    LogFile.redirect(FOLDER.resolve("parking.log"));
    ParkingReport report =
        new ParkingReport(order, new Parking(order, FOLDER, Progress.to(line.getErr())).run());
    return told(line, report.table(), report.json(), report.broken());
  }

  private int told(CommandLine line, List<String> table, String figures, List<String> broken) {
    PrintWriter out = line.getOut();
    if (!json) {
      table.forEach(out::println);
    }
    out.println(figures);
    out.flush();
    broken.forEach(what -> line.getErr().println("timebridge bench parking: " + what));
    return broken.isEmpty() ? 0 : 1;
  }

  private ParkingOrder order(CommandLine line) {
    try {
      return new ParkingOrder(
          keys,
          bad,
          Amounts.duration("--store", store, Duration.ZERO, Duration.ofSeconds(1)),
          Amounts.duration("--service", service, Duration.ofMillis(1), Duration.ofSeconds(10)),
          concurrency,
          seconds,
          warmUp,
          forks);
    } catch (IllegalArgumentException unusable) {
      throw unusable(line, unusable);
    }
  }

  private BehindOrder behindOrder(CommandLine line, int events) {
    try {
      return new BehindOrder(events, Amounts.bytes("--heap", heap));
    } catch (IllegalArgumentException unusable) {
      throw unusable(line, unusable);
    }
  }

  private static CommandLine.ParameterException unusable(
      CommandLine line, IllegalArgumentException unusable) {
    return new CommandLine.ParameterException(
        line, String.valueOf(unusable.getMessage()), unusable);
  }
}
