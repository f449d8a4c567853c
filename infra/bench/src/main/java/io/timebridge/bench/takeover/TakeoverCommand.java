package io.timebridge.bench.takeover;

import io.timebridge.bench.scenario.Amounts;
import io.timebridge.bench.scenario.Progress;
import io.timebridge.bench.scenario.Stage;
import io.timebridge.local.demo.LogFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench takeover}. Exit codes: 0 every promise held, 1 one did not, 2 unusable options. */
@Command(
    name = "takeover",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Proves that nothing is lost, doubled or out of order when a worker dies.",
      "Two workers, a shard split, two merged, one worker killed with -9 and then",
      "replaced, while records are put. The workers are processes of their own, on the",
      "embedded Kinesis (a shard's limits off) and DynamoDB. The service they call",
      "takes its time for every effect, has no idempotency keys, keeps one version per",
      "key and a list of all that it carried out; that list alone is judged.",
      "A handler reads its key's version once, does nothing if the record is there,",
      "and else has it carried out on the condition that the version is still that.",
      "Promised: nothing lost, nothing carried out twice, no key's records out of",
      "order; a redelivered record costs at most one read; within 10 s of the kill the",
      "survivor holds all shards of the dead worker and works on them.",
      "Exit code: 0 = all held, 1 = something did not, 2 = the options cannot be used."
    })
public final class TakeoverCommand implements Callable<Integer> {
  private static final Path FOLDER = Path.of(".timebridge", "bench");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--records",
      defaultValue = "20000",
      paramLabel = "N",
      description = "Of a run, 100 to 1000000 (default: ${DEFAULT-VALUE}).")
  private int records;

  @Option(
      names = "--keys",
      defaultValue = "500",
      paramLabel = "N",
      description = "2 to 100000 (default: ${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--latency",
      defaultValue = "20ms",
      paramLabel = "TIME",
      description = "Of an effect, 1ms to 5s (default: ${DEFAULT-VALUE}).")
  private String latency = "";

  @Option(
      names = "--concurrency",
      defaultValue = "100",
      paramLabel = "N",
      description = "Keys in flight per worker, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--shards",
      defaultValue = "4",
      paramLabel = "N",
      description = "In the beginning, 2 to 32 (default: ${DEFAULT-VALUE}).")
  private int shards;

  @Option(
      names = "--rate",
      defaultValue = "500",
      paramLabel = "N",
      description =
          "Records put per second, 10 to 20000, below what two workers can do (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--runs",
      defaultValue = "1",
      paramLabel = "N",
      description = "1 to 100; each with workers of its own (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "S",
      description = {
        "Draws keys, shards and moments; each further run has the next (default:",
        "${DEFAULT-VALUE}). When a process dies and is missed is the machine's."
      })
  private long seed;

  @Option(
      names = "--plant",
      defaultValue = "none",
      paramLabel = "NAME",
      description = {
        "Puts a bug into the handler, which has to end with 1: checkpoint-early (answers",
        "\"applied\" half a second before it is), no-read (carries out without a look and",
        "without a condition)."
      })
  private String plant = "";

  @Option(
      names = "--json",
      description = "Prints one line of JSON only; progress goes to standard error anyway.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    CommandLine line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    TakeoverOrder order = order(line);
    PrintWriter out = line.getOut();
    LogFile.redirect(FOLDER.resolve("takeover.log"));
    TakeoverReport report = play(order, Progress.to(line.getErr()));
    if (!json) {
      report.summary().forEach(out::println);
    }
    out.println(report.json());
    out.flush();
    report.broken().forEach(what -> line.getErr().println("timebridge bench takeover: " + what));
    return report.held() ? 0 : 1;
  }

  private static TakeoverReport play(TakeoverOrder order, Progress progress) throws Exception {
    List<RunFigures> figures = new ArrayList<>();
    try (Stage stage = Stage.start(FOLDER, "2g")) {
      for (int run = 0; run < order.runs(); run++) {
        figures.add(new TakeoverRun(stage, order, run, FOLDER, progress).play());
      }
    }
    return new TakeoverReport(order, figures);
  }

  private TakeoverOrder order(CommandLine line) {
    try {
      return new TakeoverOrder(
          records,
          keys,
          Amounts.duration("--latency", latency, TakeoverOrder.SHORTEST, TakeoverOrder.LONGEST),
          concurrency,
          shards,
          rate,
          runs,
          seed,
          Plant.of(plant));
    } catch (IllegalArgumentException unusable) {
      throw new CommandLine.ParameterException(
          line, String.valueOf(unusable.getMessage()), unusable);
    }
  }
}
