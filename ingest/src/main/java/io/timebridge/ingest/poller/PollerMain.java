package io.timebridge.ingest.poller;

import io.timebridge.alerts.SnsAlerts;
import io.timebridge.aws.AwsClients;
import io.timebridge.ingest.EventIds;
import io.timebridge.publish.KinesisPublisher;
import io.timebridge.publish.Publisher;
import io.timebridge.process.Foreground;
import io.timebridge.services.fleet.FleetShare;
import io.timebridge.services.fleet.Share;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
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
    private final DynamoDbClient dynamoDb;
    private final SnsClient sns;
    private final SqsClient sqs;
    private final String readyLine;

    private Running(
        PollerLoop loop,
        Publisher publisher,
        HttpSecondService service,
        FleetShare share,
        DynamoDbClient dynamoDb,
        SnsClient sns,
        SqsClient sqs,
        String readyLine) {
      this.loop = loop;
      this.publisher = publisher;
      this.service = service;
      this.share = share;
      this.dynamoDb = dynamoDb;
      this.sns = sns;
      this.sqs = sqs;
      this.readyLine = readyLine;
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
      publisher.close();
      service.close();
      share.close();
      dynamoDb.close();
      sns.close();
      sqs.close();
    }
  }

  /** Starts a poller of the SecondService that the settings name: active when the lease is free. */
  public static Running start(Settings settings) {
    AwsClients clients = new AwsClients(settings.aws());
    Settings.Poller poller = settings.poller();
    Clock clock = Clock.systemUTC();
    ServiceGate gate = ServiceGate.shared("SecondService", settings.secondService().gate());
    HttpSecondService service = new HttpSecondService(settings.secondService(), gate, clock);
    DynamoDbClient dynamoDb = clients.dynamoDb();
    SnsClient sns = clients.sns();
    SqsClient sqs = clients.sqs();
    SnsAlerts alerts = new SnsAlerts(sns, dynamoDb, settings.names(), clock);
    Publisher publisher =
        KinesisPublisher.open(clients, settings.names(), Set.of(StreamName.JOB_EVENTS));
    PollerLease lease =
        new PollerLease(
            new DynamoDbLeaseStore(dynamoDb, settings.names().table(TableName.COORDINATION)),
            UUID.randomUUID().toString(),
            poller.leaseFor(),
            System::nanoTime,
            clock);
    JobPoller ticks =
        new JobPoller(
            service,
            new DynamoDbJobStore(dynamoDb, settings.names().table(TableName.JOB_DATA)),
            publisher,
            lease,
            new JobDiff.Rules(
                poller.excludedClientCodes(), poller.maxClosedPercent(), poller.maxClosedFloor()),
            new Doubts(
                new DynamoDbDoubtStore(dynamoDb, settings.names().table(TableName.COORDINATION)),
                alerts,
                clock,
                System::nanoTime),
            clock,
            new EventIds(clock, new SecureRandom()));
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
          case TIMER -> new TimerTicks(pacer, poller.every());
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
            () -> {
              if (lease.held().isPresent() && !share.await(SHARE_WITHIN)) {
                return new TickReport.Trouble("no share of SecondService's calls yet");
              }
              return ticks.tick();
            },
            poller.every(),
            due,
            pacer,
            Pacer.system());
    return new Running(
        loop,
        publisher,
        service,
        share,
        dynamoDb,
        sns,
        sqs,
        "poller ready, looks at " + settings.secondService().url() + " every " + poller.every());
  }
}
