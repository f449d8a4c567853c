package io.timebridge.local.chaos;

import io.timebridge.local.demo.LogFile;
import io.timebridge.local.simulated.OutagePlant;
import io.timebridge.local.simulated.OutageSimulation;
import io.timebridge.local.simulated.Simulation;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code chaos --simulated --outage}: runs, tells, and gives the exit code. */
final class OutageRuns {
  private static final Pattern TIME = Pattern.compile("([1-9]\\d{0,5})([smh])");
  private static final int TOLD_EVERY = 10;

  private final PrintWriter out;
  private final PrintWriter progress;

  /**
   * @param json whether nothing but the last line goes to standard output
   */
  OutageRuns(CommandLine line, boolean json) {
    this.out = line.getOut();
    this.progress = json ? line.getErr() : line.getOut();
  }

  /**
   * @throws IllegalArgumentException when it is none; the message says what is allowed
   */
  static Duration duration(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new IllegalArgumentException("--outage is a time like 90s, 10m or 2h: " + text);
    }
    long amount = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  int run(OutageSimulation.Order order) throws InterruptedException {
    progress.printf(
        "chaos, simulated: %d outages of %d s, %d keys, from seed %d%n",
        order.runs(), order.outage().toSeconds(), order.keys(), order.seed());
    progress.flush();
    LogFile.silence(); // a line per record
    OutageSimulation simulation = new OutageSimulation(order);
    long started = System.nanoTime();
    OutageSimulation.Report report =
        simulation.run(done -> {
          if (done % TOLD_EVERY == 0) {
            progress.printf(
                Locale.ROOT, "%6.1f s  %d runs%n", (System.nanoTime() - started) / 1e9, done);
            progress.flush();
          }
        });
    for (Simulation.Wrong wrong : report.wrong()) {
      progress.printf("seed %d:%n", wrong.seed());
      wrong.what().forEach(what -> progress.println("  " + what));
      progress.println("  again: " + again(order, wrong.seed()));
    }
    progress.flush();
    out.println(
        json(order, report, simulation.callsPerSecond(), (System.nanoTime() - started) / 1e9));
    out.flush();
    return report.failed() == 0 ? 0 : 1;
  }

  private static String again(OutageSimulation.Order order, long seed) {
    return "./timebridge chaos --simulated --outage %ds --keys %d --runs 1 --seed %d%s%s"
        .formatted(
            order.outage().toSeconds(),
            order.keys(),
            seed,
            order.down().map(down -> " --outage-kind " + down.text()).orElse(""),
            order.plant() == OutagePlant.NONE ? "" : " --plant " + order.plant().text());
  }

  private static String json(
      OutageSimulation.Order order,
      OutageSimulation.Report report,
      int callsPerSecond,
      double seconds) {
    ObjectNode json = JsonMapper.builder().build().createObjectNode();
    json.put("seed", order.seed())
        .put("runs", report.runs())
        .put("outageSeconds", order.outage().toSeconds())
        .put("keys", order.keys())
        .put("failed", report.failed())
        .put("parked", report.parked())
        .put("lost", report.lost())
        .put("doubled", report.doubled())
        .put("stale", report.stale())
        .put("outOfOrder", report.outOfOrder())
        .put("callsPerSecondAllowed", callsPerSecond)
        .put("callsPerSecondMax", report.mostPerSecond())
        .put("callsInFirstTenSecondsMax", report.mostInFirstTenSeconds())
        .put("callsInOutageMax", report.callsInOutage())
        .put("storeOperationsPerSecondOfOutageMax", Math.round(report.storePerSecond() * 10) / 10.0)
        .put("caughtUpAfterSecondsMax", report.longestCaughtUp().toSeconds())
        .put("seconds", Math.round(seconds * 10) / 10.0);
    return json.toString();
  }
}
