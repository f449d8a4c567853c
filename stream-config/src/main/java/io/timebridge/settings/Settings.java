package io.timebridge.settings;

import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every setting of every process. Immutable. What each means, its default, unit and range: {@link
 * Keys}, or {@code ./timebridge settings}.
 */
public record Settings(
    Names names,
    Aws aws,
    FirstService firstService,
    SecondService secondService,
    Gateway gateway,
    Poller poller,
    Worker worker,
    Retry retry,
    Cleanup cleanup,
    Reconcile reconcile,
    Alarms alarms,
    Timesheet timesheet,
    Ops ops,
    Health health,
    Metrics metrics,
    Log log,
    Tracing tracing) {

  /**
   * Where AWS is.
   *
   * @param endpoints service id ({@code kinesis}, {@code dynamodb}, {@code sns}, {@code sqs},
   *     {@code ssm}, {@code cloudwatch}) -> address; a service that is not named is found by the
   *     SDK's own rules ({@code AWS_ENDPOINT_URL_*} among them)
   * @param local take made-up credentials instead of looking for real ones; only sensible with
   *     {@code endpoints}
   */
  public record Aws(String region, Map<String, URI> endpoints, boolean local) {
    public Aws {
      endpoints = Map.copyOf(endpoints);
    }
  }

  /**
   * How a service is protected from us, and we from it.
   *
   * @param callTimeout longest wait for one answer
   * @param callsPerSecond at most this many calls started per second, of the whole deployment
   * @param concurrentCalls at most this many calls under way, of the whole deployment
   * @param circuitWindow calls looked at to judge the service's health
   * @param circuitFailurePercent share of failures in that window at which the circuit opens
   * @param circuitOpenFor how long an open circuit lets nothing through before it tries again
   * @param rampUpFor after an outage, the rate rises from a tenth to all of it in this time; zero =
   *     at once
   */
  public record Gate(
      Duration callTimeout,
      int callsPerSecond,
      int concurrentCalls,
      int circuitWindow,
      int circuitFailurePercent,
      Duration circuitOpenFor,
      Duration rampUpFor) {}

  /**
   * FirstService: where it is, who we are there, and when a call can no longer take effect.
   *
   * @param sendWithin S: a changing call is sent within this time of its intent, or not at all
   * @param landsWithin D: a call takes effect within this time of being sent, or never
   * @param visibleWithin L: a complete listing shows every effect older than this
   */
  public record FirstService(
      URI url,
      long accountId,
      String clientId,
      Secret clientSecret,
      Secret accessToken,
      Secret refreshToken,
      List<Secret> webhookSecrets,
      Duration sendWithin,
      Duration landsWithin,
      Duration visibleWithin,
      Gate gate) {
    public FirstService {
      webhookSecrets = List.copyOf(webhookSecrets);
    }

    /** How long a foreign or own unresolved intent is waited for: S + D + L. */
    public Duration span() {
      return sendWithin.plus(landsWithin).plus(visibleWithin);
    }
  }

  /**
   * SecondService: where it is, who we are there, and what its answers can be trusted for.
   *
   * @param sessions used at a time, of the whole deployment
   * @param sendWithin S of the entry protocol: a call is sent within this time of its intent, or
   *     not at all
   * @param landsWithin D: a call takes effect within this time of being sent, or never
   * @param visibleWithin L: a complete timesheet report shows every effect older than this
   * @param notAppliedStatuses HTTP statuses that surely mean "not done"; others leave the outcome
   *     unknown
   * @param timesheetReport whether this deployment has the timesheet report, without which an
   *     unknown outcome cannot be looked up
   */
  public record SecondService(
      URI url,
      String organisation,
      String username,
      Secret password,
      int sessions,
      Duration sendWithin,
      Duration landsWithin,
      Duration visibleWithin,
      Set<Integer> notAppliedStatuses,
      boolean timesheetReport,
      Gate gate) {
    public SecondService {
      notAppliedStatuses = Set.copyOf(notAppliedStatuses);
    }

    /** How long a foreign or own unresolved intent is waited for: S + D + L. */
    public Duration span() {
      return sendWithin.plus(landsWithin).plus(visibleWithin);
    }
  }

  /** The webhook gateway. */
  public record Gateway(
      String host,
      int port,
      Duration signatureTolerance,
      int maxConcurrentRequests,
      Duration publishTimeout,
      Duration stopWithin) {}

  /**
   * The poller of SecondService.
   *
   * @param ticks what makes it look
   * @param maxClosedPercent a tick that would close more than this share of the known open jobs
   *     closes none
   * @param maxClosedFloor but this many closures in one tick are always believed
   */
  public record Poller(
      Duration every,
      Ticks ticks,
      Set<String> excludedClientCodes,
      int maxClosedPercent,
      int maxClosedFloor,
      Duration leaseFor) {
    /** What makes the poller look. */
    public enum Ticks {
      /** Its own timer. */
      TIMER,
      /** The messages of the deployed schedules. */
      QUEUE
    }

    public Poller {
      excludedClientCodes = Set.copyOf(excludedClientCodes);
    }
  }

  /**
   * The KCL workers.
   *
   * @param heldPerShard records held in memory per shard
   * @param held by one worker, all its applications and shards together
   * @param labelsEvery between two looks on all projects for labels that are needed; zero = never
   */
  public record Worker(
      Set<StreamName> apps,
      int inFlight,
      int heldPerShard,
      int heldMibPerShard,
      int held,
      int heldMib,
      Duration checkpointEvery,
      Duration retryBase,
      Duration retryMax,
      Duration stopWithin,
      Duration failover,
      Duration statusEvery,
      Duration labelsEvery) {
    public Worker {
      apps = Set.copyOf(apps);
    }
  }

  /**
   * How parked keys are tried again.
   *
   * @param backoff first wait; doubles with each try
   * @param causesEvery how often what they wait for is asked for
   * @param alertEvery between two looks for what people have to be told of
   */
  public record Retry(
      int keysAtOnce,
      Duration backoff,
      Duration maxBackoff,
      Duration visibility,
      Duration sweepEvery,
      Duration causesEvery,
      Duration alertEvery) {}

  /**
   * How entry rows are made small by themselves.
   *
   * @param every from the end of one run to the next; zero = never
   * @param olderThan rows that nobody has touched for this long
   */
  public record Cleanup(Duration every, Duration olderThan) {}

  /**
   * How both services are compared by themselves.
   *
   * @param every from the end of one comparison to the next, about; zero = never
   * @param notBefore in UTC; empty = at any time
   * @param days back from today
   * @param repair what is verified then
   * @param settleFor entries changed less than this ago are left to their webhooks
   */
  public record Reconcile(
      Duration every, Optional<LocalTime> notBefore, int days, Repair repair, Duration settleFor) {
    /** What is verified. */
    public enum Repair {
      /** Nothing. */
      OFF,
      /** What FirstService says and was never applied. */
      LOST,
      /** Also what somebody changed in SecondService. */
      ALL
    }
  }

  /**
   * When people are told that something lasts.
   *
   * @param outageAfter of a service, from the opening of its circuit
   * @param behindAfter of a stream, from the arrival of its oldest unfinished record
   */
  public record Alarms(Duration outageAfter, Duration behindAfter) {}

  /**
   * How entries become timesheets.
   *
   * @param rounding hours are rounded to a multiple of this; empty = not rounded
   * @param hourDecimals decimals of the hours that SecondService is given
   * @param excludedParentLabels labels below these never name a task
   * @param unlabelledTask task for entries without any label, by name; empty = such entries are not
   *     booked
   * @param deletedByHand what to do about a timesheet that somebody deleted in SecondService
   * @param retryAttempts failed attempts, while others get through, after which an entry's key is
   *     parked
   * @param retryFor least time from the first of them
   * @param historyFor how far back an entry's row tells of itself
   */
  public record Timesheet(
      Optional<Duration> rounding,
      int hourDecimals,
      Set<Long> excludedParentLabels,
      Optional<String> unlabelledTask,
      DeletedByHand deletedByHand,
      int retryAttempts,
      Duration retryFor,
      Duration historyFor) {
    /** What to do about a timesheet that somebody deleted in SecondService. */
    public enum DeletedByHand {
      /** Make it again with the entry's next change. */
      RECREATE,
      /** Park the entry, so that a person decides. */
      REPORT
    }

    public Timesheet {
      excludedParentLabels = Set.copyOf(excludedParentLabels);
    }
  }

  /**
   * The page for operators.
   *
   * @param token that a person has to give; empty = everybody on this machine may look
   */
  public record Ops(String host, int port, Secret token) {}

  /**
   * How a process says that it is well.
   *
   * @param file touched while it is; empty = nowhere
   */
  public record Health(Optional<Path> file) {}

  /**
   * Where Prometheus finds the metrics of a process.
   *
   * @param port 0 = any free one; empty = none are kept
   */
  public record Metrics(String host, Optional<Integer> port) {}

  /** How a process writes its log. */
  public record Log(Format format) {
    /** What a line looks like. */
    public enum Format {
      /** For people. */
      TEXT,
      /** One JSON object. */
      JSON
    }
  }

  /**
   * Where traces go.
   *
   * @param otlpEndpoint of a collector, without {@code /v1/traces}; empty = nothing is traced
   */
  public record Tracing(Optional<URI> otlpEndpoint) {}

  /** The file that is read where none is named, if it is there. */
  public static final Path DEFAULT_FILE = Path.of("timebridge.conf");

  /** What a running local system writes for every other command started in the same folder. */
  public static final Path RUNNING_FILE = Path.of(".timebridge", "up.conf");
}
