package io.timebridge.processors;

import io.timebridge.admission.RecordGuard;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.process.Foreground;
import io.timebridge.publish.KinesisPublisher;
import io.timebridge.publish.Publisher;
import io.timebridge.replay.Progress;
import io.timebridge.replay.Replay;
import io.timebridge.replay.ReplayRequest;
import io.timebridge.replay.ReplayStopped;
import io.timebridge.replay.Report;
import io.timebridge.replay.Verdict;
import io.timebridge.replay.Window;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.settings.Settings;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamName;
import io.timebridge.timesheet.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code replay}: does a stretch of a stream again. Exit codes: 0 done, 1 failed or stopped (can be
 * repeated, and goes on where it was) or done without what the stream had let go of before it was
 * read, 2 unusable options or settings.
 */
@Command(
    name = "replay",
    description = {
      "Does it again from there: reads what a stream holds of a stretch of time and puts it on the stream once more, in order, for the workers to handle by their rules.",
      "What was applied is recognised, what was lost is applied. Ended at any time and run again with the same arguments, it goes on where it was.",
      "Exit codes: 0 done, 1 failed, stopped, or done without what the stream had let go of, 2 unusable options or settings."
    })
public final class ReplayCommand extends Admin {
  private static final int MAX_RATE = 1000;
  private static final int MAX_DEFAULT_RATE = 50;

  /** Of the calls that a service allows per second, what a replay takes by itself. */
  private static final int SHARE = 4;

  /** Calls of a forced check: two looks or more, a fetch, a change. */
  private static final int CALLS_OF_A_CHECK = 5;

  /** Calls of an entry that is looked for: two looks or more, a change. */
  private static final int CALLS_OF_AN_ENTRY = 3;

  private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);
  private static final Duration AHEAD = Duration.ofSeconds(3);
  private static final int LEAST_AHEAD = 10;

  @Option(
      names = "--stream",
      required = true,
      paramLabel = "S",
      description = "timesheet-events, timesheet-backup or job-events.")
  private String stream = "";

  @Option(
      names = "--from",
      required = true,
      paramLabel = "T",
      description = "Where it begins: 2026-07-03T10:00:00Z, or so long ago: 90m, 24h, 7d.")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "T",
      description = "Where it ends, itself left out (default: when the replay began).")
  private @Nullable String to;

  @Option(
      names = "--key",
      paramLabel = "K",
      description = "Only this entry, or job-5, or client-7.")
  private @Nullable String key;

  @Option(
      names = "--from-backup",
      description =
          "From the table of backups, which goes back further than the stream: entries saved or deleted last in that time. Only timesheet-events.")
  private boolean fromBackup;

  @Option(
      names = "--force",
      description =
          "After a loss in SecondService: compares each entry of that time with FirstService, twice, and puts it right, whatever its row says. Only timesheet-events.")
  private boolean force;

  @Option(names = "--dry-run", description = "Only says what would be done; writes nothing.")
  private boolean dryRun;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "At most this many events per second, 1 to 1000 (default: as many as lead to a quarter of the calls that the service allows, fewer by force, at most 50).")
  private @Nullable Integer rate;

  @Option(
      names = "--restart",
      description = "Begins anew, also where an earlier run ended or was ended.")
  private boolean restart;

  @Option(
      names = "--no-wait",
      description = "Ends when all is published; otherwise when the workers have handled it.")
  private boolean noWait;

  @Option(names = "--json", description = "The report as one JSON object.")
  private boolean json;

  private StreamName which = StreamName.TIMESHEET_EVENTS;
  private long began = System.nanoTime();
  private double doneAtFirst = -1;
  private volatile boolean stopping;

  @Override
  void check() {
    which =
        Arrays.stream(StreamName.values())
            .filter(name -> name.streamName().equals(stream))
            .findFirst()
            .orElseThrow(() ->
                new Unusable(
                    "--stream %s: must be one of %s"
                        .formatted(
                            stream,
                            Arrays.stream(StreamName.values())
                                .map(StreamName::streamName)
                                .collect(Collectors.joining(", ")))));
    if ((force || fromBackup) && which != StreamName.TIMESHEET_EVENTS) {
      throw new Unusable(
          (force ? "--force" : "--from-backup") + ": only with --stream timesheet-events");
    }
    if (rate != null && (rate < 1 || rate > MAX_RATE)) {
      throw new Unusable("--rate " + rate + ": must be 1 to " + MAX_RATE + " events per second");
    }
    if (dryRun && restart) {
      throw new Unusable("--dry-run writes nothing, so there is nothing to --restart");
    }
    if (key != null) {
      boolean good =
          which == StreamName.JOB_EVENTS
              ? key.matches("(job|client)-[0-9]{1,18}")
              : EntryId.parse(key).isPresent();
      if (!good) {
        throw new Unusable(
            "--key %s: must be %s"
                .formatted(
                    Shown.line(key),
                    which == StreamName.JOB_EVENTS ? "as job-5 or client-7" : "an entry id"));
      }
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException {
    Instant now = tools.clock.instant();
    Instant start = // no record's time of arrival is finer
        Moment.parse("--from", from, now).truncatedTo(ChronoUnit.MILLIS);
    Instant end = to == null ? now : Moment.parse("--to", to, now);
    if (end.isAfter(now) || !start.isBefore(end)) {
      throw new Unusable(
          "--from %s is %s and the end is %s: the window must begin before it ends, and end before now"
              .formatted(from, start, end));
    }
    ReplayRequest request =
        new ReplayRequest(
            which, from, Optional.ofNullable(to), Optional.ofNullable(key), fromBackup, force);
    if (which == StreamName.TIMESHEET_EVENTS && !tools.settings.secondService().timesheetReport()) {
      say(
          "second-service.timesheet-report is false, so nothing can be looked for: an entry that is booked and whose row does not know it, since rows are gone or were put back, is booked a second time; --dry-run counts those without a timesheet by their rows");
    }
    try (Publisher publisher =
        KinesisPublisher.open(tools.aws(), tools.settings.names(), Set.of(which))) {
      Replay replay = new Replay(parts(tools, tools.kinesisOnce(), publisher), this::tell);
      Window window = new Window(start, end);
      Report report = dryRun ? replay.dryRun(request, window) : run(tools, replay, request, window);
      print(request, report);
      return report.lost().isEmpty() ? Foreground.OK : Foreground.FAILED;
    } catch (ReplayStopped stopped) {
      say(stopped.getMessage() + advice(stopped));
      return stopped.why() == ReplayStopped.Why.TOO_OLD
              || stopped.why() == ReplayStopped.Why.TOO_MANY
          ? Foreground.BAD_SETTINGS
          : Foreground.FAILED;
    }
  }

  private static String advice(ReplayStopped stopped) {
    return switch (stopped.why()) {
      case ASKED -> "; run again with the same arguments, it goes on where it was";
      case OTHERS -> "; wait for its end, or end it";
      case TOO_OLD ->
          "; begin later with --from, or take the entries from their backups with --from-backup";
      case TOO_MANY -> "; give a shorter time with --from and --to";
    };
  }

  private Replay.Parts parts(Tools tools, KinesisClient kinesis, Publisher publisher) {
    return new Replay.Parts(
        tools.dynamoDb,
        kinesis,
        publisher,
        tools.settings.names(),
        RecordGuard.signatures(signatures(tools.settings)),
        () -> new Whereabouts(tools.first().service().users()),
        tools.clock,
        System::nanoTime,
        Thread::sleep);
  }

  private WebhookSignatures signatures(Settings settings) {
    List<WebhookSecret> secrets =
        settings.firstService().webhookSecrets().stream()
            .map(secret -> new WebhookSecret(secret.reveal()))
            .toList();
    if (secrets.isEmpty() && which != StreamName.JOB_EVENTS && !fromBackup) {
      throw new Unusable(
          "first-service.webhook-secrets is not set: without it no webhook's record can be believed; set it as the workers have it");
    }
    return new WebhookSignatures(secrets, settings.gateway().signatureTolerance());
  }

  /** Ends gracefully when the process is to end: with the position written. */
  private Report run(Tools tools, Replay replay, ReplayRequest request, Window window)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              stopping = true;
              try {
                if (!ended.await(STOPS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                  say("did not stop in time; run again, it goes on where it was a second ago");
                }
              } catch (InterruptedException hurried) {
                Thread.currentThread().interrupt();
              }
            },
            "stop-replay");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      int perSecond = perSecond(tools.settings);
      return replay.run(
          request,
          window,
          new Replay.Pacing(
              perSecond, ahead(tools.settings, perSecond), restart, !noWait, () -> stopping));
    } finally {
      ended.countDown();
      if (!stopping) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }

  private int perSecond(Settings settings) {
    if (rate != null) {
      return rate;
    }
    int allowed =
        which == StreamName.TIMESHEET_EVENTS
            ? settings.secondService().gate().callsPerSecond()
            : settings.firstService().gate().callsPerSecond();
    return Math.clamp(allowed / (SHARE * calls()), 1, MAX_DEFAULT_RATE);
  }

  /** Of an event, at the service that is called most. */
  private int calls() {
    return force ? CALLS_OF_A_CHECK : which == StreamName.TIMESHEET_EVENTS ? CALLS_OF_AN_ENTRY : 1;
  }

  /** What the workers may have before them; what is looked for takes as long as its looks. */
  private int ahead(Settings settings, int perSecond) {
    Duration looks =
        which == StreamName.TIMESHEET_EVENTS
            ? settings.secondService().visibleWithin().multipliedBy(calls())
            : Duration.ZERO;
    return (int) Math.max(LEAST_AHEAD, perSecond * AHEAD.plus(looks).toSeconds());
  }

  private void tell(Progress progress) {
    if (progress.waiting() == Progress.Waiting.EARLIER_RUN) {
      say(
          "an earlier run of this replay still holds it, as one that was killed does for a while; waits for up to 10 s");
      return;
    }
    if (doneAtFirst < 0) {
      doneAtFirst = progress.done();
      began = System.nanoTime();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    double gone = progress.done() - doneAtFirst;
    String left =
        gone > 0.001 && took.toMillis() > 0
            ? ", about %s left".formatted(span(took.toMillis() * (1 - progress.done()) / gone))
            : "";
    tell(
        "%d read, %d published (%.1f/s), %.0f %% of the window%s%s"
            .formatted(
                progress.read(),
                progress.published(),
                1000.0 * progress.published() / Math.max(1, took.toMillis()),
                100 * progress.done(),
                left,
                progress.waiting() == Progress.Waiting.WORKERS
                    ? "; waits until the workers have handled what was published, %d under way"
                        .formatted(progress.underWay())
                    : ""));
  }

  private static String span(double millis) {
    long seconds = Math.round(millis / 1000);
    return seconds < 120 ? seconds + " s" : seconds / 60 + " min";
  }

  private void print(ReplayRequest request, Report report) {
    if (json) {
      ObjectNode node = JSON.createObjectNode();
      node.put("replay", request.name());
      node.put("state", Shown.word(report.state()));
      node.put("from", report.window().from().toString());
      node.put("to", report.window().to().toString());
      node.put("read", report.read());
      node.put("published", report.published());
      node.put("underWay", report.underWay());
      ObjectNode counts = node.putObject("counts");
      report.counts().forEach((verdict, count) -> counts.put(Shown.word(verdict), count));
      ArrayNode lost = node.putArray("lost");
      report
          .lost()
          .forEach((shard, stretch) ->
              lost.addObject()
                  .put("shard", shard)
                  .put("from", stretch.from().toString())
                  .put("to", stretch.to().toString()));
      out().println(node);
      return;
    }
    out().println(title(report));
    report.counts().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e ->
            out()
                .printf(
                    "%10d  %s: %s%n",
                    e.getValue(),
                    e.getKey().isPublished() ? "published" : "skipped",
                    e.getKey().text()));
    if (request.force() && report.counts().getOrDefault(Verdict.TO_WAIT, 0L) > 0) {
      out()
          .println(
              "some keys wait, and a check behind what waits comes too late to protect others' timesheets from it: once `dlq list` is empty, run again with --restart");
    }
    report.lost().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e ->
            out()
                .printf(
                    "%s: what came from %s to %s, if anything did, was no longer there when its turn came%s%n",
                    e.getKey(),
                    e.getValue().from(),
                    e.getValue().to(),
                    which == StreamName.TIMESHEET_EVENTS
                        ? ": take the entries of that time from their backups with --from-backup"
                        : ""));
    if (report.underWay() > 0) {
      out().printf("%d of them are not handled yet%n", report.underWay());
    }
  }

  private static String title(Report report) {
    String what =
        switch (report.state()) {
          case DRY_RUN -> "would be done (nothing was changed)";
          case DONE -> "done";
          case DONE_BEFORE -> "was done before; --restart does it anew";
        };
    return "%s: %d events from %s to %s, %d published"
        .formatted(
            what, report.read(), report.window().from(), report.window().to(), report.published());
  }
}
