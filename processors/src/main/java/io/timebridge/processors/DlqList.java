package io.timebridge.processors;

import io.timebridge.deadletters.DeadLetters.Listing;
import io.timebridge.deadletters.ReasonFilter;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.process.Foreground;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code dlq list}: the keys that wait, oldest first; never a payload. */
@Command(
    name = "list",
    description = {
      "Lists the keys that wait, oldest first: entries, jobs, backups and quarantined records.",
      "State: waiting = it is tried again; owed = its wake-up is still to be sent; dead = nothing tries it again by itself, unless what it waits for is put right.",
      "Waits for: label:11 = a mapping of that label; task:41:11 = that job has the label's task; user:3 = an external id of that user; project:5 = of that project; job:41 = that job is open.",
      "Exit codes: 0 listed, be it nothing, 1 failed, 2 unusable options or settings."
    })
final class DlqList extends Dlq {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST = 100_000;

  @Option(
      names = "--reason",
      paramLabel = "R",
      description =
          "Only those that wait for this reason; `quarantine` = every quarantined record.")
  private @Nullable String reason;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10000",
      description = "At most this many, the oldest (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "As one JSON array.")
  private boolean json;

  private ReasonFilter filter = ReasonFilter.everything();

  @Override
  void check() {
    filter = filter(reason);
    if (limit < 1 || limit > MOST) {
      throw new Unusable("--limit " + limit + ": must be 1 to " + MOST);
    }
  }

  static ReasonFilter filter(@Nullable String reason) {
    try {
      return reason == null ? ReasonFilter.everything() : ReasonFilter.of(reason);
    } catch (IllegalArgumentException unknown) {
      throw new Unusable("--reason: " + unknown.getMessage());
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, InterruptedException {
    Listing listing = tools.deadLetters.list(filter, limit);
    if (json) {
      printJson(out(), listing.oldest());
    } else if (!listing.oldest().isEmpty()) {
      printTable(out(), listing.oldest());
    }
    if (listing.oldest().isEmpty()) {
      say("nothing waits" + (reason == null ? "" : " for reason " + reason));
    }
    if (listing.others() > 0) {
      say("%d newer ones are not shown; --limit shows more".formatted(listing.others()));
    }
    return Foreground.OK;
  }

  private static void printTable(PrintWriter out, List<WaitingKey> keys) {
    String format = "%-24s %-10s %-24s %8s  %-24s %-8s %-16s %s%n";
    out.printf(format, "KEY", "KIND", "REASON", "WAITING", "SINCE", "STATE", "WAITS FOR", "DETAIL");
    for (WaitingKey key : keys) {
      out.printf(
          format,
          Shown.line(key.key()),
          Shown.word(key.kind()),
          Shown.line(key.reason()),
          key.waiting(),
          Shown.time(key.since()),
          Shown.word(key.state()),
          key.waitsFor().isEmpty() ? "-" : Shown.line(key.waitsFor()),
          Shown.line(key.detail()));
    }
  }

  private static void printJson(PrintWriter out, List<WaitingKey> keys) {
    out.print("[");
    String between = "\n";
    for (WaitingKey key : keys) {
      out.print(between + json(key));
      between = ",\n";
    }
    out.println(keys.isEmpty() ? "]" : "\n]");
  }

  static ObjectNode json(WaitingKey key) {
    return JSON.createObjectNode()
        .put("key", key.key())
        .put("kind", Shown.word(key.kind()))
        .put("reason", key.reason())
        .put("waiting", key.waiting())
        .put("since", key.since().toString())
        .put("state", Shown.word(key.state()))
        .put("attempts", key.attempts())
        .put("waitsFor", key.waitsFor())
        .put("detail", key.detail());
  }
}
