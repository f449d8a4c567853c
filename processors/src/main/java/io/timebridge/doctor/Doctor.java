package io.timebridge.doctor;

import io.timebridge.aws.AwsClients;
import io.timebridge.deadletters.DeadLetters;
import io.timebridge.mapping.MappingTable;
import io.timebridge.services.first.DynamoDbTokenStore;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader.Loaded;
import io.timebridge.stream.TableName;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Looks at everything that a deployment is made of: settings, AWS, both services, webhooks, clocks,
 * processes and what waits. Reads only, with one exception that leaves no trace in any book: a
 * session at SecondService. No token is refreshed.
 *
 * <p>It takes no share of the fleet's calls, since that would write a row: it makes its own few,
 * one at a time per service and at most {@value #CALLS_PER_SECOND} a second, beside those of the
 * fleet. To FirstService: two listings of webhooks, the labels, the entries of a week (a page each
 * 5,000), one {@code HEAD}. To SecondService: a login, a listing of clients, one {@code HEAD}.
 */
public final class Doctor implements AutoCloseable {
  /** Of each service, at most. */
  static final int CALLS_PER_SECOND = 5;

  /** Time of one check. */
  private static final Duration AT_MOST = Duration.ofSeconds(15);

  /** Of one call to a service: it says more than a check that is out of time. */
  private static final Duration CALL = Duration.ofSeconds(8);

  private final Deque<SdkClient> toClose = new ArrayDeque<>();
  private final List<Check> checks;

  /**
   * Opens what it looks with.
   *
   * @param publicUrl where the gateway is reached from outside, without a slash at its end; empty =
   *     where most webhooks are registered
   */
  public Doctor(Loaded loaded, Optional<URI> publicUrl, Clock clock) {
    this.checks = checks(loaded, publicUrl, clock);
  }

  /**
   * Makes all checks; takes about fifteen seconds at most.
   *
   * @param progress told of what is waited for
   * @return in a fixed order
   */
  public List<Examined> examine(Consumer<String> progress) throws InterruptedException {
    return new Examination(AT_MOST).make(checks, progress);
  }

  private List<Check> checks(Loaded loaded, Optional<URI> publicUrl, Clock clock) {
    Settings settings = loaded.settings();
    AwsClients clients = new AwsClients(settings.aws());
    DynamoDbClient dynamoDb = closing(clients.dynamoDb());
    AwsCommand aws = new AwsCommand(settings.aws());
    Settings.FirstService ofFirst = gentle(settings.firstService());
    Settings.SecondService ofSecond = gentle(settings.secondService());
    FirstReads first =
        new FirstReads(
            ofFirst,
            new ServiceGate("FirstService", ofFirst.gate()),
            new DynamoDbTokenStore(dynamoDb, settings.names(), clock),
            clock);
    String see =
        "./timebridge settings (aws.*, name-prefix), and " + aws.of("sts", "get-caller-identity");
    String firstFix =
        "is %s FirstService, and in reach? curl -sI %s; ".formatted(ofFirst.url(), ofFirst.url());
    return List.of(
        new Check("settings", "./timebridge settings --explain", new SettingsCheck(loaded)::look),
        new Check("aws", see, new IdentityCheck(closing(clients.sts()), settings.aws())::look),
        new Check(
            "streams",
            see,
            new StreamsCheck(closing(clients.kinesis()), settings.names(), aws)::look),
        new Check("tables", see, new TablesCheck(dynamoDb, settings.names(), aws)::look),
        new Check(
            "queues",
            see,
            new QueuesCheck(
                    closing(clients.sqs()), settings.names(), settings.poller().ticks(), aws)
                ::look),
        new Check(
            "topic",
            see,
            new TopicCheck(closing(clients.sns()), settings.names().alertTopic(), aws)::look),
        new Check(
            "first-service", firstFix + FirstReads.LOG_IN, new TokensCheck(first, clock)::look),
        new Check(
            "second-service",
            "is %s SecondService, and in reach? curl -sI %s; ./timebridge settings shows second-service.*"
                .formatted(ofSecond.url(), ofSecond.url()),
            new SecondServiceCheck(
                    ofSecond, new ServiceGate("SecondService", ofSecond.gate()), clock)
                ::look),
        new Check(
            "webhooks",
            firstFix + "then look again",
            new WebhooksCheck(first, ofFirst.webhookSecrets(), publicUrl)::look),
        new Check(
            "clocks",
            "look again",
            new ClocksCheck(
                    dynamoDb,
                    settings.names().table(TableName.COORDINATION),
                    ofFirst.url(),
                    ofSecond.url(),
                    clock)
                ::look),
        new Check(
            "mappings",
            "./timebridge mapping check",
            new CoverageCheck(
                    first,
                    new MappingTable(dynamoDb, settings.names(), clock),
                    settings.timesheet().excludedParentLabels(),
                    clock)
                ::look),
        new Check(
            "poller",
            see,
            new PollerCheck(
                    dynamoDb, settings.names(), settings.poller().leaseFor(), clock, Pause.REAL)
                ::look),
        new Check(
            "workers",
            see,
            new WorkersCheck(dynamoDb, settings.names(), settings.worker().failover(), Pause.REAL)
                ::look),
        new Check(
            "waiting", see, new WaitingCheck(new DeadLetters(dynamoDb, settings.names()))::look));
  }

  private static Settings.FirstService gentle(Settings.FirstService of) {
    return new Settings.FirstService(
        of.url(),
        of.accountId(),
        of.clientId(),
        of.clientSecret(),
        of.accessToken(),
        of.refreshToken(),
        of.webhookSecrets(),
        of.sendWithin(),
        of.landsWithin(),
        of.visibleWithin(),
        gentle(of.gate()));
  }

  private static Settings.SecondService gentle(Settings.SecondService of) {
    return new Settings.SecondService(
        of.url(),
        of.organisation(),
        of.username(),
        of.password(),
        1,
        of.sendWithin(),
        of.landsWithin(),
        of.visibleWithin(),
        of.notAppliedStatuses(),
        of.timesheetReport(),
        gentle(of.gate()));
  }

  private static Settings.Gate gentle(Settings.Gate of) {
    return new Settings.Gate(
        of.callTimeout().compareTo(CALL) < 0 ? of.callTimeout() : CALL,
        Math.min(CALLS_PER_SECOND, of.callsPerSecond()),
        1,
        of.circuitWindow(),
        of.circuitFailurePercent(),
        of.circuitOpenFor(),
        of.rampUpFor());
  }

  private <T extends SdkClient> T closing(T client) {
    toClose.push(client);
    return client;
  }

  /** Ends what is still under way. */
  @Override
  public void close() {
    toClose.forEach(SdkClient::close);
  }
}
