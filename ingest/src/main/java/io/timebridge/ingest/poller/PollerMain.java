package io.timebridge.ingest.poller;

import io.timebridge.aws.AwsClients;
import io.timebridge.ingest.EventIds;
import io.timebridge.ingest.publish.KinesisPublisher;
import io.timebridge.ingest.publish.Publisher;
import io.timebridge.process.Foreground;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Wires the poller process by hand. */
public final class PollerMain {
  private PollerMain() {}

  /**
   * A running poller, active or standby. Closing it lets a tick finish, gives the lease back and
   * closes what {@link PollerMain#start} made.
   */
  public static final class Running implements Foreground.Started {
    private final PollerLoop loop;
    private final Publisher publisher;
    private final DynamoDbClient dynamoDb;
    private final Runnable end;
    private final String readyLine;

    private Running(
        PollerLoop loop,
        Publisher publisher,
        DynamoDbClient dynamoDb,
        Runnable end,
        String readyLine) {
      this.loop = loop;
      this.publisher = publisher;
      this.dynamoDb = dynamoDb;
      this.end = end;
      this.readyLine = readyLine;
    }

    @Override
    public String readyLine() {
      return readyLine;
    }

    @Override
    public void close() {
      loop.close();
      publisher.close();
      dynamoDb.close();
      end.run();
    }
  }

  /**
   * Starts a poller of the SecondService that the settings name; its client ends with the poller.
   */
  public static Running start(Settings settings) {
    HttpSecondService service =
        new HttpSecondService(
            settings.secondService(),
            new ServiceGate("SecondService", settings.secondService().gate()),
            Clock.systemUTC());
    return start(settings, new AwsClients(settings.aws()), service, service::close);
  }

  /** Starts a poller of that service: active when the lease is free, else standby. */
  private static Running start(
      Settings settings, AwsClients clients, SecondService service, Runnable end) {
    Settings.Poller poller = settings.poller();
    Clock clock = Clock.systemUTC();
    DynamoDbClient dynamoDb = clients.dynamoDb();
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
            clock,
            new EventIds(clock, new SecureRandom()));
    PollerLoop loop =
        PollerLoop.start(lease, ticks::tick, poller.every(), Pacer.system(), Pacer.system());
    return new Running(
        loop,
        publisher,
        dynamoDb,
        end,
        "poller ready, looks at " + settings.secondService().url() + " every " + poller.every());
  }
}
