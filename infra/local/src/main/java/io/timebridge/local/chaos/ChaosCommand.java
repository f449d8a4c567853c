package io.timebridge.local.chaos;

import io.timebridge.local.demo.LogFile;
import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Step;
import io.timebridge.local.simulated.Down;
import io.timebridge.local.simulated.OutagePlant;
import io.timebridge.local.simulated.OutageSimulation;
import io.timebridge.local.simulated.Simulation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code chaos}: exit code 0 only when no run lost, doubled, staled or reordered anything; 1 when
 * one did; 2 for unusable options.
 */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the whole system with two real workers and two real pollers, processes that are killed",
      "(SIGKILL) and frozen (SIGSTOP, SIGCONT) at named steps while answers get lost and come late,",
      "and judges by what both services have seen. "
          + StrikePlanner.RUNS_FOR_ALL
          + " runs strike at every step, on both paths, in every way.",
      "With --simulated: the same rules, gates and lanes in one thread with simulated time, network",
      "and store, some hundred runs a second, each the same again from its seed. With --outage as",
      "well: one long outage of SecondService per run.",
      "Exit code: 0 = nothing lost, doubled, stale or out of order, 1 = something, 2 = the options",
      "cannot be used."
    })
public final class ChaosCommand implements Callable<Integer> {
  private static final Path FOLDER = Path.of(".timebridge", "chaos");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the first run; each further one has the next (default: any).")
  private @Nullable Long seed;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description =
          "Runs, 1 to 10000 (default: 20); with --simulated 1 to 100000000 (default: 10000).")
  private @Nullable Integer runs;

  @Option(
      names = "--steps",
      defaultValue = "all",
      paramLabel = "LIST|all",
      description = {
        "Steps to strike at, with commas between them: fetched, intent-written, call-sent,",
        "answer-received, state-written, checkpointed; of events that wait: parked, wake-sent,",
        "wake-received, drained, unparked; of the poller: poll-listed, poll-announced,",
        "poll-published, poll-remembered (default: ${DEFAULT-VALUE})."
      })
  private String steps = "all";

  @Option(
      names = "--plant",
      paramLabel = "NAME",
      description = {
        "Puts a fault around the parts that the runs have to bring to light: skip-intent,",
        "ignore-deadline, checkpoint-early, retry-in-place, unpark-unconditional; of the poller:",
        "remember-before-publish, skip-announcement."
      })
  private @Nullable String plant;

  @Option(names = "--simulated", description = "Simulated runs instead of real processes.")
  private boolean simulated;

  @Option(
      names = "--late-senders",
      description = {
        "With --simulated: workers are also frozen between the last look at their clocks and the",
        "sending. No protocol can hide that; what is judged is that it is put right."
      })
  private boolean lateSenders;

  @Option(
      names = "--outage",
      paramLabel = "TIME",
      description = {
        "With --simulated: SecondService is down for this long (10m, 1h; 2m to 24h) while people go on",
        "working. Judged too: nothing parked, calls within the limits and slow at first when it is back.",
        "--plant is one of spend-budget, no-ramp, herd; runs: 20."
      })
  private @Nullable String outage;

  @Option(
      names = "--outage-kind",
      paramLabel = "KIND",
      description = {
        "With --outage: how it is down: refused, errors, time-outs, slow (everything is done and",
        "answered too late), mixed (default: by seed)."
      })
  private @Nullable String outageKind;

  @Option(
      names = "--keys",
      paramLabel = "N",
      description = "With --outage: entries that are worked on, 1 to 10000 (default: 100).")
  private @Nullable Integer keys;

  @Option(
      names = "--trace",
      description = "With --simulated --runs 1: prints what happened, line by line.")
  private boolean trace;

  @Option(
      names = "--json",
      description = "Prints one line of JSON only; progress goes to standard error.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    CommandLine line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    if (outage == null && (outageKind != null || keys != null)) {
      throw new CommandLine.ParameterException(line, "--outage-kind and --keys go with --outage");
    }
    if (outage != null) {
      return new OutageRuns(line, json).run(outage(line, outage));
    }
    if (simulated) {
      return new SimulatedRuns(line, json).run(simulation(line), trace);
    }
    if (lateSenders || trace) {
      throw new CommandLine.ParameterException(
          line, "--late-senders and --trace go with --simulated");
    }
    Chaos.Order order = order(line);
    PrintWriter out = line.getOut();
    PrintWriter progress = json ? line.getErr() : out;
    progress.printf(
        "chaos: %d runs from seed %d, steps %s%s%n",
        order.runs(),
        order.seed(),
        String.join(", ", ChaosReport.names(order.steps())),
        order.plant() == Plant.NONE ? "" : ", plant " + order.plant().text());
    LogFile.redirect(FOLDER.resolve("controller.log"));
    long started = System.nanoTime();
    ChaosReport report =
        new Chaos(
                order,
                text -> {
                  progress.printf(
                      Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - started) / 1e9, text);
                  progress.flush();
                })
            .run();
    report.summary().forEach(progress::println);
    if (!report.clean()) {
      progress.println("the logs are in " + FOLDER);
    }
    progress.flush();
    out.println(report.json());
    out.flush();
    return report.clean() ? 0 : 1;
  }

  private Chaos.Order order(CommandLine line) {
    try {
      int count = count(20, 10_000);
      Set<Step> wanted = Step.list(steps);
      Plant planted = Plant.of(Optional.ofNullable(plant));
      Chaos.Order order = new Chaos.Order(firstSeed(), count, wanted, planted, FOLDER);
      if (order.planner().cells().isEmpty()) {
        throw new IllegalArgumentException(
            "--steps %s cannot bring --plant %s to light".formatted(steps, planted.text()));
      }
      return order;
    } catch (IllegalArgumentException unusable) {
      throw new CommandLine.ParameterException(
          line, String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private Simulation.Order simulation(CommandLine line) {
    try {
      return new Simulation.Order(
          firstSeed(),
          count(10_000, 100_000_000),
          simulatedSteps(),
          simulatedPlant(),
          lateSenders,
          plant != null);
    } catch (IllegalArgumentException unusable) {
      throw new CommandLine.ParameterException(
          line, String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private Set<Step> simulatedSteps() {
    Set<Step> wanted = EnumSet.copyOf(Step.list(steps));
    wanted.retainAll(Step.ofWorkers());
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException("no poller is simulated: --steps " + steps);
    }
    return wanted;
  }

  private Plant simulatedPlant() {
    Plant wanted = Plant.of(Optional.ofNullable(plant));
    if (wanted.isOfPolling()) {
      throw new IllegalArgumentException("no poller is simulated: --plant " + wanted.text());
    }
    return wanted;
  }

  private OutageSimulation.Order outage(CommandLine line, String time) {
    if (!simulated || lateSenders || trace || !steps.equals("all")) {
      throw new CommandLine.ParameterException(
          line, "--outage goes with --simulated, and without --late-senders, --trace and --steps");
    }
    try {
      return new OutageSimulation.Order(
          firstSeed(),
          count(20, 100_000),
          OutageRuns.duration(time),
          keys == null ? 100 : keys,
          Optional.ofNullable(outageKind).map(Down::of),
          OutagePlant.of(Optional.ofNullable(plant)));
    } catch (IllegalArgumentException unusable) {
      throw new CommandLine.ParameterException(
          line, String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private long firstSeed() {
    return seed == null ? ThreadLocalRandom.current().nextInt(1, 1_000_000) : seed;
  }

  private int count(int usual, int most) {
    int count = runs == null ? usual : runs;
    if (count < 1 || count > most) {
      throw new IllegalArgumentException("--runs must be 1 to %d: %d".formatted(most, count));
    }
    return count;
  }
}
