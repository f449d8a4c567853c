package io.timebridge.local.demo;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: exit code 0 only when both sides agree at the end; 1 when they do not; 2 for
 * unusable options.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the whole system on this machine, lets people track time while admins rename, move,",
      "re-code, close and reopen jobs and a new client comes, and compares both services.",
      "Exit code: 0 = both sides agree, every change of a job has arrived, and nothing that was open",
      "was ever archived; 1 = not so; 2 = the options cannot be used."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final Path LOG = Path.of(".timebridge", "demo.log");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--entries",
      defaultValue = "300",
      paramLabel = "N",
      description = "Entries that people create, 1 to 100000 (default: ${DEFAULT-VALUE}).")
  private int entries;

  @Option(
      names = "--users",
      defaultValue = "12",
      paramLabel = "N",
      description = "People who track time, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Repeats the traffic and the faults of a run (default: any).")
  private @Nullable Long seed;

  @Option(
      names = "--faults",
      defaultValue = "none",
      paramLabel = "none|mild|hostile",
      description = "How badly both services behave (default: ${DEFAULT-VALUE}).")
  private String faults = "none";

  @Option(
      names = "--hostile-poll",
      description = {
        "SecondService lists its jobs and clients in every wrong form, one after the other (empty,",
        "half, HTML, errors, a session lost half-way, cut off, moved or missing columns, doubled rows,",
        "numbers as text), while jobs go on changing. Goes with any --faults. About a minute longer."
      })
  private boolean hostilePoll;

  @Option(
      names = "--lose-webhooks",
      defaultValue = "0",
      paramLabel = "PERCENT",
      description = {
        "Webhooks of entries that are lost for good, 0 to 100 (default: ${DEFAULT-VALUE}); the run then ends",
        "with `reconcile --repair`, after which both sides have to agree."
      })
  private int loseWebhooks;

  @Option(
      names = "--rate",
      defaultValue = "60",
      paramLabel = "N",
      description = "People's changes per second, at most (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--within",
      defaultValue = "600",
      paramLabel = "SECONDS",
      description = "Longest wait for quiet (default: ${DEFAULT-VALUE}).")
  private int withinSeconds;

  @Option(
      names = "--json",
      description = "Ends with one line of JSON; progress goes to standard error.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    CommandLine line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    Demo.Order order = order(line);
    PrintWriter out = line.getOut();
    PrintWriter progress = json ? line.getErr() : out;
    progress.printf(
        "demo: %d entries of %d people, faults %s%s, seed %d%n",
        entries, users, faults, hostilePoll ? ", hostile poll" : "", order.seed());
    LogFile.redirect(LOG);
    long started = System.nanoTime();
    DemoReport report =
        new Demo(
                order,
                text -> {
                  progress.printf(
                      Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - started) / 1e9, text);
                  progress.flush();
                })
            .run();
    report.summary().forEach(progress::println);
    if (!report.isRight()) {
      progress.println("the log is in " + LOG);
    }
    progress.flush();
    if (json) {
      out.println(report.json());
    }
    out.flush();
    return report.isRight() ? 0 : 1;
  }

  private Demo.Order order(CommandLine line) {
    require(line, entries >= 1 && entries <= 100_000, "--entries must be 1 to 100000: " + entries);
    require(line, users >= 1 && users <= 10_000, "--users must be 1 to 10000: " + users);
    require(
        line, rate > 0 && rate <= 100_000, "--rate must be above 0 and at most 100000: " + rate);
    require(
        line,
        loseWebhooks >= 0 && loseWebhooks <= 100,
        "--lose-webhooks must be 0 to 100: " + loseWebhooks);
    require(line, withinSeconds >= 1, "--within must be at least 1: " + withinSeconds);
    Misbehaviour misbehaviour =
        switch (faults) {
          case "none" -> Misbehaviour.NONE;
          case "mild" -> Misbehaviour.MILD;
          case "hostile" -> Misbehaviour.HOSTILE;
          default ->
              throw new CommandLine.ParameterException(
                  line, "--faults must be none, mild or hostile: " + faults);
        };
    return new Demo.Order(
        seed == null ? ThreadLocalRandom.current().nextInt(1, 1_000_000) : seed,
        entries,
        users,
        misbehaviour,
        hostilePoll,
        loseWebhooks,
        rate,
        Duration.ofSeconds(withinSeconds));
  }

  private static void require(CommandLine line, boolean holds, String problem) {
    if (!holds) {
      throw new CommandLine.ParameterException(line, problem);
    }
  }
}
