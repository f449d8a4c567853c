package io.timebridge.bench.parking;

import io.timebridge.bench.process.Child;
import io.timebridge.bench.process.ChildFailed;
import io.timebridge.bench.scenario.Progress;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.stream.Names;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Runs what was ordered: without bad keys, with them, in turn. Used once, by one thread. */
final class Parking {
  private static final Duration BESIDE = Duration.ofMinutes(2);

  private final ParkingOrder order;
  private final Path logs;
  private final Progress progress;

  /**
   * @param logs folder for the children's logs
   */
  Parking(ParkingOrder order, Path logs, Progress progress) {
    this.order = order;
    this.logs = logs;
    this.progress = progress;
  }

  /**
   * All runs, in the order in which they were made.
   *
   * @throws ChildFailed when one of them cannot be made; there are no figures then
   */
  List<ArmResult> run() throws IOException, ChildFailed, InterruptedException {
    List<ArmResult> results = new ArrayList<>();
    try (LocalAws aws = LocalAws.start()) {
      String sqs = Objects.requireNonNull(aws.endpoints().get("sqs")).toString();
      for (int fork = 0; fork < order.forks(); fork++) {
        boolean badFirst = fork % 2 == 1;
        for (boolean bad : new boolean[] {badFirst, !badFirst}) {
          String prefix = "p%d%s-".formatted(fork + 1, bad ? "b" : "g");
          aws.createResources(new Names(prefix), 1);
          results.add(run(bad, fork, sqs, prefix));
        }
      }
    }
    return results;
  }

  private ArmResult run(boolean bad, int fork, String sqs, String prefix)
      throws IOException, ChildFailed, InterruptedException {
    String name = "parking-%s-%d".formatted(bad ? "bad" : "good", fork + 1);
    try (Child child = Child.start(name, logs, "1g", ArmMain.class)) {
      child.order(order.arm(bad, sqs, prefix));
      ArmResult result =
          child.await(
              "result",
              ArmResult.class,
              BESIDE.plusSeconds(order.warmUp()).plusSeconds(2L * order.seconds()));
      progress.say(
          String.format(
              Locale.ROOT,
              "fork %d of %d, %s bad keys: %.1f events/s of good keys; at a pace p99 %.1f ms",
              fork + 1,
              order.forks(),
              bad ? "with" : "without",
              result.rate(),
              result.p99Ms()));
      return result;
    }
  }
}
