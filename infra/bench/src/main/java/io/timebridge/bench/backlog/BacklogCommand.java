package io.timebridge.bench.backlog;

import io.timebridge.bench.scenario.Amounts;
import io.timebridge.bench.scenario.Progress;
import io.timebridge.local.demo.LogFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench backlog}. Exit codes: 0 every promise held, 1 one did not, 2 unusable options. */
@CommandLine.Command(
    name = "backlog",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Proves that a worker behind a stalled service keeps its memory, and drains.",
      "A stream is filled, then a worker consumes it whose service does not answer: its",
      "handler waits at a gate (a stub), so that nothing is finished. After a while the",
      "gate opens, and a record takes the latency. The worker is a process of its own",
      "on the embedded Kinesis (a shard's limits off) and DynamoDB; its heap is a hard",
      "limit, and running out of it fails the run.",
      "Promised: it lives in that heap; nothing is finished and no checkpoint moves",
      "meanwhile; afterwards every record is done, each key's in order.",
      "Exit code: 0 = all held, 1 = something did not, 2 = the options cannot be used."
    })
public final class BacklogCommand implements Callable<Integer> {
  private static final Path FOLDER = Path.of(".timebridge", "bench");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--records",
      defaultValue = "1000000",
      paramLabel = "N",
      description = "100 to 3000000 (default: ${DEFAULT-VALUE}).")
  private int records;

  @Option(
      names = "--keys",
      paramLabel = "N",
      description = "They take turns; 1 to 1000000 (default: as many as records).")
  private @Nullable Integer keys;

  @Option(
      names = "--bytes",
      defaultValue = "300",
      paramLabel = "N",
      description = "Of a record, 8 to 65536 (default: ${DEFAULT-VALUE}).")
  private int bytes;

  @Option(
      names = "--heap",
      defaultValue = "512m",
      paramLabel = "SIZE",
      description = "Of the worker, 64m to 16g (default: ${DEFAULT-VALUE}).")
  private String heap = "";

  @Option(
      names = "--shards",
      defaultValue = "1",
      paramLabel = "N",
      description = "1 to 32 (default: ${DEFAULT-VALUE}).")
  private int shards;

  @Option(
      names = "--concurrency",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Keys in flight, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--stall",
      defaultValue = "30s",
      paramLabel = "TIME",
      description = "From the first record that waits, 1s to 600s (default: ${DEFAULT-VALUE}).")
  private String stall = "";

  @Option(
      names = "--latency",
      defaultValue = "1ms",
      paramLabel = "TIME",
      description = "Of a record afterwards, 0ms to 1s (default: ${DEFAULT-VALUE}).")
  private String latency = "";

  @Option(
      names = "--json",
      description = "Prints one line of JSON only; progress goes to standard error anyway.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    CommandLine line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    BacklogOrder order = order(line);
    PrintWriter out = line.getOut();
    LogFile.redirect(FOLDER.resolve("backlog.log"));
    BacklogReport report =
        new BacklogReport(new Backlog(order, FOLDER, Progress.to(line.getErr())).play());
    if (!json) {
      report.summary().forEach(out::println);
    }
    out.println(report.json());
    out.flush();
    report.broken().forEach(what -> line.getErr().println("timebridge bench backlog: " + what));
    return report.held() ? 0 : 1;
  }

  private BacklogOrder order(CommandLine line) {
    try {
      return new BacklogOrder(
          records,
          keys == null ? Math.min(records, 1_000_000) : keys,
          bytes,
          Amounts.bytes("--heap", heap),
          shards,
          concurrency,
          Amounts.duration("--stall", stall, Duration.ofSeconds(1), Duration.ofMinutes(10)),
          Amounts.duration("--latency", latency, Duration.ZERO, Duration.ofSeconds(1)));
    } catch (IllegalArgumentException unusable) {
      throw new CommandLine.ParameterException(
          line, String.valueOf(unusable.getMessage()), unusable);
    }
  }
}
