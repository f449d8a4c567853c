package io.timebridge.ingest.poller;

import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.Looks;
import io.timebridge.alerts.SnsAlerts;
import io.timebridge.aws.AwsClients;
import io.timebridge.ingest.EventIds;
import io.timebridge.metrics.CountedAlerts;
import io.timebridge.metrics.Meters;
import io.timebridge.metrics.PublishMeters;
import io.timebridge.metrics.ServiceMeters;
import io.timebridge.process.Foreground;
import io.timebridge.publish.KinesisPublisher;
import io.timebridge.publish.Publisher;
import io.timebridge.services.fleet.FleetShare;
import io.timebridge.services.fleet.Share;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.services.second.LoginWatch;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Wires the poller process by hand. */
public final class PollerMain {
  private PollerMain() {}

  /** Longest that a tick waits for this process's share of the calls. */
  private static final Duration SHARE_WITHIN = Duration.ofSeconds(30);

  /**
   * A running poller, active or standby. Closing it lets a tick finish, gives the lease and its
   * share of the calls back and closes what {@link PollerMain#start} made.
   */
  public static final class Running implements Foreground.Started {
    private final PollerLoop loop;
    private final Publisher publisher;
    private final HttpSecondService service;
    private final FleetShare share;
    private final Looks logins;
    private final DynamoDbClient dynamoDb;
    private final SnsClient sns;
    private final SqsClient sqs;
    private final Meters meters;
    private final String readyLine;

    private Running(
        PollerLoop loop,
        Publisher publisher,
        HttpSecondService service,
        FleetShare share,
        Looks logins,
        DynamoDbClient dynamoDb,
        SnsClient sns,
        SqsClient sqs,
        Meters meters,
        String readyLine) {
      this.meters = meters;
      this.loop = loop;
      this.publisher = publisher;
      this.service = service;
      this.share = share;
      this.logins = logins;
      this.dynamoDb = dynamoDb;
      this.sns = sns;
      this.sqs = sqs;
      this.readyLine = readyLine;
    }

    /** Where its metrics are, if the settings have them. */
    public Optional<URI> metrics() {
      return meters.address();
    }

    @Override
    public String readyLine() {
      return readyLine;
    }

    @Override
    public Optional<String> trouble() {
      return loop.trouble();
    }

    @Override
    public void close() {
      loop.close();
      logins.close();
      publisher.close();
      service.close();
      share.close();
      dynamoDb.close();
      sns.close();
      sqs.close();
      meters.close();
    }
  }

  /** Starts a poller of the SecondService that the settings name: active when the lease is free. */
  public static Running start(Settings settings) {
    return start(settings, PollerWiring.plain());
  }

  /** As {@link #start(Settings)}, with something around its parts. */
  public static Running start(Settings settings, PollerWiring wiring) {
    AwsClients clients = new AwsClients(settings.aws());
    Settings.Poller poller = settings.poller();
    Clock clock = Clock.systemUTC();
    Meters meters = Meters.start(settings.metrics(), "poller");
    PollerMeters measured = new PollerMeters(meters, clock, System::nanoTime);
    ServiceGate gate = ServiceGate.shared("SecondService", settings.secondService().gate());
    ServiceMeters.measure(meters, "second-service", gate);
    HttpSecondService service = new HttpSecondService(settings.secondService(), gate, clock);
    DynamoDbClient dynamoDb = clients.dynamoDb();
    SnsClient sns = clients.sns();
    SqsClient sqs = clients.sqs();
    Alerts alerts =
        new CountedAlerts(new SnsAlerts(sns, dynamoDb, settings.names(), clock), meters);
    Set<StreamName> streams = Set.of(StreamName.JOB_EVENTS);
    Publisher publisher =
        KinesisPublisher.open(
            clients, settings.names(), streams, PublishMeters.of(meters, streams));
    PollerLease lease =
        new PollerLease(
            new DynamoDbLeaseStore(dynamoDb, settings.names().table(TableName.COORDINATION)),
            UUID.randomUUID().toString(),
            poller.leaseFor(),
            System::nanoTime,
            clock);
    JobStore store =
        wiring
            .store()
            .apply(new DynamoDbJobStore(dynamoDb, settings.names().table(TableName.JOB_DATA)));
    JobPoller ticks =
        new JobPoller(
            wiring.second().apply(service),
            store,
            new ChangePublisher(
                store,
                wiring.publisher().apply(publisher),
                lease,
                clock,
                new EventIds(clock, new SecureRandom())),
            lease,
            new JobDiff.Rules(
                poller.excludedClientCodes(), poller.maxClosedPercent(), poller.maxClosedFloor()),
            new Doubts(
                new DynamoDbDoubtStore(dynamoDb, settings.names().table(TableName.COORDINATION)),
                alerts,
                clock,
                System::nanoTime));
    lease.beat(); // before the share is asked for, so that it is asked for at once
    // A standby makes no calls, so it takes no share from those who do.
    FleetShare share =
        FleetShare.ofSecondService(
            settings,
            () -> lease.held().isPresent() ? FleetShare.ONE : Share.NONE,
            gate,
            dynamoDb,
            clock);
    Pacer pacer = Pacer.system();
    Ticks due =
        switch (poller.ticks()) {
          case TIMER ->
              new TicksNotWaitedFor(
                  new TimerTicks(pacer, poller.every()),
                  () -> lease.held().isPresent(),
                  new TickAlerts(alerts, clock, settings.names()));
          case QUEUE ->
              new QueueTicks(
                  new SqsTickQueue(sqs, settings.names(), poller.every()),
                  () -> lease.held().isPresent(),
                  pacer,
                  clock,
                  poller.every(),
                  alerts,
                  settings.names());
        };
    PollerLoop loop =
        PollerLoop.start(
            lease,
            measured.around(() -> {
              if (lease.held().isPresent() && !share.await(SHARE_WITHIN)) {
                return new TickReport.Trouble("no share of SecondService's calls yet");
              }
              return ticks.tick();
            }),
            poller.every(),
            due,
            pacer,
            Pacer.system());
    measured.loop(loop, () -> lease.held().isPresent());
    return new Running(
        loop,
        publisher,
        service,
        share,
        LoginWatch.start(service, settings, alerts),
        dynamoDb,
        sns,
        sqs,
        meters,
        "poller ready, looks at " + settings.secondService().url() + " every " + poller.every());
  }
}
