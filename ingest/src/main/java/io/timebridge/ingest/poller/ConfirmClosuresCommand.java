package io.timebridge.ingest.poller;

import io.timebridge.aws.AwsClients;
import io.timebridge.aws.SsmParameters;
import io.timebridge.process.Foreground;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.TableName;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code jobs confirm-closures}: without a fingerprint it shows which jobs are missing; with that
 * of what was shown it lets the poller close exactly these.
 */
@Command(
    name = "confirm-closures",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the jobs that SecondService no longer lists, when they are too many to be closed by themselves; with the fingerprint of what was shown, lets the poller close them at its next look.",
      "It is refused when other jobs are missing by now. It holds for an hour, for one time, and only while none of these jobs is listed.",
      "Exit codes: 0 done, 1 failed or refused, 2 unusable options or settings."
    })
final class ConfirmClosuresCommand implements Callable<Integer> {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  @Parameters(
      arity = "0..1",
      paramLabel = "FINGERPRINT",
      description = "Of the jobs that are closed indeed, as shown before.")
  private @Nullable String fingerprint;

  @Option(names = "--dry-run", description = "Only says whether it would be accepted.")
  private boolean dryRun;

  @Option(
      names = "--json",
      description =
          "What is missing, and with FINGERPRINT whether it is accepted, as one JSON object.")
  private boolean json;

  /** Exit code: 0 done, 1 failed or refused, 2 unusable options or settings. */
  @Override
  public Integer call() {
    String wanted = fingerprint;
    if (wanted != null && !wanted.matches("[0-9a-f]{16}")) {
      say("not a fingerprint, which has 16 digits of 0-9 and a-f");
      return Foreground.BAD_SETTINGS;
    }
    Settings settings =
        SettingsLoader.standard(Path.of(""), Optional.ofNullable(config), System.getenv())
            .load(new SsmParameters())
            .settings();
    try (DynamoDbClient dynamoDb = new AwsClients(settings.aws()).dynamoDb()) {
      return run(
          new DynamoDbDoubtStore(dynamoDb, settings.names().table(TableName.COORDINATION)), wanted);
    } catch (StoreUnavailable trouble) {
      say(
          trouble.getMessage()
              + "; `./timebridge settings` shows which AWS is asked (aws.*, name-prefix). The command can be repeated");
      return Foreground.FAILED;
    } finally {
      line().getOut().flush();
    }
  }

  private int run(DoubtStore store, @Nullable String wanted) {
    DoubtStore.Row row = store.read();
    if (!json) {
      row.doubt().ifPresent(this::print);
    }
    int exit = Foreground.OK;
    if (wanted == null) {
      tell(row);
    } else {
      exit = row.doubt().isPresent() ? confirm(store, row.doubt().get(), wanted) : nothing();
    }
    if (json) {
      ObjectNode object = json(row);
      if (wanted != null) {
        object.put("dryRun", dryRun).put("accepted", exit == Foreground.OK);
      }
      line().getOut().println(object);
    }
    return exit;
  }

  private int nothing() {
    say("no jobs are missing that would have to be confirmed: nothing is changed");
    return Foreground.FAILED;
  }

  private int confirm(DoubtStore store, Doubt doubt, String wanted) {
    if (!doubt.obstacle().isEmpty()) {
      say("refused: " + doubt.obstacle());
      return Foreground.FAILED;
    }
    boolean same = doubt.fingerprint().equals(wanted);
    if (same && dryRun) {
      say("would be accepted: " + doubt.missing() + " jobs would be closed");
      return Foreground.OK;
    }
    if (!same
        || !store.confirm(
            doubt, Clock.systemUTC().instant(), System.getProperty("user.name", "?"))) {
      say("refused: other jobs are missing by now; without a fingerprint this command shows which");
      return Foreground.FAILED;
    }
    say(
        "accepted: the poller closes "
            + doubt.missing()
            + " jobs at its next look; their projects are archived, none is deleted");
    return Foreground.OK;
  }

  private void tell(DoubtStore.Row row) {
    if (row.doubt().isEmpty()) {
      say("no jobs are missing that would have to be confirmed");
      return;
    }
    Doubt doubt = row.doubt().get();
    row.confirmation()
        .ifPresent(c -> say("confirmed by " + line(c.by()) + " at " + c.at() + ", not done yet"));
    if (doubt.obstacle().isEmpty()) {
      say(
          "if they are closed in SecondService: ./timebridge jobs confirm-closures "
              + doubt.fingerprint());
    } else {
      say("they cannot be confirmed: " + doubt.obstacle());
    }
  }

  private void print(Doubt doubt) {
    PrintWriter out = line().getOut();
    out.printf(
        "%d of %d open jobs are missing since %s, fingerprint %s%n",
        doubt.missing(),
        doubt.open(),
        doubt.since().truncatedTo(ChronoUnit.SECONDS),
        doubt.fingerprint());
    String format = "%-12s %-20s %-40s %s%n";
    out.printf(format, "JOB", "CODE", "NAME", "CLIENT");
    for (Doubt.Shown job : doubt.shown()) {
      out.printf(format, job.id(), line(job.code()), line(job.name()), line(job.client()));
    }
    if (doubt.missing() > doubt.shown().size()) {
      out.printf("and %d more%n", doubt.missing() - doubt.shown().size());
    }
  }

  private static ObjectNode json(DoubtStore.Row row) {
    ObjectNode json = JSON.createObjectNode().put("missing", 0);
    row.doubt()
        .ifPresent(doubt -> {
          json.put("missing", doubt.missing())
              .put("open", doubt.open())
              .put("since", doubt.since().toString())
              .put("fingerprint", doubt.fingerprint())
              .put("obstacle", doubt.obstacle());
          ArrayNode jobs = json.putArray("jobs");
          doubt
              .shown()
              .forEach(job ->
                  jobs.addObject()
                      .put("id", job.id())
                      .put("code", job.code())
                      .put("name", job.name())
                      .put("client", job.client()));
        });
    row.confirmation()
        .ifPresent(said ->
            json.putObject("confirmed").put("at", said.at().toString()).put("by", said.by()));
    return json;
  }

  /** One line, without anything that a terminal would obey. */
  private static String line(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  private void say(String text) {
    PrintWriter err = line().getErr();
    err.println("timebridge jobs confirm-closures: " + text);
    err.flush();
  }

  private CommandLine line() {
    return Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
  }
}
