package io.timebridge.ops;

import io.timebridge.aws.AwsClients;
import io.timebridge.backup.DynamoDbBackupStore;
import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.Discard;
import io.timebridge.deadletters.Redrive;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.aws.LagReader;
import io.timebridge.process.CannotStart;
import io.timebridge.process.Foreground;
import io.timebridge.reconcile.sides.DynamoDbResults;
import io.timebridge.services.first.DynamoDbTokenStore;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.StoredTokens;
import io.timebridge.services.fleet.FleetShare;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.settings.Settings;
import io.timebridge.story.AskedServices;
import io.timebridge.story.LiveViews;
import io.timebridge.story.StoryReader;
import io.timebridge.stream.Names;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import tools.jackson.databind.JsonNode;

/** Wires the ops page by hand. */
public final class OpsMain {
  static final int SHORTEST_TOKEN = 16;

  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
  private static final Duration COMPARED_EVERY = Duration.ofSeconds(30);
  private static final Logger LOG = LoggerFactory.getLogger(OpsMain.class);

  private final Settings settings;
  private final Names names;
  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();

  private OpsMain(Settings settings) {
    this.settings = settings;
    this.names = settings.names();
  }

  /** A running page. */
  public static final class Running implements Foreground.Started {
    private final OpsPage page;
    private final OpsMain main;

    private Running(OpsPage page, OpsMain main) {
      this.page = page;
      this.main = main;
    }

    @Override
    public String readyLine() {
      return "ops page ready on " + page.address();
    }

    @Override
    public void close() {
      main.closeAll();
    }
  }

  /**
   * Starts the page.
   *
   * @throws CannotStart when it would be reachable from elsewhere without a token, or with a short
   *     one
   * @throws IllegalStateException when its address cannot be listened on
   */
  public static Running start(Settings settings) {
    requireToken(settings.ops());
    OpsMain main = new OpsMain(settings);
    try {
      return new Running(main.wire(), main);
    } catch (RuntimeException notStarted) {
      main.closeAll();
      throw notStarted;
    }
  }

  private static void requireToken(Settings.Ops ops) {
    if (ops.token().isEmpty() && !isLoopback(ops.host())) {
      throw new CannotStart(
          "ops.host is %s, which others can reach, and ops.token is not set: set ops.token to at least %d characters that nobody guesses, or ops.host to 127.0.0.1"
              .formatted(ops.host(), SHORTEST_TOKEN));
    }
    if (!ops.token().isEmpty() && ops.token().reveal().length() < SHORTEST_TOKEN) {
      throw new CannotStart(
          "ops.token has %d characters: must have at least %d"
              .formatted(ops.token().reveal().length(), SHORTEST_TOKEN));
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      throw new CannotStart("ops.host is %s: no such host".formatted(host));
    }
  }

  private OpsPage wire() {
    AwsClients aws = new AwsClients(settings.aws());
    Clock clock = Clock.systemUTC();
    DynamoDbClient dynamoDb = closing(aws.dynamoDb());
    KinesisClient kinesis = closing(aws.kinesis());
    SqsClient sqs = closing(aws.sqs());
    DeadLetters deadLetters = new DeadLetters(dynamoDb, names);
    LagReader reader =
        new LagReader(
            settings,
            settings.worker().apps(),
            kinesis,
            closing(aws.kinesisOnce()),
            dynamoDb,
            clock);
    LagLooks looks = closing(LagLooks.start(() -> look(reader), LOOK_EVERY));
    Parked parked =
        new LiveParked(
            deadLetters,
            new Redrive(dynamoDb, sqs, kinesis, names, clock),
            new Discard(dynamoDb, sqs, names, clock),
            "ops page of " + System.getProperty("user.name", "?"),
            clock);
    return closing(
        OpsPage.start(
            settings.ops(),
            new OpsPage.Parts(
                looks,
                parked,
                stories(dynamoDb, deadLetters, clock),
                new JobRows(dynamoDb, names, clock),
                new AlertRows(dynamoDb, names, clock),
                compared(dynamoDb, clock),
                clock,
                OpsPage.READ_WITHIN)));
  }

  private Compared compared(DynamoDbClient dynamoDb, Clock clock) {
    DynamoDbResults results = new DynamoDbResults(dynamoDb, names);
    Remembered<Optional<JsonNode>> last =
        new Remembered<>(results::last, COMPARED_EVERY, clock, System::nanoTime);
    return () -> last.get().what();
  }

  private static LagReport look(LagReader reader) throws StoreTrouble, InterruptedException {
    try {
      return reader.glance();
    } catch (SdkException trouble) {
      throw new StoreTrouble("a stream cannot be listed: " + trouble.getMessage(), trouble);
    }
  }

  private Stories stories(DynamoDbClient dynamoDb, DeadLetters deadLetters, Clock clock) {
    StoryReader reader =
        new StoryReader(
            new DynamoDbEntryStore(dynamoDb, names, clock),
            deadLetters,
            new DynamoDbBackupStore(dynamoDb, names));
    LiveViews asked =
        new AskedServices(
            first(dynamoDb, clock),
            second(dynamoDb, clock),
            settings.secondService().timesheetReport());
    LiveViews none = LiveViews.none("not wanted");
    return (id, ask) -> reader.read(id, ask ? asked : none);
  }

  /** Asked by people now and then: one call at a time, within the limits of the deployment. */
  private AskedServices.Opened<io.timebridge.services.first.FirstService> first(
      DynamoDbClient dynamoDb, Clock clock) {
    ServiceGate gate = ServiceGate.shared("FirstService", settings.firstService().gate());
    closing(FleetShare.ofFirstService(settings, () -> FleetShare.ONE, gate, dynamoDb, clock));
    StoredTokens tokens =
        closing(
            new StoredTokens(
                settings.firstService(),
                gate,
                new DynamoDbTokenStore(dynamoDb, names, clock),
                clock));
    HttpFirstService service = closing(new HttpFirstService(settings.firstService(), gate, tokens));
    return () -> service;
  }

  private AskedServices.Opened<io.timebridge.services.second.SecondService> second(
      DynamoDbClient dynamoDb, Clock clock) {
    ServiceGate gate = ServiceGate.shared("SecondService", settings.secondService().gate());
    closing(FleetShare.ofSecondService(settings, () -> FleetShare.ONE, gate, dynamoDb, clock));
    HttpSecondService service =
        closing(new HttpSecondService(settings.secondService(), gate, clock));
    return () -> service;
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
