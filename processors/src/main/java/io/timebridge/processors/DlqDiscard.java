package io.timebridge.processors;

import io.timebridge.deadletters.Discard;
import io.timebridge.deadletters.Discard.Ended;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.process.Foreground;
import java.time.Clock;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code dlq discard}: gives up what waits of one key. */
@Command(
    name = "discard",
    description = {
      "Gives up what waits of a key: it is never applied. Each event is kept, with who, when and why; `dlq show KEY` shows it.",
      "Later events of the key go the usual way.",
      "Exit codes: 0 given up, 1 nothing such, refused, or failed, 2 unusable options or settings."
    })
final class DlqDiscard extends Dlq {
  private static final int MAX_REASON = 500;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Parameters(index = "0", paramLabel = "KEY", description = "As `dlq list` shows it.")
  private String key = "";

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for whoever looks later; 1 to " + MAX_REASON + " characters.")
  private String reason = "";

  @Option(names = "--dry-run", description = "Only says what would be given up.")
  private boolean dryRun;

  @Option(
      names = "--json",
      description = "What was given up, or why it was not, as one JSON object.")
  private boolean json;

  @Override
  void check() {
    reason = reason.strip();
    if (reason.isEmpty() || reason.length() > MAX_REASON) {
      throw new Unusable(
          "--reason has %d characters: must be 1 to %d that say why"
              .formatted(reason.length(), MAX_REASON));
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, InterruptedException {
    Optional<WaitingKey> found = tools.deadLetters.find(key);
    if (found.isEmpty()) {
      return nothing(key);
    }
    if (dryRun) {
      told(found.get().waiting(), "would be given up");
      return Foreground.OK;
    }
    Discard discard =
        new Discard(
            tools.dynamoDb,
            tools.closing(tools.aws.sqs()),
            tools.settings.names(),
            Clock.systemUTC());
    return switch (discard.discard(found.get(), System.getProperty("user.name", "?"), reason)) {
      case Ended.Done(int events, int joined) -> {
        told(events, "given up");
        if (joined > 0) {
          say(joined + " events came meanwhile; they wait, and were woken");
        }
        yield Foreground.OK;
      }
      case Ended.Nothing() -> nothing(key);
      case Ended.Refused(String why, int events) -> {
        say(why + (events > 0 ? "; " + events + " events are given up already" : ""));
        if (json) {
          out().println(node(events).put("refused", why));
        }
        yield Foreground.FAILED;
      }
    };
  }

  private void told(long events, String words) {
    if (json) {
      out().println(node(events));
    } else {
      out().printf("%s: %s, %d events%n", words, key, events);
    }
  }

  private ObjectNode node(long events) {
    return JSON.createObjectNode().put("key", key).put("dryRun", dryRun).put("givenUp", events);
  }
}
