package io.timebridge.bench;

import io.timebridge.bench.measure.Job;
import io.timebridge.bench.measure.RunResult;
import io.timebridge.bench.process.Child;
import io.timebridge.bench.process.ChildFailed;
import io.timebridge.bench.server.Fill;
import io.timebridge.bench.system.SystemMain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs what was ordered, one child JVM after the other. Used once, by one thread. */
final class Lanes {
  private static final String STREAM = "bench";
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

  private final LanesOrder order;
  private final Path logs;
  private final Progress progress;

  /**
   * @param logs folder for the children's logs
   */
  Lanes(LanesOrder order, Path logs, Progress progress) {
    this.order = order;
    this.logs = logs;
    this.progress = progress;
  }

  /**
   * All runs, in the order in which they were made.
   *
   * @throws ChildFailed when one of them cannot be made; there are no figures then
   */
  List<RunResult> run() throws IOException, ChildFailed, InterruptedException {
    if (order.records() == LanesOrder.MOST_RECORDS) {
      progress.say(
          "more than %d records would be needed for the ideal rate; a run ends with its records, and its line says so"
              .formatted(LanesOrder.MOST_RECORDS));
    }
    List<RunResult> results = new ArrayList<>();
    try (Servers servers = new Servers(logs)) {
      if (order.needsAws()) {
        servers.startAws();
      }
      if (order.needsKafka()) {
        servers.startKafka();
      }
      if (order.needsAws() || order.needsKafka()) {
        progress.say("%d records are put in, shard limits off".formatted(order.records()));
      }
      servers.fill(
          new Fill(STREAM, order.shards(), order.keys(), order.hotKeyPercent(), order.records()));
      for (int fork = 0; fork < order.forks(); fork++) {
        for (String system : turns(fork)) {
          results.add(run(system, fork, servers.addresses()));
        }
      }
    }
    return results;
  }

  /** The systems; each fork begins with another one. */
  private List<String> turns(int fork) {
    List<String> systems = new ArrayList<>(List.of("timebridge"));
    order.peers().forEach(peer -> systems.add(peer.text()));
    Collections.rotate(systems, -fork);
    return systems;
  }

  private RunResult run(String system, int fork, Map<String, String> addresses)
      throws IOException, ChildFailed, InterruptedException {
    Job job = job(system, fork, addresses);
    try (Child child =
        Child.start("%s-%d".formatted(system, fork + 1), logs, "1g", SystemMain.class)) {
      progress.say("fork %d of %d, %s: starts".formatted(fork + 1, order.forks(), system));
      child.order(job);
      child.await("consuming", Map.class, STARTS_WITHIN);
      RunResult result =
          child.await(
              "result",
              RunResult.class,
              SystemMain.BESIDE.plusMillis(job.warmUpMillis() + job.runMillis()));
      progress.say(
          String.format(
              Locale.ROOT,
              "fork %d of %d, %s: %.1f records/s%s",
              fork + 1,
              order.forks(),
              system,
              result.rate(),
              result.ranOut() && !system.equals("kcl") ? ", ended early: no records left" : ""));
      return result;
    }
  }

  private Job job(String system, int fork, Map<String, String> addresses) {
    boolean plainKcl = system.equals("kcl");
    String feed =
        switch (system) {
          case "timebridge" -> order.feed().text();
          case "cpc" -> "kafka";
          default -> "kinesis";
        };
    return new Job(
        system,
        feed,
        STREAM,
        "bench-%s-%d".formatted(system, fork + 1),
        addresses,
        order.latency().toMillis(),
        order.concurrency(),
        order.keys(),
        order.shards(),
        order.hotKeyPercent(),
        order.fold(),
        plainKcl ? order.plainKclRecords() : order.records(),
        plainKcl ? 0 : order.warmUp() * 1000L,
        order.seconds() * 1000L);
  }
}
