package io.timebridge.processors;

import io.timebridge.admission.Admission;
import io.timebridge.admission.Quarantine;
import io.timebridge.admission.RecordGuard;
import io.timebridge.admission.StreamPosition;
import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.SnsAlerts;
import io.timebridge.aws.AwsClients;
import io.timebridge.aws.RequiredResources;
import io.timebridge.backup.BackupApplier;
import io.timebridge.backup.DynamoDbBackupStore;
import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.ParkedWatch;
import io.timebridge.failure.DynamoDbParkedEvents;
import io.timebridge.failure.DynamoDbQuarantine;
import io.timebridge.failure.RetryConsumer;
import io.timebridge.failure.SqsRetryQueue;
import io.timebridge.jobs.DynamoDbJobStates;
import io.timebridge.jobs.JobApplier;
import io.timebridge.jobs.JobFolding;
import io.timebridge.jobs.LabelWatch;
import io.timebridge.mapping.MappedLabels;
import io.timebridge.mapping.MappingTable;
import io.timebridge.metrics.CountedAlerts;
import io.timebridge.metrics.Meters;
import io.timebridge.metrics.ServiceMeters;
import io.timebridge.ordering.Folding;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.Outcome;
import io.timebridge.process.CannotStart;
import io.timebridge.process.Foreground;
import io.timebridge.reconcile.sides.DynamoDbResults;
import io.timebridge.reconcile.sides.LiveSides;
import io.timebridge.services.first.DynamoDbTokenStore;
import io.timebridge.services.first.EntryListing;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.StoredTokens;
import io.timebridge.services.fleet.FleetShare;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.services.second.LoginWatch;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.CauseWatch;
import io.timebridge.timesheet.EntryDrain;
import io.timebridge.timesheet.EntryFolding;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.EntrySweep;
import io.timebridge.timesheet.Historian;
import io.timebridge.timesheet.Pause;
import io.timebridge.timesheet.TimesheetApplier;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import io.timebridge.timesheet.dynamodb.EntryCleanup;
import io.timebridge.timesheet.kinesis.KinesisVerifyRequests;
import io.timebridge.tracing.Tracing;
import io.timebridge.turn.DynamoDbTurn;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.WorkerId;
import io.timebridge.worker.WorkerRuntime;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Wires the worker process by hand: one KCL application per stream it is to consume, all with the
 * same two services.
 */
public final class WorkerMain {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerMain.class);

  /** A wake-up that stays away for this much longer than it may is lost. */
  private static final Duration ASLEEP_SLACK = Duration.ofMinutes(10);

  private final Settings settings;
  private final Wiring wiring;
  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();

  /** Of the services that this worker calls. */
  private final Map<String, ServiceGate> gates = new LinkedHashMap<>();

  /** Of this worker, when it applies timesheets. */
  private Optional<Retries> retries = Optional.empty();

  /** Of this worker, when it applies timesheets. */
  private Optional<Repeated> cleanup = Optional.empty();

  /** Of this worker, when it applies events of jobs. */
  private Optional<Labels> labels = Optional.empty();

  private Optional<Repeated> reconcile = Optional.empty();
  private Optional<EntryListing> listing = Optional.empty();
  private final Meters meters;
  private final Tracing tracing;

  private WorkerMain(Settings settings, Wiring wiring) {
    this.settings = settings;
    this.meters = closing(Meters.start(settings.metrics(), "worker"));
    this.tracing = closing(Tracing.start(settings.tracing(), "worker"));
    this.wiring = wiring;
  }

  /** A running worker. Closing it finishes what is in flight, within {@code worker.stop-within}. */
  public static final class Running implements Foreground.Started {
    private final WorkerRuntime runtime;
    private final WorkerMain main;

    private Running(WorkerRuntime runtime, WorkerMain main) {
      this.runtime = runtime;
      this.main = main;
    }

    /** Records taken off the streams and not finished. */
    public int unfinished() {
      return runtime.applications().stream().mapToInt(a -> a.counts().held()).sum();
    }

    /** Where its metrics are, if the settings have them. */
    public Optional<URI> metrics() {
      return main.meters.address();
    }

    /** False once one of the applications has given up. */
    @Override
    public boolean isRunning() {
      return runtime.isRunning();
    }

    @Override
    public String readyLine() {
      return "worker ready, consumes "
          + runtime.applications().stream()
              .map(a -> a.source().stream())
              .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
      try {
        main.stopBackground();
        runtime.close();
      } finally {
        main.closeAll();
      }
    }
  }

  /**
   * Starts the applications that the settings name.
   *
   * @throws CannotStart when a stream, a table or the alert topic is missing, or there is no
   *     webhook secret
   */
  public static Running start(Settings settings) {
    return start(settings, Wiring.plain());
  }

  /** As {@link #start(Settings)}, with something put around the worker's parts. */
  public static Running start(Settings settings, Wiring wiring) {
    WorkerMain main = new WorkerMain(settings, wiring);
    try {
      WorkerRuntime runtime = main.wire();
      runtime.start();
      main.retries.ifPresent(Retries::start);
      main.cleanup.ifPresent(Repeated::start);
      main.labels.ifPresent(Labels::start);
      main.reconcile.ifPresent(Repeated::start);
      return new Running(runtime, main);
    } catch (RuntimeException notStarted) {
      main.closeAll();
      throw notStarted;
    }
  }

  private void stopBackground() {
    try {
      if (cleanup.isPresent()) {
        cleanup.get().stop();
      }
      if (reconcile.isPresent()) {
        reconcile.get().stop();
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    labels.ifPresent(Labels::stop);
    retries.ifPresent(r -> r.stop(settings.worker().stopWithin()));
  }

  private WorkerRuntime wire() {
    AwsClients aws = new AwsClients(settings.aws());
    Set<StreamName> streams = settings.worker().apps();
    requireResources(aws, streams);
    Clock clock = Clock.systemUTC();
    DynamoDbClient dynamoDb = closing(aws.dynamoDb());
    SnsClient sns = closing(aws.sns());
    WorkerMeters measured = new WorkerMeters(meters, System::nanoTime);
    Alerts alerts =
        new CountedAlerts(new SnsAlerts(sns, dynamoDb, settings.names(), clock), meters);
    closing(
        ParkedWatch.start(
            new DeadLetters(dynamoDb, settings.names()),
            alerts,
            settings.retry().alertEvery(),
            measured.parked()));
    DynamoDbParkedEvents parked = new DynamoDbParkedEvents(dynamoDb, settings.names(), clock);
    Quarantine quarantine =
        measured.counted(new DynamoDbQuarantine(dynamoDb, settings.names(), clock));
    HttpFirstService http = firstService(alerts, dynamoDb, clock);
    listing = Optional.of(http);
    FirstService first = wiring.first().apply(http);
    SecondService second =
        wiring.second().apply(secondService(callsSecondService(streams), alerts, dynamoDb, clock));
    String workerId = WorkerId.create();
    Latencies latencies = new Latencies(clock);
    RecordGuard guard = RecordGuard.signatures(signatures(streams));
    List<KclApplication<?>> applications = new ArrayList<>();
    for (StreamName stream : EnumSet.copyOf(streams)) {
      Handler<StreamRecord> handler =
          switch (stream) {
            case TIMESHEET_EVENTS ->
                timesheets(aws, dynamoDb, first, second, quarantine, workerId, clock, alerts);
            case TIMESHEET_BACKUP ->
                new BackupApplier(
                    new DynamoDbBackupStore(dynamoDb, settings.names()), first, parked);
            case JOB_EVENTS -> jobs(dynamoDb, first, second, parked, workerId, clock);
          };
      KclApplication<?> application =
          new KclApplication<>(
              new KclApplication.Source(
                  settings.names().stream(stream), settings.names().application(stream), workerId),
              options(streams.size()),
              clients(aws),
              new Admission(stream, guard, quarantine)
                  .work(
                      EventScope.around(
                          stream,
                          tracing,
                          measured.around(
                              stream,
                              latencies.around(
                                  settings.names().application(stream),
                                  wiring.handler().put(stream, handler),
                                  measured.applied(stream)))),
                      folding(stream),
                      wiring.checkpoints().apply(stream)),
              measured.kcl(stream));
      measured.application(stream, application);
      applications.add(application);
    }
    gates.forEach((service, gate) -> {
      ServiceMeters.measure(meters, service, gate);
      gate.watch(tracing.calls(service));
    });
    KinesisClient kinesis = closing(aws.kinesis());
    new Watches(settings, alerts, measured, clock)
        .start(
            gates, applications, new Watches.Outside(kinesis, closing(aws.kinesisOnce()), dynamoDb))
        .forEach(this::closing);
    StatusReport.start(settings, workerId, applications, latencies, gates, dynamoDb, clock)
        .ifPresent(this::closing);
    return new WorkerRuntime(applications);
  }

  /** Applies events of jobs, and looks after the labels of their projects. */
  private JobApplier jobs(
      DynamoDbClient dynamoDb,
      FirstService first,
      SecondService second,
      DynamoDbParkedEvents parked,
      String workerId,
      Clock clock) {
    LabelWatch watch =
        new LabelWatch(
            new MappedLabels(
                first,
                second,
                new MappingTable(dynamoDb, settings.names(), clock),
                settings.timesheet().excludedParentLabels()),
            new DynamoDbTurn(dynamoDb, settings.names(), "labels", clock),
            settings.worker().labelsEvery(),
            System::nanoTime);
    boolean watches = !settings.worker().labelsEvery().isZero();
    JobApplier applier =
        new JobApplier(
            new JobApplier.Parts(
                first,
                wiring.jobs().apply(new DynamoDbJobStates(dynamoDb, settings.names())),
                parked,
                settings.firstService(),
                workerId,
                clock,
                System::nanoTime,
                Thread::sleep,
                watches ? watch::opened : job -> {}));
    if (watches) {
      labels = Optional.of(new Labels(watch, applier));
    }
    return applier;
  }

  /** Applies entry events, and works off those that wait. */
  private TimesheetApplier timesheets(
      AwsClients aws,
      DynamoDbClient dynamoDb,
      FirstService first,
      SecondService second,
      Quarantine quarantine,
      String workerId,
      Clock clock,
      Alerts alerts) {
    EntryStore entries =
        wiring
            .entries()
            .apply(
                new DynamoDbEntryStore(
                    dynamoDb,
                    settings.names(),
                    clock,
                    new Historian(workerId, settings.timesheet().historyFor(), clock)));
    TimesheetApplier.Unusable unusable =
        (record, problem) -> quarantined(quarantine, record, problem);
    SqsClient sqs = closing(aws.sqs());
    SqsRetryQueue queue = new SqsRetryQueue(sqs, settings.names());
    KinesisClient kinesis = closing(aws.kinesis());
    TimesheetApplier.Parts parts =
        new TimesheetApplier.Parts(
            first,
            second,
            entries,
            new DynamoDbTaskMapping(dynamoDb, settings.names(), clock),
            new KinesisVerifyRequests(kinesis, settings.names(), clock),
            unusable,
            wiring.retries().apply(queue),
            settings.secondService(),
            settings.timesheet(),
            workerId,
            clock,
            System::nanoTime,
            Pause.REAL,
            Thread.ofVirtual().name("verify-", 0)::start);
    TimesheetApplier applier = closing(new TimesheetApplier(parts));
    retries =
        Optional.of(
            new Retries(
                new RetryConsumer(
                    sqs,
                    queue,
                    wiring.drains().apply(new EntryDrain(entries, applier, unusable)),
                    RetryConsumer.Options.of(settings.retry())),
                new EntrySweep(
                    entries, applier, settings.retry().maxBackoff().plus(ASLEEP_SLACK), clock),
                new CauseWatch(
                    parts,
                    applier,
                    new DynamoDbTurn(dynamoDb, settings.names(), "causes", clock),
                    settings.retry().causesEvery()),
                settings.retry()));
    if (!settings.cleanup().every().isZero()) {
      cleanup = Optional.of(cleanup(dynamoDb, kinesis, clock).repeated());
    }
    DriftMeters results = new DriftMeters(new DynamoDbResults(dynamoDb, settings.names()), meters);
    if (!settings.reconcile().every().isZero()
        && parts.secondSettings().timesheetReport()
        && listing.isPresent()) {
      LiveSides.Arrivals arrivals =
          ReconcileSides.arrivals(settings, kinesis, closing(aws.kinesisOnce()), dynamoDb, clock);
      reconcile =
          Optional.of(
              new ReconcileSchedule(
                      () ->
                          new LiveSides(
                              ReconcileSides.parts(
                                  parts,
                                  listing.get(),
                                  dynamoDb,
                                  arrivals,
                                  settings,
                                  clock,
                                  ReconcileSides.Pace.BESIDE_LIVE_TRAFFIC)),
                      new DynamoDbTurn(dynamoDb, settings.names(), "reconcile", clock),
                      results,
                      alerts,
                      settings.reconcile(),
                      clock)
                  .repeated());
    }
    return applier;
  }

  private CleanupSchedule cleanup(DynamoDbClient dynamoDb, KinesisClient kinesis, Clock clock) {
    return new CleanupSchedule(
        new EntryCleanup(dynamoDb, settings.names(), clock),
        new DynamoDbTurn(dynamoDb, settings.names(), "cleanup", clock),
        () -> CleanupCommand.retention(kinesis, settings),
        settings.cleanup(),
        clock,
        Thread::sleep);
  }

  /** An equal part of what the worker may hold for each of its applications. */
  private KclApplication.Options options(int applications) {
    Settings.Worker worker = settings.worker();
    KeyLanes.Limits limits =
        new KeyLanes.Limits(
            worker.inFlight(),
            worker.heldPerShard(),
            (long) worker.heldMibPerShard() << 20,
            Math.max(1, worker.held() / applications),
            Math.max(1, ((long) worker.heldMib() << 20) / applications));
    return new KclApplication.Options(
        limits,
        worker.checkpointEvery(),
        worker.retryBase(),
        worker.retryMax(),
        worker.stopWithin(),
        worker.failover());
  }

  private static KclApplication.Clients clients(AwsClients aws) {
    return new KclApplication.Clients(
        aws.kinesisAsync(),
        aws.dynamoDbAsync(),
        aws.configure("cloudwatch", CloudWatchAsyncClient.builder()).build());
  }

  /** Backups keep every state. */
  private static Folding<StreamRecord> folding(StreamName stream) {
    return switch (stream) {
      case TIMESHEET_EVENTS -> new EntryFolding();
      case TIMESHEET_BACKUP -> Folding.none();
      case JOB_EVENTS -> new JobFolding();
    };
  }

  /** With its share of the fleet's calls, and somebody who tells when a person has to log in. */
  private HttpFirstService firstService(Alerts alerts, DynamoDbClient dynamoDb, Clock clock) {
    ServiceGate gate = ServiceGate.shared("FirstService", settings.firstService().gate());
    gates.put(Watches.FIRST, gate);
    closing(FleetShare.ofFirstService(settings, () -> FleetShare.ALL, gate, dynamoDb, clock));
    StoredTokens tokens =
        closing(
            new StoredTokens(
                settings.firstService(),
                gate,
                new DynamoDbTokenStore(dynamoDb, settings.names(), clock),
                clock));
    closing(CredentialsWatch.start(tokens, alerts));
    return closing(new HttpFirstService(settings.firstService(), gate, tokens));
  }

  private boolean callsSecondService(Set<StreamName> streams) {
    return streams.contains(StreamName.TIMESHEET_EVENTS)
        || (streams.contains(StreamName.JOB_EVENTS) && !settings.worker().labelsEvery().isZero());
  }

  /** With its share of the fleet's calls and sessions, where it is called at all. */
  private HttpSecondService secondService(
      boolean called, Alerts alerts, DynamoDbClient dynamoDb, Clock clock) {
    ServiceGate gate = ServiceGate.shared("SecondService", settings.secondService().gate());
    if (called) {
      gates.put(Watches.SECOND, gate);
      closing(FleetShare.ofSecondService(settings, () -> FleetShare.ALL, gate, dynamoDb, clock));
    }
    HttpSecondService service =
        closing(new HttpSecondService(settings.secondService(), gate, clock));
    closing(LoginWatch.start(service, settings, alerts));
    return service;
  }

  /**
   * An envelope in order around a body that is not: kept where it can be found, apart from the
   * entry's own events.
   */
  private static Outcome quarantined(Quarantine quarantine, StreamRecord record, String problem)
      throws InterruptedException {
    quarantine.quarantine(
        new StreamPosition(
            record.envelope().route().stream(), record.shard(), record.sequence(), record.key()),
        Quarantine.Reason.UNREADABLE,
        problem,
        EnvelopeCodec.encode(record.envelope()));
    return new Outcome.Parked("quarantined: " + problem);
  }

  private WebhookSignatures signatures(Set<StreamName> streams) {
    boolean webhooks = !streams.equals(Set.of(StreamName.JOB_EVENTS));
    if (webhooks && settings.firstService().webhookSecrets().isEmpty()) {
      throw new CannotStart(
          "first-service.webhook-secrets is not set: without a secret every webhook's record would be"
              + " quarantined; set it to the secret_token of the registered webhooks");
    }
    return new WebhookSignatures(
        settings.firstService().webhookSecrets().stream()
            .map(secret -> new WebhookSecret(secret.reveal()))
            .toList(),
        settings.gateway().signatureTolerance());
  }

  private void requireResources(AwsClients aws, Set<StreamName> streams) {
    List<String> missing =
        RequiredResources.of(streams, EnumSet.allOf(TableName.class))
            .withQueues(queues(streams))
            .withAlertTopic()
            .missing(aws, settings.names());
    if (!missing.isEmpty()) {
      throw new CannotStart(
          "missing in "
              + settings.aws().region()
              + ": "
              + String.join(", ", missing)
              + "; deploy them, or run `./timebridge local-aws` and use its settings");
    }
  }

  private static Set<QueueName> queues(Set<StreamName> streams) {
    return streams.contains(StreamName.TIMESHEET_EVENTS)
        ? Set.of(QueueName.RETRY, QueueName.RETRY_DEAD_LETTERS)
        : Set.of();
  }

  private <T extends AutoCloseable> T closing(T part) {
    toClose.push(part);
    return part;
  }

  private void closeAll() {
    for (AutoCloseable part : toClose) {
      try {
        part.close();
      } catch (Exception e) { // the edge of the process: the others still have to be closed
        LOG.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
      }
    }
    toClose.clear();
  }
}
