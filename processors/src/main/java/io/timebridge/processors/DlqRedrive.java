package io.timebridge.processors;

import io.timebridge.deadletters.ReasonFilter;
import io.timebridge.deadletters.Redrive;
import io.timebridge.deadletters.Redrive.Ended;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.process.Foreground;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code dlq redrive}: lets what waits be tried again, in its order. */
@Command(
    name = "redrive",
    description = {
      "Lets what waits be tried again: one key, those of a reason, or all.",
      "An entry gets a fresh wake-up, its events keep their order; events of jobs and backups are published again. Quarantined records are never applied.",
      "Exit codes: 0 done, 1 nothing waits, one is refused, or failed, 2 unusable options or settings."
    })
final class DlqRedrive extends Dlq {
  /** What a FIFO queue takes without batches. */
  private static final int MAX_RATE = 300;

  private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KEY",
      description = "As `dlq list` shows it.")
  private @Nullable String key;

  @Option(names = "--reason", paramLabel = "R", description = "All that wait for this reason.")
  private @Nullable String reason;

  @Option(names = "--all", description = "All that wait.")
  private boolean all;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most this many keys per second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(names = "--dry-run", description = "Only says what would be tried again.")
  private boolean dryRun;

  @Option(
      names = "--json",
      description = "Each key and what became of it, and the counts, as one JSON object.")
  private boolean json;

  private ReasonFilter filter = ReasonFilter.everything();
  private long keys;
  private long overtaken;
  private long refused;
  private long toldAt;
  private String between = "";

  @Override
  void check() {
    long ways = Stream.of(key != null, reason != null, all).filter(given -> given).count();
    if (ways != 1) {
      throw new Unusable("give one of KEY, --reason R and --all");
    }
    if (rate < 1 || rate > MAX_RATE) {
      throw new Unusable("--rate " + rate + ": must be 1 to " + MAX_RATE + " keys per second");
    }
    filter = DlqList.filter(reason);
    if (filter.isQuarantine()) {
      throw new Unusable(
          "--reason "
              + reason
              + ": quarantined records are never applied; `./timebridge dlq list --reason quarantine` lists them");
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, InterruptedException {
    Redrive redrive =
        new Redrive(
            tools.dynamoDb,
            tools.closing(tools.aws.sqs()),
            tools.closing(tools.aws.kinesis()),
            tools.settings.names(),
            Clock.systemUTC());
    Optional<WaitingKey> found = key == null ? Optional.empty() : tools.deadLetters.find(key);
    if (key != null && found.isEmpty()) {
      return nothing(key);
    }
    if (json) {
      out().print("{\"dryRun\":" + dryRun + ",\"keys\":[");
    }
    if (found.isPresent()) {
      one(redrive, found.get());
    } else {
      many(redrive);
    }
    return end();
  }

  private void many(Redrive redrive) throws StoreTrouble, InterruptedException {
    long started = System.nanoTime();
    toldAt = started;
    redrive.each(
        filter,
        found -> {
          if (!dryRun) {
            await(started + keys * TimeUnit.SECONDS.toNanos(1) / rate);
          }
          one(redrive, found);
          tell();
        });
  }

  private void one(Redrive redrive, WaitingKey found) throws StoreTrouble, InterruptedException {
    ObjectNode node = DlqList.json(found);
    if (dryRun && found.kind() != WaitingKey.Kind.QUARANTINE) {
      keys++;
      told(node.put("outcome", "none"), "would be tried again: " + line(found));
      return;
    }
    switch (redrive.redrive(found)) {
      case Ended.Woken() -> {
        keys++;
        told(
            node.put("outcome", "woken"),
            "woken: %s with %d events".formatted(found.key(), found.waiting()));
      }
      case Ended.Published(int events, int old) -> {
        keys += events;
        overtaken += old;
        told(
            node.put("outcome", "published").put("published", events).put("overtaken", old),
            "published again: %s, %d events; given up as overtaken: %d"
                .formatted(found.key(), events, old));
      }
      case Ended.Refused(String why) -> {
        refused++;
        say(found.key() + " is not tried again: " + Shown.line(why));
        told(node.put("outcome", "refused").put("why", why), "");
      }
    }
  }

  /** Of many that were tried again, people are told no more than the counts. */
  private void told(ObjectNode node, String words) {
    if (json) {
      out().print(between + "\n" + node);
      between = ",";
    } else if ((key != null || dryRun) && !words.isEmpty()) {
      out().println(words);
    }
  }

  private int end() {
    boolean none = key == null && keys + overtaken + refused == 0;
    if (json) {
      out()
          .printf(
              "],\"triedAgain\":%d,\"overtaken\":%d,\"refused\":%d}%n", keys, overtaken, refused);
    }
    if (none) {
      say("nothing waits" + (reason == null ? "" : " for reason " + reason));
    } else if (!json && key == null && dryRun) {
      out().printf("would be tried again: %d%n", keys);
    } else if (!json && key == null) {
      out()
          .printf(
              "tried again: %d; given up as overtaken: %d; refused: %d%n",
              keys, overtaken, refused);
    }
    return none || refused > 0 ? Foreground.FAILED : Foreground.OK;
  }

  private static void await(long nanos) throws InterruptedException {
    long wait = nanos - System.nanoTime();
    if (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
  }

  private void tell() {
    long now = System.nanoTime();
    if (now - toldAt > TELL_EVERY_NANOS) {
      toldAt = now;
      say(keys + " so far");
    }
  }

  private static String line(WaitingKey found) {
    return Shown.line("%s, %d events, %s".formatted(found.key(), found.waiting(), found.reason()));
  }
}
