package io.timebridge.processors;

import io.timebridge.aws.AwsClients;
import io.timebridge.aws.SsmParameters;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.process.Foreground;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.StreamName;
import io.timebridge.timesheet.dynamodb.EntryCleanup;
import io.timebridge.timesheet.dynamodb.EntryCleanup.Cleaned;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code cleanup}: makes entry rows small that nobody has touched for long. Exit codes: 0 done, 1
 * failed (can be repeated), 2 unusable options or settings.
 */
@Command(
    name = "cleanup",
    mixinStandardHelpOptions = true,
    description = {
      "Strips rows of Timesheet_Entries that nobody has touched for long to what a later edit or deletion needs,",
      "and removes those of deleted entries. Rows whose events wait, or with a call under way, are left alone.",
      "Exit codes: 0 done, 1 failed, 2 unusable options or settings."
    })
public final class CleanupCommand implements Callable<Integer> {
  /** Longer than any stream or queue of the default deployment keeps anything. */
  private static final Duration LEAST = Duration.ofDays(14);

  private static final Pattern DAYS = Pattern.compile("([0-9]{1,5})d");
  private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--older-than",
      paramLabel = "DAYS",
      description =
          "Untouched for longer than this, at least 14d (default: cleanup.older-than of the settings).")
  private @Nullable String olderThan;

  @Option(names = "--dry-run", description = "Only counts.")
  private boolean dryRun;

  @Option(names = "--json", description = "The counts as one JSON object.")
  private boolean json;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  private long toldAt = System.nanoTime();

  @Override
  public Integer call() throws InterruptedException {
    Optional<Duration> given = Optional.ofNullable(olderThan).map(CleanupCommand::days);
    if (given.filter(age -> age.compareTo(LEAST) < 0).isPresent()) {
      say("--older-than " + olderThan + ": must be a number of days, at least 14d, as in 45d");
      return Foreground.BAD_SETTINGS;
    }
    Settings settings =
        SettingsLoader.standard(Path.of(""), Optional.ofNullable(config), System.getenv())
            .load(new SsmParameters())
            .settings();
    Duration age = given.orElse(settings.cleanup().olderThan());
    Clock clock = Clock.systemUTC();
    Instant since = clock.instant().minus(age);
    AwsClients aws = new AwsClients(settings.aws());
    try (DynamoDbClient dynamoDb = aws.dynamoDb()) {
      Duration kept;
      try (KinesisClient kinesis = aws.kinesis()) {
        kept = retention(kinesis, settings);
      }
      if (age.compareTo(kept) <= 0) {
        say(
            "%s is %d days: the stream keeps records for %d days, and one of a removed row would be taken for a new entry; give more"
                .formatted(
                    given.isPresent() ? "--older-than" : "cleanup.older-than",
                    age.toDays(),
                    kept.toDays()));
        return Foreground.BAD_SETTINGS;
      }
      print(
          new EntryCleanup(dynamoDb, settings.names(), clock)
              .run(since, dryRun, EntryCleanup.NO_LIMIT, this::tell));
      return Foreground.OK;
    } catch (StoreTrouble trouble) {
      say(
          trouble.getMessage()
              + "; `./timebridge settings` shows which AWS is asked (aws.*, name-prefix). The command can be repeated");
      return Foreground.FAILED;
    }
  }

  /** Zero for what is no number of days. */
  private static Duration days(String text) {
    Matcher days = DAYS.matcher(text);
    return days.matches() ? Duration.ofDays(Long.parseLong(days.group(1))) : Duration.ZERO;
  }

  /** How long the stream keeps what may still be applied. */
  static Duration retention(KinesisClient kinesis, Settings settings) throws StoreTrouble {
    String stream = settings.names().stream(StreamName.TIMESHEET_EVENTS);
    try {
      return Duration.ofHours(
          kinesis
              .describeStreamSummary(r -> r.streamName(stream))
              .streamDescriptionSummary()
              .retentionPeriodHours());
    } catch (SdkException trouble) {
      throw new StoreTrouble(
          "asking how long " + stream + " keeps records: " + trouble.getMessage(), trouble);
    }
  }

  private void print(Cleaned cleaned) {
    PrintWriter out = command().commandLine().getOut();
    if (json) {
      out.println(
          JsonMapper.builder()
              .build()
              .createObjectNode()
              .put("dryRun", dryRun)
              .put("read", cleaned.read())
              .put("stripped", cleaned.stripped())
              .put("removed", cleaned.removed())
              .put("dated", cleaned.dated())
              .put("busy", cleaned.busy()));
    } else {
      out.printf(
          "%s%d rows read: %d stripped, %d of deleted entries removed, %d dated from now on, %d left to others at work%n",
          dryRun ? "would be (nothing was changed): " : "",
          cleaned.read(),
          cleaned.stripped(),
          cleaned.removed(),
          cleaned.dated(),
          cleaned.busy());
    }
    out.flush();
  }

  private void tell(Cleaned soFar) {
    long now = System.nanoTime();
    if (now - toldAt > TELL_EVERY_NANOS) {
      toldAt = now;
      say(
          "%d rows read, %d stripped, %d removed so far"
              .formatted(soFar.read(), soFar.stripped(), soFar.removed()));
    }
  }

  private void say(String text) {
    PrintWriter err = command().commandLine().getErr();
    err.println("timebridge cleanup: " + text);
    err.flush();
  }

  private CommandSpec command() {
    return Objects.requireNonNull(spec, "picocli sets the spec");
  }
}
