package io.timebridge.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.admission.Quarantine;
import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.SnsAlerts;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Rejection.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What people are told of what waits, through the local SNS. */
class ParkedWatchTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private DeadLetterRig rig;
  private SnsClient sns;
  private ParkedWatch watch;

  @BeforeEach
  void start() {
    rig = new DeadLetterRig("w-");
    sns = rig.aws.clients().sns();
    watch = watch();
  }

  @AfterEach
  void stop() {
    sns.close();
    rig.close();
  }

  private ParkedWatch watch() {
    Alerts alerts = new SnsAlerts(sns, rig.dynamoDb, rig.names, rig.clock);
    return new ParkedWatch(rig.deadLetters, alerts, Duration.ofMinutes(1));
  }

  private List<JsonNode> sent() throws Exception {
    URI at = rig.aws.endpoints().get("sns").resolve("/__admin/messages?after=0");
    try (HttpClient http = HttpClient.newHttpClient()) {
      String body = http.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString()).body();
      return JSON.readTree(body)
          .path("messages")
          .valueStream()
          .map(message -> JSON.readTree(message.path("message").asString()))
          .toList();
    }
  }

  private List<String> titles() throws Exception {
    return sent().stream().map(m -> m.path("content").path("title").asString()).toList();
  }

  private List<String> threads() throws Exception {
    return sent().stream().map(m -> m.path("metadata").path("threadId").asString()).toList();
  }

  private void clear(long id) throws Exception {
    WaitingKey key = rig.deadLetters.find(Long.toString(id)).orElseThrow();
    new Discard(rig.dynamoDb, rig.sqs, rig.names, rig.clock).discard(key, "me", "because");
  }

  @Test
  void says_nothing_when_nothing_waits() throws Exception {
    for (int i = 0; i < 4; i++) {
      watch.look();
    }
    assertThat(sent()).isEmpty();
  }

  @Test
  void a_thousand_failures_of_one_cause_make_one_message_and_one_of_the_dead() throws Exception {
    parkUnmapped(1_000, 1_051);
    watch.look();
    for (int from = 1_051; from < 2_000; from += 100) {
      parkUnmapped(from, Math.min(from + 100, 2_000));
      watch.look();
    }
    for (int i = 0; i < 40; i++) {
      rig.bury(1_000 + i);
    }
    rig.pass(Duration.ofMinutes(1));
    watch.look();
    watch().look();
    assertThat(titles())
        .containsExactly(
            "Entries wait: no task is mapped for their label (51)",
            "Entries are dead: nothing tries them again by itself (40)");
    rig.pass(Duration.ofDays(1));
    watch.look();
    assertThat(titles().getLast()).as("told again after a day").contains("(40)");
    assertThat(titles().get(2)).contains("for their label (1000)");
    assertThat(sent().get(2).path("content").path("description").asString())
        .contains("1000: no task is mapped for label Design (for one: 1")
        .contains("40 of them are dead");
    assertThat(sent().toString()).doesNotContain("secret note");
  }

  /** Many at a time: the embedded DynamoDB takes its time. */
  private void parkUnmapped(int from, int to) throws Exception {
    List<Future<EntryRow>> parked = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (int id = from; id < to; id++) {
        int each = id;
        parked.add(
            threads.submit(() ->
                rig.park(each, Reason.UNMAPPED_LABEL, "no task is mapped for label Design", 1)));
      }
    }
    for (Future<EntryRow> each : parked) {
      each.get();
    }
  }

  @Test
  void is_over_when_none_of_a_reason_waits_and_told_anew_when_it_comes_back() throws Exception {
    rig.park(31, Reason.LOCKED_PERIOD, "2026-06 is locked", 1);
    rig.park(32, Reason.CLOSED_JOB, "job 1 is closed", 1);
    watch.look();
    clear(31);
    watch.look();
    assertThat(sent()).as("one look proves no end").hasSize(2);
    watch.look();
    watch.look();
    assertThat(titles().getLast()).isEqualTo("Over: Entries wait: their period is locked");
    assertThat(sent()).hasSize(3);
    rig.park(33, Reason.LOCKED_PERIOD, "2026-06 is locked", 1);
    watch.look();
    watch.look();
    assertThat(threads())
        .filteredOn(t -> t.startsWith("parked-locked-period"))
        .containsExactly(
            "parked-locked-period-1", "parked-locked-period-1", "parked-locked-period-2");
    assertThat(sent()).hasSize(4);
  }

  @Test
  void every_kind_is_told_once_by_many_that_look_at_the_same_time() throws Exception {
    rig.park(31, Reason.UNKNOWN_USER, "user 4 has no external id", 1);
    rig.quarantine(3, Quarantine.Reason.REFUSED);
    rig.parked.park(DeadLetterRig.jobRecord(9, 1, 4, "n"), "refused", "the name is in use");
    rig.parked.park(
        DeadLetterRig.record(io.timebridge.stream.Route.TIMESHEET_BACKUP, "5", 1, "{}"),
        "malformed",
        "payload is missing");
    for (int round = 0; round < 2; round++) {
      List<Future<Void>> looks = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 8; i++) {
          looks.add(
              threads.submit(() -> {
                watch().look();
                return null;
              }));
        }
      }
      for (Future<Void> look : looks) {
        look.get();
      }
    }
    assertThat(threads())
        .containsExactlyInAnyOrder(
            "parked-unknown-user-1", "parked-quarantine-1", "parked-jobs-1", "parked-backups-1");
  }

  @Test
  void a_key_that_went_on_by_itself_needs_nobody() throws Exception {
    EntryRow row = rig.park(31, Reason.UNKNOWN_USER, "d", 1);
    watch.look();
    EntryId id = new EntryId(31);
    DeadLetterRig.row(
        rig.entries.drained(
            id, row, java.util.Optional.empty(), java.util.Optional.empty(), List.of(row.seq())));
    watch.look();
    watch.look();
    assertThat(titles()).hasSize(2).last().asString().startsWith("Over: ");
  }
}
