package io.timebridge.processors;

import io.timebridge.backup.DynamoDbBackupStore;
import io.timebridge.deadletters.DeadLetters;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.process.Foreground;
import io.timebridge.story.AskedServices;
import io.timebridge.story.LiveViews;
import io.timebridge.story.Story;
import io.timebridge.story.StoryItem;
import io.timebridge.story.StoryReader;
import io.timebridge.story.Views;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code entry}: what happened to one entry, and why it stands as it does. */
@Command(
    name = "entry",
    description = {
      "What happened to an entry of FirstService: why it is booked or not, a time line of what was written of it,",
      "what waits, its timesheet, and what both services say of it now. Changes nothing; shows no notes.",
      "Exit codes: 0 told, 1 nothing is known of it here, or failed, 2 unusable options or settings."
    })
public final class EntryCommand extends Admin {
  @Parameters(index = "0", paramLabel = "ID", description = "FirstService's id of the entry.")
  private String id = "";

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  @Option(names = "--offline", description = "Asks neither service.")
  private boolean offline;

  private Optional<EntryId> entry = Optional.empty();

  @Override
  void check() {
    entry = EntryId.parse(id);
    if (entry.isEmpty()) {
      throw new Unusable(
          "ID " + id + ": must be the id of an entry of FirstService, a whole number from 1 on");
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, InterruptedException {
    StoryReader reader =
        new StoryReader(
            new DynamoDbEntryStore(tools.dynamoDb, tools.settings.names(), tools.clock),
            new DeadLetters(tools.dynamoDb, tools.settings.names()),
            new DynamoDbBackupStore(tools.dynamoDb, tools.settings.names()));
    Story story = reader.read(entry.orElseThrow(), live(tools));
    if (json) {
      out().println(EntryJson.of(story));
    } else {
      print(story);
    }
    return story.isKnown() ? Foreground.OK : Foreground.FAILED;
  }

  private LiveViews live(Tools tools) {
    return offline
        ? LiveViews.none("--offline")
        : new AskedServices(
            () -> tools.first().service(),
            tools::second,
            tools.settings.secondService().timesheetReport());
  }

  private void print(Story story) {
    field("entry", story.id().key());
    field("stands", Shown.word(story.standing()).replace('_', ' '));
    if (story.row().exists()) {
      row(story.row());
    }
    out().println("why");
    story.why().forEach(line -> out().println("  " + Shown.line(line)));
    if (!story.items().isEmpty()) {
      out().println("time line");
      story.items().forEach(this::print);
    }
    field("FirstService", Views.words(story.first()));
    field("SecondService", Views.words(story.second()));
    story.notes().forEach(note -> out().println("note: " + Shown.line(note)));
  }

  private void row(EntryRow row) {
    field("version", row.version() == 0 ? "none applied" : Long.toString(row.version()));
    field("timesheet", row.timesheetId() == 0 ? "none known" : Long.toString(row.timesheetId()));
    row.place().map(Place::text).ifPresent(place -> field("person, day", place.replace("|", ", ")));
    if (row.waits()) {
      field("waiting", row.parked() + " events, parking number " + row.episode());
    }
  }

  private void field(String name, String value) {
    out().printf("%-16s %s%n", name, Shown.line(value));
  }

  private void print(StoryItem item) {
    out()
        .printf(
            "  %-24s  %-14s  %s%n",
            item.at().equals(Instant.EPOCH)
                ? "unknown"
                : item.at().truncatedTo(ChronoUnit.MILLIS).toString(),
            item.word(),
            Shown.line(item.words()));
  }
}
