package io.timebridge.processors;

import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.process.Foreground;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dlq show}: everything known of one key, and what waits of it in order. */
@Command(
    name = "show",
    description = {
      "Shows a key: its row, each event that waits, in order, and what was given up of it.",
      "Bodies, which may hold private notes, only with --body.",
      "Exit codes: 0 shown, 1 nothing such, or failed, 2 unusable options or settings."
    })
final class DlqShow extends Dlq {
  private static final int MOST = 100_000;

  @Parameters(index = "0", paramLabel = "KEY", description = "As `dlq list` shows it.")
  private String key = "";

  @Option(names = "--body", description = "Also what each event carries.")
  private boolean body;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "At most this many events that wait, the oldest, and as many given up (default: ${DEFAULT-VALUE}).")
  private int limit;

  private boolean shown;

  @Override
  void check() {
    if (limit < 1 || limit > MOST) {
      throw new Unusable("--limit " + limit + ": must be 1 to " + MOST);
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, InterruptedException {
    return json ? json(tools) : words(tools);
  }

  private int json(Tools tools) throws StoreTrouble, InterruptedException {
    Optional<WaitingKey> found = tools.deadLetters.find(key);
    Optional<EntryId> entry = EntryId.parse(key);
    DlqJson object = new DlqJson(out(), key, body);
    boolean more = false;
    if (found.isPresent()) {
      object.head(
          found.get(),
          entry.isPresent() ? Optional.of(read(tools, entry.get())) : Optional.empty());
      more = tools.deadLetters.events(key, limit, object::waits);
    }
    more |= tools.deadLetters.discarded(key, limit, object::givenUp);
    return object.end(more) ? Foreground.OK : nothing(key);
  }

  private int words(Tools tools) throws StoreTrouble, InterruptedException {
    Optional<WaitingKey> found = tools.deadLetters.find(key);
    if (found.isPresent()) {
      head(found.get());
      Optional<EntryId> entry = EntryId.parse(key);
      if (entry.isPresent()) {
        row(read(tools, entry.get()));
      }
      more(tools.deadLetters.events(key, limit, this::event));
    }
    more(tools.deadLetters.discarded(key, limit, this::given));
    return found.isPresent() || shown ? Foreground.OK : nothing(key);
  }

  private void more(boolean are) {
    if (are) {
      say("newer ones are not shown; --limit shows more");
    }
  }

  private static EntryRow read(Tools tools, EntryId id) throws StoreTrouble {
    try {
      return new DynamoDbEntryStore(tools.dynamoDb, tools.settings.names(), Clock.systemUTC())
          .read(id);
    } catch (EntryStore.Unavailable trouble) {
      throw new StoreTrouble(String.valueOf(trouble.getMessage()), trouble);
    }
  }

  private void head(WaitingKey found) {
    field("key", found.key());
    field("kind", Shown.word(found.kind()));
    field("state", Shown.word(found.state()));
    field("reason", found.reason());
    field("detail", found.detail());
    field("waits for", found.waitsFor().isEmpty() ? "not known" : found.waitsFor());
    field("since", Shown.time(found.since()));
    field("waiting", found.waiting() + " events");
    field("rejected again", found.attempts() + " times");
  }

  private void row(EntryRow row) {
    field("version applied", row.version() == 0 ? "none" : Long.toString(row.version()));
    field("timesheet", row.timesheetId() == 0 ? "none known" : Long.toString(row.timesheetId()));
    field("place", row.place().map(Place::text).orElse("none"));
    field("open call", row.intent().map(i -> i.op() + " of version " + i.version()).orElse("none"));
    field("parking", "number " + row.episode());
  }

  private void field(String name, String value) {
    out().printf("%-16s %s%n", name, Shown.line(value));
  }

  private void given(WaitingEvent event) {
    if (!shown) {
      out().println("given up before:");
      shown = true;
    }
    event(event);
  }

  private void event(WaitingEvent event) {
    out()
        .printf(
            "  %s  %-26s version %-12s received %-24s parked %-24s %s%n",
            event.sequence(),
            event.envelope().map(e -> e.route().path()).orElse("unreadable"),
            event.version().isPresent() ? Long.toString(event.version().getAsLong()) : "unknown",
            event.envelope().map(e -> Shown.time(e.receivedAt())).orElse("unknown"),
            Shown.time(event.firstFailure()),
            Shown.line(event.reason() + ": " + event.detail()));
    event
        .discarded()
        .ifPresent(d ->
            out()
                .printf(
                    "    given up %s by %s: %s%n",
                    Shown.time(d.at()), Shown.line(d.by()), Shown.line(d.why())));
    if (body) {
      out().println(event.envelope().map(DlqShow::body).orElse("    (no readable body)"));
    }
  }

  private static String body(Envelope envelope) {
    String text = new String(envelope.body(), StandardCharsets.UTF_8);
    return Shown.lines(text).indent(4).stripTrailing();
  }
}
