package io.timebridge.local.chaos;

import io.timebridge.local.demo.LogFile;
import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Step;
import io.timebridge.local.simulated.Simulation;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.TreeSet;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code chaos --simulated}: runs, tells, and gives the exit code. */
final class SimulatedRuns {
  private static final int TRACE_LINES = 100_000;

  private final PrintWriter out;
  private final PrintWriter progress;

  /**
   * @param json whether nothing but the last line goes to standard output
   */
  SimulatedRuns(CommandLine line, boolean json) {
    this.out = line.getOut();
    this.progress = json ? line.getErr() : line.getOut();
  }

  int run(Simulation.Order order, boolean trace) throws InterruptedException {
    progress.printf("chaos, simulated: %d runs from seed %d%n", order.runs(), order.seed());
    progress.flush();
    LogFile.silence(); // a line per record, for thousands of runs
    Simulation simulation = new Simulation(order);
    if (trace) {
      simulation.explain(order.seed(), TRACE_LINES).forEach(progress::println);
    }
    long started = System.nanoTime();
    Simulation.Report report =
        simulation.run(done -> {
          progress.printf(
              Locale.ROOT, "%6.1f s  %d runs%n", (System.nanoTime() - started) / 1e9, done);
          progress.flush();
        });
    for (Simulation.Wrong wrong : report.wrong()) {
      progress.printf("seed %d:%n", wrong.seed());
      wrong.what().forEach(what -> progress.println("  " + what));
      progress.println("  again: " + again(order, wrong.seed()));
    }
    progress.flush();
    out.println(json(order, report, (System.nanoTime() - started) / 1e9));
    out.flush();
    return report.failed() == 0 ? 0 : 1;
  }

  private static String again(Simulation.Order order, long seed) {
    return "./timebridge chaos --simulated --runs 1 --trace --seed "
        + seed
        + (order.plant() == Plant.NONE ? "" : " --plant " + order.plant().text())
        + (order.lateSenders() ? " --late-senders" : "");
  }

  private static String json(Simulation.Order order, Simulation.Report report, double seconds) {
    ObjectNode json = JsonMapper.builder().build().createObjectNode();
    json.put("seed", order.seed()).put("runs", report.runs());
    ArrayNode steps = json.putArray("steps");
    for (Step step : new TreeSet<>(order.steps())) {
      steps.add(step.text());
    }
    json.put("failed", report.failed())
        .put("lost", report.lost())
        .put("doubled", report.doubled())
        .put("stale", report.stale())
        .put("outOfOrder", report.outOfOrder())
        .put("struck", report.struck().values().stream().mapToLong(Long::longValue).sum())
        .put("transients", report.off())
        .put("transientMaxMillis", report.longestOff().toMillis())
        .put("seconds", Math.round(seconds * 10) / 10.0);
    return json.toString();
  }
}
