package io.timebridge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.stream.Names;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The permissions are the calls that running processes were seen to make ({@code aws-calls.txt},
 * written by {@code AwsCallsTest} of {@code infra/local}), and a few that a short run does not come
 * to.
 */
class RolesTest {
  private static final Names NAMES = new Names("");

  /** Needed, but seldom; with where it is needed. */
  private static final Map<String, String> SELDOM =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  "worker dynamodb:Scan table/Coordination", "StatusReport: every 10 minutes"),
              Map.entry(
                  "worker dynamodb:Scan table/Timesheet_Entries",
                  "CleanupSchedule: minutes after the start, and then every cleanup.every"),
              Map.entry(
                  "worker dynamodb:DeleteItem table/Timesheet_Entries",
                  "CleanupSchedule: the same"),
              Map.entry(
                  "worker dynamodb:PutItem table/Timesheet_Entries", "CleanupSchedule: the same"),
              Map.entry(
                  "operator ssm:PutParameter parameters/timebridge/live/first-service/webhook-secrets",
                  "WebhookSecrets: bootstrap, where no secret is set"),
              Map.entry(
                  "worker kinesis:PutRecord stream/timesheet-events",
                  "KinesisVerifyRequests: a verify event, when an intent was taken over"),
              Map.entry(
                  "worker dynamodb:UpdateItem table/Parked_Events",
                  "DynamoDbParkedEvents: a job or a backup that cannot be applied"),
              Map.entry(
                  "operator kinesis:PutRecord stream/timesheet-events",
                  "Redrive: a record that was kept out"),
              Map.entry("operator kinesis:PutRecord stream/timesheet-backup", "Redrive: the same"),
              Map.entry("operator kinesis:PutRecord stream/job-events", "Redrive: the same"),
              Map.entry(
                  "operator kinesis:PutRecords stream/job-events",
                  "Replay: an event of a job that was lost"),
              Map.entry("operator dynamodb:Scan table/Job_Data", "JobRows: the ops page"),
              Map.entry(
                  "operator kinesis:IncreaseStreamRetentionPeriod stream/timesheet-events",
                  "OPERATIONS, retention-STREAM"),
              Map.entry(
                  "operator kinesis:IncreaseStreamRetentionPeriod stream/timesheet-backup",
                  "OPERATIONS: the same"),
              Map.entry(
                  "operator kinesis:IncreaseStreamRetentionPeriod stream/job-events",
                  "OPERATIONS: the same"),
              Map.entry("operator cloudformation:DescribeStacks stack/work", "DEPLOY: the names"),
              Map.entry("operator ecs:DescribeServices service/poller", "OPERATIONS: do tasks run"),
              Map.entry("operator ecs:DescribeServices service/worker", "OPERATIONS: the same"),
              Map.entry("operator ecs:UpdateService service/poller", "OPERATIONS: a restart"),
              Map.entry("operator ecs:UpdateService service/worker", "OPERATIONS: the same"),
              Map.entry("operator logs:FilterLogEvents log-group/poller", "OPERATIONS: the log"),
              Map.entry("operator logs:FilterLogEvents log-group/worker", "OPERATIONS: the same"),
              Map.entry(
                  "operator sqs:PurgeQueue queue/timebridge-retry-dlq.fifo",
                  "OPERATIONS: the alarm on dead letters"),
              Map.entry(
                  "operator sqs:PurgeQueue queue/timebridge-ticks-dlq", "OPERATIONS: the same"),
              Map.entry(
                  "operator ssm:PutParameter parameters/timebridge/live/second-service/password",
                  "OPERATIONS: a password that was changed"),
              Map.entry("operator dynamodb:GetItem table/timebridge-jobs", "Replay: the same")));

  private static Set<String> recorded() {
    try (InputStream in =
            Objects.requireNonNull(RolesTest.class.getResourceAsStream("aws-calls.txt"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines.lines().collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Set<String> permitted() {
    Set<String> permitted = new TreeSet<>();
    for (Permissions.Who who : Permissions.Who.values()) {
      for (Permissions.Grant grant : Permissions.of(who, Deployment.PARAMETERS)) {
        for (String action : grant.actions()) {
          for (Permissions.Thing thing : grant.things()) {
            permitted.add(
                who.name().toLowerCase(Locale.ROOT)
                    + " "
                    + grant.service()
                    + ":"
                    + action
                    + " "
                    + thing.path(NAMES));
          }
        }
      }
    }
    return permitted;
  }

  private static Set<String> without(Set<String> all, Set<String> some) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(some);
    return rest;
  }

  @Test
  void every_call_that_was_seen_is_permitted() {
    assertThat(without(recorded(), permitted())).as("seen, not permitted").isEmpty();
  }

  @Test
  void nothing_is_permitted_that_was_not_seen_except_what_is_listed() {
    assertThat(without(without(permitted(), recorded()), SELDOM.keySet()))
        .as("permitted, never seen")
        .isEmpty();
  }

  @Test
  void nothing_is_listed_that_was_seen_or_is_not_permitted() {
    assertThat(SELDOM.keySet())
        .allSatisfy(call -> {
          assertThat(permitted()).contains(call);
          assertThat(recorded()).doesNotContain(call);
        });
  }

  @Test
  void every_process_was_seen() {
    for (Permissions.Who who : Permissions.Who.values()) {
      assertThat(recorded())
          .anySatisfy(call -> assertThat(call).startsWith(who.name().toLowerCase(Locale.ROOT)));
    }
  }
}
