package io.timebridge.bench;

import io.timebridge.bench.measure.RunResult;
import io.timebridge.local.demo.LogFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench lanes}. */
@Command(
    name = "lanes",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the key lanes against plain KCL and Confluent's parallel-consumer.",
      "One system at a time, each run in a JVM of its own (-Xmx1g, serial collector,",
      "C2 on). The work is a stub, a Thread.sleep of the latency, the same for every",
      "system. Records have 300 bytes, keys take turns; they are put into one stream",
      "(embedded Kinesis, a shard's limits off) and one topic (one Kafka broker)",
      "before the first run, and every run reads them from their beginning.",
      "A run begins with its first record done; after the warm-up, the middle 80 %%",
      "of it are measured.",
      "  rate        records done per second; others/s: without the hot key's",
      "  efficiency  rate / (min(concurrency, keys) / latency); above 1 only where",
      "              records are folded",
      "  p50, p99    from the beginning of a record's handling to its end: the wait,",
      "              and what the threads add to it",
      "  viol.       records begun before an earlier one of their key was done",
      "  heap        the most in use right after a garbage collection",
      "  cores       that the system's JVM kept busy; load: of the whole machine, above",
      "              its number of cores the figures are those of a disturbed run",
      "Exit code: 0 = measured, 1 = failed or order violated, 2 = the options cannot",
      "be used."
    })
final class LanesCommand implements Callable<Integer> {
  private static final Path FOLDER = Path.of(".timebridge", "bench");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--latency",
      defaultValue = "100ms",
      paramLabel = "TIME",
      description = "Wait per record, 1ms to 10s (default: ${DEFAULT-VALUE}).")
  private String latency = "";

  @Option(
      names = "--concurrency",
      defaultValue = "100",
      paramLabel = "N",
      description = "Keys worked on at a time, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--keys",
      defaultValue = "1000",
      paramLabel = "N",
      description = "1 to 100000 (default: ${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      paramLabel = "N",
      description = "Length of a run after its warm-up, 1 to 600 (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "3",
      paramLabel = "N",
      description =
          "Seconds, 0 to 60 (default: ${DEFAULT-VALUE}); plain KCL has none, its run ends after 200 records per shard.")
  private int warmUp;

  @Option(
      names = "--shards",
      defaultValue = "1",
      paramLabel = "N",
      description = "Of the stream; partitions of the topic; 1 to 64 (default: ${DEFAULT-VALUE}).")
  private int shards;

  @Option(
      names = "--hot-key",
      defaultValue = "0",
      paramLabel = "PERCENT",
      description =
          "Share of the records that one key has, 0 to 90 (default: ${DEFAULT-VALUE}); otherKeysRate is the rate of the others.")
  private int hotKey;

  @Option(
      names = "--fold",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "With a hot key: Timebridge handles those of its records that wait in one go, as newer states; the other keys' are not folded (default: on).")
  private boolean fold;

  @Option(
      names = "--peers",
      defaultValue = "kcl,cpc",
      paramLabel = "LIST|none",
      description =
          "kcl (plain KCL, record by record), cpc (parallel-consumer, key order) (default: ${DEFAULT-VALUE}).")
  private String peers = "";

  @Option(
      names = "--forks",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "Runs of each system, in turn; figures are their medians; 1 to 20 (default: ${DEFAULT-VALUE}).")
  private int forks;

  @Option(
      names = "--feed",
      defaultValue = "kinesis",
      paramLabel = "kinesis|direct",
      description =
          "direct hands Timebridge's records straight to the worker's record processor, for where the emulator would be the limit; the output says so (default: ${DEFAULT-VALUE}).")
  private String feed = "";

  @Option(
      names = "--json",
      description = "Prints one line of JSON only; progress goes to standard error anyway.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    CommandLine line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    LanesOrder order = order(line);
    PrintWriter out = line.getOut();
    PrintWriter err = line.getErr();
    LogFile.redirect(FOLDER.resolve("bench.log"));
    long started = System.nanoTime();
    Progress progress =
        text -> {
          err.printf("%6.1f s  %s%n", (System.nanoTime() - started) / 1e9, text);
          err.flush();
        };
    List<RunResult> results = new Lanes(order, FOLDER, progress).run();
    LanesReport report = new LanesReport(order, results);
    if (!json) {
      report.table().forEach(out::println);
    }
    out.println(report.json());
    out.flush();
    if (!report.inOrder()) {
      err.println("timebridge bench lanes: the order of keys was violated");
    }
    return report.inOrder() ? 0 : 1;
  }

  private LanesOrder order(CommandLine line) {
    try {
      return new LanesOrder(
          LanesOrder.duration("--latency", latency),
          concurrency,
          keys,
          seconds,
          warmUp,
          shards,
          hotKey,
          hotKey > 0 && fold,
          Peer.list(peers),
          forks,
          feed());
    } catch (IllegalArgumentException unusable) {
      throw new CommandLine.ParameterException(
          line, String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private Feed feed() {
    return switch (feed) {
      case "kinesis" -> Feed.KINESIS;
      case "direct" -> Feed.DIRECT;
      default -> throw new IllegalArgumentException("--feed must be kinesis or direct: " + feed);
    };
  }
}
