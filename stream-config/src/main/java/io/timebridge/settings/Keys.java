package io.timebridge.settings;

import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Every setting there is, with its default, its range and what it is for; and the tree made of
 * their values.
 */
final class Keys {
  private static final List<String> AWS_SERVICES =
      List.of("kinesis", "dynamodb", "sns", "sqs", "ssm", "cloudwatch");

  private Keys() {}

  static final Setting<String> NAME_PREFIX =
      Setting.matching(
          "name-prefix",
          "",
          Names.PREFIX,
          "at most 40 of A-Z a-z 0-9 _ -",
          "Put before the name of every stream, table, queue and topic, so that deployments can share an account.");
  static final Setting<String> REGION =
      Setting.matching(
          "aws.region",
          "us-east-1",
          Pattern.compile("[a-z]{2}(-[a-z]+)+-[0-9]"),
          "an AWS region",
          "Region of every AWS resource.");
  static final Setting<Boolean> AWS_LOCAL =
      Setting.bool("aws.local", false, "Use made-up credentials; for local endpoints only.");
  static final Map<String, Setting<java.net.URI>> ENDPOINTS = endpoints();
  static final Setting<String> SSM_PATH =
      Setting.matching(
          "ssm.path",
          "",
          Pattern.compile("|/[A-Za-z0-9_./-]{1,200}"),
          "a parameter path such as /timebridge/live, or empty",
          "Parameters below this path override everything else; their names are the keys with slashes for dots.");

  static final Setting<java.net.URI> FIRST_URL =
      Setting.httpUri(
          "first-service.url",
          "http://127.0.0.1:8081",
          "Base address of FirstService, without /1.1.");
  static final Setting<Long> FIRST_ACCOUNT =
      Setting.whole("first-service.account-id", 77, "Account id in every FirstService path.");
  static final Setting<String> FIRST_CLIENT_ID =
      Setting.text("first-service.client-id", "timebridge", "OAuth2 client id.");
  static final Setting<Secret> FIRST_CLIENT_SECRET =
      Setting.secret("first-service.client-secret", "OAuth2 client secret.");
  static final Setting<Secret> FIRST_ACCESS_TOKEN =
      Setting.secret(
          "first-service.access-token",
          "First access token; used until a refresh has stored a pair in the Coordination table.");
  static final Setting<Secret> FIRST_REFRESH_TOKEN =
      Setting.secret("first-service.refresh-token", "First refresh token; see access-token.");
  static final Setting<List<Secret>> WEBHOOK_SECRETS =
      Setting.secrets(
          "first-service.webhook-secrets",
          "Secrets of the registered webhooks; several while one is rotated.");
  static final Setting<Duration> FIRST_SEND_WITHIN =
      Setting.duration(
          "first-service.send-within",
          "5s",
          "100ms",
          "10m",
          "S: a changing call is sent within this time of its intent, or not at all.");
  static final Setting<Duration> FIRST_LANDS_WITHIN =
      Setting.duration(
          "first-service.lands-within",
          "30s",
          "100ms",
          "1h",
          "D: a call takes effect within this time of being sent, or never.");
  static final Setting<Duration> FIRST_VISIBLE_WITHIN =
      Setting.duration(
          "first-service.visible-within",
          "5s",
          "0ms",
          "1h",
          "L: a complete listing of projects or clients shows every effect older than this.");

  static final Setting<java.net.URI> SECOND_URL =
      Setting.httpUri(
          "second-service.url",
          "http://127.0.0.1:8082",
          "Base address of SecondService, without /service/api.");
  static final Setting<String> SECOND_ORG =
      Setting.text("second-service.organisation", "agency", "Organisation (idOrg) to log in to.");
  static final Setting<String> SECOND_USER =
      Setting.text("second-service.username", "timebridge", "User to log in as.");
  static final Setting<Secret> SECOND_PASSWORD =
      Setting.secret("second-service.password", "Password of that user.");
  static final Setting<Integer> SECOND_SESSIONS =
      Setting.integer(
          "second-service.sessions",
          4,
          1,
          32,
          "sessions",
          "Sessions used at a time, of the whole deployment; with fewer than processes that call, they take turns.");
  static final Setting<Duration> SEND_WITHIN =
      Setting.duration(
          "second-service.send-within",
          "5s",
          "100ms",
          "10m",
          "S: a changing call is sent within this time of its intent, or not at all.");
  static final Setting<Duration> LANDS_WITHIN =
      Setting.duration(
          "second-service.lands-within",
          "30s",
          "100ms",
          "1h",
          "D: a call takes effect within this time of being sent, or never.");
  static final Setting<Duration> VISIBLE_WITHIN =
      Setting.duration(
          "second-service.visible-within",
          "5s",
          "0ms",
          "1h",
          "L: a complete timesheet report shows every effect older than this.");
  static final Setting<Set<Integer>> NOT_APPLIED =
      Setting.set(
          "second-service.not-applied-statuses",
          "429",
          "HTTP statuses 400 to 599",
          "Answers that surely mean a call was not done; every other error leaves its outcome unknown, which holds the key for S + D + L.",
          Keys::status);
  static final Setting<Boolean> TIMESHEET_REPORT =
      Setting.bool(
          "second-service.timesheet-report",
          true,
          "Whether the deployment has the timesheet report, by which an unknown outcome is looked up.");

  static final Setting<String> GATEWAY_HOST =
      Setting.text(
          "gateway.host", "127.0.0.1", "Address the gateway listens on; loopback by default.");
  static final Setting<Integer> GATEWAY_PORT =
      Setting.integer(
          "gateway.port", 8080, 0, 65535, "(0 = any free port)", "Port the gateway listens on.");
  static final Setting<Duration> SIGNATURE_TOLERANCE =
      Setting.duration(
          "gateway.signature-tolerance",
          "5m",
          "1s",
          "1h",
          "How far a Standard Webhooks timestamp may be off.");
  static final Setting<Integer> GATEWAY_REQUESTS =
      Setting.integer(
          "gateway.max-concurrent-requests",
          512,
          1,
          100_000,
          "requests",
          "Requests worked on at a time; more are answered 503.");
  static final Setting<Duration> PUBLISH_TIMEOUT =
      Setting.duration(
          "gateway.publish-timeout",
          "4s",
          "100ms",
          "1m",
          "Longest wait for Kinesis before a request is answered 503.");
  static final Setting<Duration> GATEWAY_STOP =
      Setting.duration(
          "gateway.stop-within", "10s", "1s", "5m", "Longest wait for accepted requests on stop.");

  static final Setting<String> OPS_HOST =
      Setting.matching(
          "ops.host",
          "127.0.0.1",
          Pattern.compile("[A-Za-z0-9.:-]{1,253}"),
          "a host name or address",
          "Address the ops page listens on; off loopback ops.token has to be set.");
  static final Setting<Integer> OPS_PORT =
      Setting.integer(
          "ops.port", 8090, 0, 65535, "(0 = any free port)", "Port the ops page listens on.");
  static final Setting<Secret> OPS_TOKEN =
      Setting.secret(
          "ops.token",
          "What a person has to give to see the ops page, at least 16 characters; empty = everybody on this machine may.");

  static final Setting<Duration> POLL_EVERY =
      Setting.duration(
          "poller.every",
          "1m",
          "200ms",
          "1d",
          "Time between two looks at SecondService's jobs and clients.");
  static final Setting<String> POLLER_TICKS =
      Setting.matching(
          "poller.ticks",
          "timer",
          Pattern.compile("timer|queue"),
          "timer or queue",
          "What makes the poller look: its own timer, or the ticks that schedules send each poller.every.");
  static final Setting<Set<String>> EXCLUDED_CLIENTS =
      Setting.set(
          "poller.excluded-client-codes",
          "",
          "client codes",
          "Clients, with their jobs, that never reach FirstService.",
          c -> c);
  static final Setting<Integer> MAX_CLOSED_PERCENT =
      Setting.integer(
          "poller.max-closed-percent",
          10,
          0,
          100,
          "percent",
          "A tick that would close more than this share of the open jobs closes none.");
  static final Setting<Integer> MAX_CLOSED_FLOOR =
      Setting.integer(
          "poller.max-closed-floor",
          5,
          0,
          1_000_000,
          "jobs",
          "This many closures in one tick are always believed.");
  static final Setting<Duration> POLLER_LEASE =
      Setting.duration(
          "poller.lease-for",
          "10s",
          "1s",
          "10m",
          "How long an active poller that went silent keeps its place.");

  static final Setting<Set<StreamName>> APPS =
      Setting.set(
          "worker.apps",
          "timesheets,backup,jobs",
          "timesheets, backup, jobs",
          "Which streams this worker consumes.",
          Keys::app);
  static final Setting<Integer> IN_FLIGHT =
      Setting.integer(
          "worker.in-flight",
          100,
          1,
          10_000,
          "keys",
          "Keys worked on at a time by one application of one worker.");
  static final Setting<Integer> HELD_PER_SHARD =
      Setting.integer(
          "worker.held-per-shard",
          10_000,
          100,
          10_000_000,
          "records",
          "Records held in memory per shard; a fuller shard is not read on.");
  static final Setting<Integer> HELD_MIB_PER_SHARD =
      Setting.integer(
          "worker.held-mib-per-shard", 32, 1, 65_536, "MiB", "The same by the records' size.");
  static final Setting<Integer> HELD =
      Setting.integer(
          "worker.held",
          60_000,
          100,
          100_000_000,
          "records",
          "Records held in memory by one worker: each of its applications gets an equal part, and each shard at least its own.");
  static final Setting<Integer> HELD_MIB =
      Setting.integer(
          "worker.held-mib", 192, 1, 1_048_576, "MiB", "The same by the records' size.");
  static final Setting<Duration> CHECKPOINT_EVERY =
      Setting.duration(
          "worker.checkpoint-every",
          "1s",
          "10ms",
          "10m",
          "Least time between two checkpoints of a shard.");
  static final Setting<Duration> RETRY_BASE =
      Setting.duration(
          "worker.retry-base",
          "200ms",
          "1ms",
          "1m",
          "First wait before a failed step is tried again; doubles, with jitter.");
  static final Setting<Duration> RETRY_MAX =
      Setting.duration(
          "worker.retry-max",
          "30s",
          "1ms",
          "1h",
          "Longest wait before a failed step is tried again.");
  static final Setting<Duration> WORKER_STOP =
      Setting.duration(
          "worker.stop-within", "20s", "1s", "10m", "Longest wait for work in flight on stop.");
  static final Setting<Duration> FAILOVER =
      Setting.duration(
          "worker.failover",
          "2s",
          "1s",
          "5m",
          "A worker silent for this long loses its shards (KCL's failover time).");
  static final Setting<Duration> STATUS_EVERY =
      Setting.durationOrNever(
          "worker.status-every",
          "5s",
          "500ms",
          "1m",
          "How often a worker tells of itself, for `lag`; 0s = never. A window of ten is what a shard is judged by.");

  static final Setting<Integer> RETRY_KEYS =
      Setting.integer(
          "retry.keys-at-once",
          16,
          1,
          1_000,
          "keys",
          "Parked keys that one worker drains at a time.");
  static final Setting<Duration> RETRY_BACKOFF =
      Setting.duration(
          "retry.backoff",
          "30s",
          "1s",
          "1h",
          "First wait before a parked key is tried again; doubles with each of its 8 tries.");
  static final Setting<Duration> RETRY_MAX_BACKOFF =
      Setting.duration("retry.max-backoff", "1h", "1s", "11h", "Longest of these waits.");
  static final Setting<Duration> RETRY_VISIBILITY =
      Setting.duration(
          "retry.visibility",
          "30s",
          "3s",
          "1h",
          "A wake-up whose worker went silent for this long comes to another one.");
  static final Setting<Duration> RETRY_SWEEP =
      Setting.duration(
          "retry.sweep-every",
          "1m",
          "1s",
          "1h",
          "How often wake-ups that got lost are looked for.");
  static final Setting<Duration> RETRY_CAUSES =
      Setting.duration(
          "retry.causes-every",
          "1m",
          "1s",
          "1h",
          "How often what parked keys wait for is asked for; those whose cause is put right wake at once.");
  static final Setting<Duration> RETRY_ALERT =
      Setting.duration(
          "retry.alert-every",
          "1m",
          "1s",
          "1h",
          "How often a worker looks for parked keys that people have to be told of.");

  static final Setting<Duration> LABELS_EVERY =
      Setting.durationOrNever(
          "worker.labels-every",
          "6h",
          "1m",
          "7d",
          "How often one worker looks on all projects for labels that their jobs' tasks need; after a change of a job, a label or a mapping within a minute; 0s = never.");

  static final Setting<Duration> CLEANUP_EVERY =
      Setting.durationOrNever(
          "cleanup.every",
          "45d",
          "1h",
          "365d",
          "How often one worker makes old entry rows small, as the command cleanup does; 0s = never.");
  static final Setting<Duration> CLEANUP_OLDER_THAN =
      Setting.duration(
          "cleanup.older-than",
          "45d",
          "14d",
          "3650d",
          "Rows that nobody has touched for this long; longer than the stream keeps records.");

  static final Setting<Duration> RECONCILE_EVERY =
      Setting.durationOrNever(
          "reconcile.every",
          "24h",
          "1h",
          "365d",
          "How often one worker compares both services, as the command reconcile does; 0s = never.");
  static final Setting<String> RECONCILE_NOT_BEFORE =
      Setting.matching(
          "reconcile.not-before",
          "02:00",
          Pattern.compile("(([01][0-9]|2[0-3]):[0-5][0-9])?"),
          "a time of day in UTC, as in 02:00; empty = any time",
          "With an `every` of a day or more, that comparison begins within four hours from then.");
  static final Setting<Integer> RECONCILE_DAYS =
      Setting.integer(
          "reconcile.days",
          31,
          1,
          366,
          "days",
          "How far back both services are compared, where nothing else is said.");
  static final Setting<String> RECONCILE_REPAIR =
      Setting.matching(
          "reconcile.repair",
          "lost",
          Pattern.compile("off|lost|all"),
          "off, lost or all",
          "What the comparison by itself has verified: nothing; what FirstService says and was never applied; or also what somebody changed in SecondService, which is written over.");
  static final Setting<Duration> RECONCILE_SETTLE =
      Setting.duration(
          "reconcile.settle-for",
          "10m",
          "0s",
          "7d",
          "Entries changed less than this ago are left to their webhooks.");

  static final Setting<Duration> OUTAGE_AFTER =
      Setting.duration(
          "alarms.outage-after",
          "2m",
          "1s",
          "1d",
          "A service whose circuit is not closed for this long is told of.");
  static final Setting<Duration> BEHIND_AFTER =
      Setting.duration(
          "alarms.behind-after",
          "15m",
          "1s",
          "7d",
          "A stream whose oldest unfinished record arrived this long ago is told of.");

  static final Setting<Duration> ROUNDING =
      Setting.optional(
          "timesheet.rounding",
          "1s to 1h",
          "Hours are rounded to a multiple of this.",
          Keys::rounding);
  static final Setting<Integer> HOUR_DECIMALS =
      Setting.integer(
          "timesheet.hour-decimals",
          4,
          2,
          4,
          "decimals",
          "Decimals of the hours given to SecondService.");
  static final Setting<Set<Long>> EXCLUDED_LABELS =
      Setting.set(
          "timesheet.excluded-parent-labels",
          "",
          "label ids",
          "Labels below these never name a task.",
          Long::valueOf);
  static final Setting<String> UNLABELLED_TASK =
      Setting.optional(
          "timesheet.unlabelled-task",
          "a task name",
          "Task for entries without a label; empty = such entries are not booked.",
          t -> t);
  static final Setting<String> DELETED_BY_HAND =
      Setting.matching(
          "timesheet.deleted-by-hand",
          "recreate",
          Pattern.compile("recreate|report"),
          "recreate or report",
          "A timesheet that somebody deleted in SecondService is made again with the entry's next change, or the entry is parked so that a person decides.");
  static final Setting<Integer> RETRY_ATTEMPTS =
      Setting.integer(
          "timesheet.retry-attempts",
          20,
          1,
          10_000,
          "attempts",
          "An entry that failed this often while others got through is parked; in an outage nothing counts.");
  static final Setting<Duration> RETRY_FOR =
      Setting.duration(
          "timesheet.retry-for",
          "10m",
          "0ms",
          "7d",
          "Least time from the first of those failures until the entry is parked.");
  static final Setting<Duration> HISTORY_FOR =
      Setting.duration(
          "timesheet.history-for",
          "90d",
          "0ms",
          "3650d",
          "What `./timebridge entry` tells of an entry goes back this far, and no more than 20 writes; older ones go with the entry's next write.");

  static final Setting<Path> HEALTH_FILE =
      Setting.optional(
          "health.file",
          "a path whose folder exists",
          "A file that a process touches every few seconds while it does its work; empty = none.",
          Path::of);

  static final Setting<String> METRICS_HOST =
      Setting.text(
          "metrics.host",
          "127.0.0.1",
          "Address that /metrics listens on; whoever reaches it sees names of streams and figures, no content.");
  static final Setting<Integer> METRICS_PORT =
      Setting.optional(
          "metrics.port",
          "0 to 65535",
          "Port of /metrics of this process, for Prometheus; 0 = any free one, which the log tells; empty = no metrics. Each process of one machine needs its own.",
          Keys::port);

  static final Setting<String> LOG_FORMAT =
      Setting.matching(
          "log.format",
          "text",
          Pattern.compile("text|json"),
          "text or json",
          "Lines for people, or one JSON object per line, with key, sequence number and trace id as fields.");

  static final Setting<java.net.URI> OTLP_ENDPOINT =
      Setting.optional(
          "tracing.otlp-endpoint",
          "an http or https address",
          "Collector that traces are sent to by OTLP over HTTP, without /v1/traces: http://127.0.0.1:4318; empty = nothing is traced.",
          Setting::readHttpUri);

  static final GateKeys FIRST_GATE = GateKeys.of("first-service", 20, 16);
  static final GateKeys SECOND_GATE = GateKeys.of("second-service", 20, 4);

  /** The settings of one {@link Settings.Gate}. */
  record GateKeys(
      Setting<Duration> callTimeout,
      Setting<Integer> callsPerSecond,
      Setting<Integer> concurrentCalls,
      Setting<Integer> circuitWindow,
      Setting<Integer> circuitFailurePercent,
      Setting<Duration> circuitOpenFor,
      Setting<Duration> rampUpFor) {

    static GateKeys of(String service, int perSecond, int concurrent) {
      return new GateKeys(
          Setting.duration(
              service + ".call-timeout", "10s", "50ms", "5m", "Longest wait for one answer."),
          Setting.integer(
              service + ".calls-per-second",
              perSecond,
              1,
              100_000,
              "calls",
              "Calls started per second, at most, of the whole deployment; each process gets its share."),
          Setting.integer(
              service + ".concurrent-calls",
              concurrent,
              1,
              1000,
              "calls",
              "Calls under way at a time, at most, of the whole deployment; each process gets its share."),
          Setting.integer(
              service + ".circuit-window",
              40,
              5,
              10_000,
              "calls",
              "Calls looked at to judge the service's health."),
          Setting.integer(
              service + ".circuit-failure-percent",
              60,
              1,
              100,
              "percent",
              "Share of failures in that window at which the circuit opens."),
          Setting.duration(
              service + ".circuit-open-for",
              "5s",
              "50ms",
              "10m",
              "How long an open circuit lets nothing through before it tries again."),
          Setting.duration(
              service + ".ramp-up-for",
              "60s",
              "0s",
              "1h",
              "After an outage, calls per second rise from a tenth (at least 1) to all of them in this time; 0s = at once."));
    }

    List<Setting<?>> all() {
      return List.of(
          callTimeout,
          callsPerSecond,
          concurrentCalls,
          circuitWindow,
          circuitFailurePercent,
          circuitOpenFor,
          rampUpFor);
    }

    Settings.Gate read(Values v) {
      return new Settings.Gate(
          v.get(callTimeout),
          v.get(callsPerSecond),
          v.get(concurrentCalls),
          v.get(circuitWindow),
          v.get(circuitFailurePercent),
          v.get(circuitOpenFor),
          v.get(rampUpFor));
    }
  }

  /** All of them, in the order in which they are shown. */
  static List<Setting<?>> all() {
    List<Setting<?>> all = new java.util.ArrayList<>(List.of(NAME_PREFIX, REGION, AWS_LOCAL));
    all.addAll(ENDPOINTS.values());
    all.addAll(
        List.of(
            SSM_PATH,
            FIRST_URL,
            FIRST_ACCOUNT,
            FIRST_CLIENT_ID,
            FIRST_CLIENT_SECRET,
            FIRST_ACCESS_TOKEN,
            FIRST_REFRESH_TOKEN,
            WEBHOOK_SECRETS,
            FIRST_SEND_WITHIN,
            FIRST_LANDS_WITHIN,
            FIRST_VISIBLE_WITHIN));
    all.addAll(FIRST_GATE.all());
    all.addAll(
        List.of(
            SECOND_URL,
            SECOND_ORG,
            SECOND_USER,
            SECOND_PASSWORD,
            SECOND_SESSIONS,
            SEND_WITHIN,
            LANDS_WITHIN,
            VISIBLE_WITHIN,
            NOT_APPLIED,
            TIMESHEET_REPORT));
    all.addAll(SECOND_GATE.all());
    all.addAll(
        List.of(
            GATEWAY_HOST,
            GATEWAY_PORT,
            SIGNATURE_TOLERANCE,
            GATEWAY_REQUESTS,
            PUBLISH_TIMEOUT,
            GATEWAY_STOP));
    all.addAll(
        List.of(
            POLL_EVERY,
            POLLER_TICKS,
            EXCLUDED_CLIENTS,
            MAX_CLOSED_PERCENT,
            MAX_CLOSED_FLOOR,
            POLLER_LEASE));
    all.addAll(
        List.of(
            APPS,
            IN_FLIGHT,
            HELD_PER_SHARD,
            HELD_MIB_PER_SHARD,
            HELD,
            HELD_MIB,
            CHECKPOINT_EVERY,
            RETRY_BASE,
            RETRY_MAX,
            WORKER_STOP,
            FAILOVER,
            STATUS_EVERY,
            LABELS_EVERY,
            RETRY_KEYS,
            RETRY_BACKOFF,
            RETRY_MAX_BACKOFF,
            RETRY_VISIBILITY,
            RETRY_SWEEP,
            RETRY_CAUSES,
            RETRY_ALERT,
            CLEANUP_EVERY,
            CLEANUP_OLDER_THAN));
    all.addAll(
        List.of(
            RECONCILE_EVERY,
            RECONCILE_NOT_BEFORE,
            RECONCILE_DAYS,
            RECONCILE_REPAIR,
            RECONCILE_SETTLE));
    all.addAll(List.of(OUTAGE_AFTER, BEHIND_AFTER));
    all.addAll(List.of(OPS_HOST, OPS_PORT, OPS_TOKEN));
    all.addAll(
        List.of(
            ROUNDING,
            HOUR_DECIMALS,
            EXCLUDED_LABELS,
            UNLABELLED_TASK,
            DELETED_BY_HAND,
            RETRY_ATTEMPTS,
            RETRY_FOR,
            HISTORY_FOR,
            HEALTH_FILE));
    all.addAll(List.of(METRICS_HOST, METRICS_PORT, LOG_FORMAT, OTLP_ENDPOINT));
    return List.copyOf(all);
  }

  /**
   * What a key's value is, once it has been read; a value that could not be read stands in as the
   * default.
   */
  interface Values {
    <T> T get(Setting<T> setting);

    /** Empty where the text is empty. */
    <T> Optional<T> find(Setting<T> setting);
  }

  static Settings tree(Values v) {
    Map<String, java.net.URI> endpoints = new LinkedHashMap<>();
    ENDPOINTS.forEach((service, key) -> v.find(key).ifPresent(uri -> endpoints.put(service, uri)));
    return new Settings(
        new Names(v.get(NAME_PREFIX)),
        new Settings.Aws(v.get(REGION), endpoints, v.get(AWS_LOCAL)),
        new Settings.FirstService(
            v.get(FIRST_URL),
            v.get(FIRST_ACCOUNT),
            v.get(FIRST_CLIENT_ID),
            v.get(FIRST_CLIENT_SECRET),
            v.get(FIRST_ACCESS_TOKEN),
            v.get(FIRST_REFRESH_TOKEN),
            v.get(WEBHOOK_SECRETS),
            v.get(FIRST_SEND_WITHIN),
            v.get(FIRST_LANDS_WITHIN),
            v.get(FIRST_VISIBLE_WITHIN),
            FIRST_GATE.read(v)),
        new Settings.SecondService(
            v.get(SECOND_URL),
            v.get(SECOND_ORG),
            v.get(SECOND_USER),
            v.get(SECOND_PASSWORD),
            v.get(SECOND_SESSIONS),
            v.get(SEND_WITHIN),
            v.get(LANDS_WITHIN),
            v.get(VISIBLE_WITHIN),
            v.get(NOT_APPLIED),
            v.get(TIMESHEET_REPORT),
            SECOND_GATE.read(v)),
        new Settings.Gateway(
            v.get(GATEWAY_HOST),
            v.get(GATEWAY_PORT),
            v.get(SIGNATURE_TOLERANCE),
            v.get(GATEWAY_REQUESTS),
            v.get(PUBLISH_TIMEOUT),
            v.get(GATEWAY_STOP)),
        new Settings.Poller(
            v.get(POLL_EVERY),
            Settings.Poller.Ticks.valueOf(v.get(POLLER_TICKS).toUpperCase(Locale.ROOT)),
            v.get(EXCLUDED_CLIENTS),
            v.get(MAX_CLOSED_PERCENT),
            v.get(MAX_CLOSED_FLOOR),
            v.get(POLLER_LEASE)),
        new Settings.Worker(
            v.get(APPS),
            v.get(IN_FLIGHT),
            v.get(HELD_PER_SHARD),
            v.get(HELD_MIB_PER_SHARD),
            v.get(HELD),
            v.get(HELD_MIB),
            v.get(CHECKPOINT_EVERY),
            v.get(RETRY_BASE),
            v.get(RETRY_MAX),
            v.get(WORKER_STOP),
            v.get(FAILOVER),
            v.get(STATUS_EVERY),
            v.get(LABELS_EVERY)),
        new Settings.Retry(
            v.get(RETRY_KEYS),
            v.get(RETRY_BACKOFF),
            v.get(RETRY_MAX_BACKOFF),
            v.get(RETRY_VISIBILITY),
            v.get(RETRY_SWEEP),
            v.get(RETRY_CAUSES),
            v.get(RETRY_ALERT)),
        new Settings.Cleanup(v.get(CLEANUP_EVERY), v.get(CLEANUP_OLDER_THAN)),
        new Settings.Reconcile(
            v.get(RECONCILE_EVERY),
            Optional.of(v.get(RECONCILE_NOT_BEFORE))
                .filter(text -> !text.isEmpty())
                .map(LocalTime::parse),
            v.get(RECONCILE_DAYS),
            Settings.Reconcile.Repair.valueOf(v.get(RECONCILE_REPAIR).toUpperCase(Locale.ROOT)),
            v.get(RECONCILE_SETTLE)),
        new Settings.Alarms(v.get(OUTAGE_AFTER), v.get(BEHIND_AFTER)),
        new Settings.Timesheet(
            v.find(ROUNDING),
            v.get(HOUR_DECIMALS),
            v.get(EXCLUDED_LABELS),
            v.find(UNLABELLED_TASK),
            Settings.Timesheet.DeletedByHand.valueOf(
                v.get(DELETED_BY_HAND).toUpperCase(Locale.ROOT)),
            v.get(RETRY_ATTEMPTS),
            v.get(RETRY_FOR),
            v.get(HISTORY_FOR)),
        new Settings.Ops(v.get(OPS_HOST), v.get(OPS_PORT), v.get(OPS_TOKEN)),
        new Settings.Health(v.find(HEALTH_FILE)),
        new Settings.Metrics(v.get(METRICS_HOST), v.find(METRICS_PORT)),
        new Settings.Log(Settings.Log.Format.valueOf(v.get(LOG_FORMAT).toUpperCase(Locale.ROOT))),
        new Settings.Tracing(v.find(OTLP_ENDPOINT)));
  }

  /** The stream behind the short name of an application. */
  static StreamName app(String name) {
    return switch (name) {
      case "timesheets" -> StreamName.TIMESHEET_EVENTS;
      case "backup" -> StreamName.TIMESHEET_BACKUP;
      case "jobs" -> StreamName.JOB_EVENTS;
      default -> throw new IllegalArgumentException("not an application: " + name);
    };
  }

  private static Map<String, Setting<java.net.URI>> endpoints() {
    Map<String, Setting<java.net.URI>> keys = new LinkedHashMap<>();
    for (String service : AWS_SERVICES) {
      keys.put(
          service,
          Setting.optional(
              "aws.endpoints." + service,
              "an http or https address",
              "Address of " + service + "; empty = as the SDK finds it.",
              Setting::readHttpUri));
    }
    return java.util.Collections.unmodifiableMap(keys);
  }

  private static int status(String text) {
    int status = Integer.parseInt(text);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("not an error status");
    }
    return status;
  }

  private static int port(String text) {
    int port = Integer.parseInt(text);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("not a port");
    }
    return port;
  }

  private static Duration rounding(String text) {
    Duration d = Setting.readDuration(text);
    if (d.compareTo(Duration.ofSeconds(1)) < 0 || d.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("out of range");
    }
    return d;
  }

  /** The setting with that key. */
  static Optional<Setting<?>> find(String key) {
    return Arrays.<Setting<?>>stream(all().toArray(Setting<?>[]::new))
        .filter(s -> s.key().equals(key))
        .findFirst();
  }
}
