package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.jobs.DynamoDbJobStates;
import io.timebridge.jobs.JobRow;
import io.timebridge.jobs.JobRow.Intent;
import io.timebridge.jobs.JobStates.Result;
import io.timebridge.jobs.Position;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The table that poller and workers share, against a real one. */
class JobDataOnDynamoDbTest {
  private static final Names NAMES = new Names("j-");
  private static final BigInteger SEQUENCE =
      new BigInteger("49590338271490256608559692538361571095921575989136588898");
  private static final Position AT = new Position(5, SEQUENCE);
  private static final Duration SPAN = Duration.ofSeconds(40);
  private static final JobEvent EVENT =
      new JobEvent.Job("renamed", 5, 7, "J", "Größe", 3, "C", "Acme", true);

  private static LocalAws aws;
  private static DynamoDbClient dynamo;
  private static DynamoDbJobStates states;

  @BeforeAll
  static void start() {
    aws = LocalAws.start();
    aws.createResources(NAMES, 1);
    dynamo = aws.clients().dynamoDb();
    states = new DynamoDbJobStates(dynamo, NAMES);
  }

  @AfterAll
  static void stop() {
    dynamo.close();
    aws.close();
  }

  @Test
  void a_call_leaves_its_intent_and_then_its_result() throws Exception {
    assertThat(states.read("job-1")).isEqualTo(JobRow.absent());

    assertThat(states.begin("job-1", JobRow.absent(), new Intent("a-1", SPAN), AT)).isTrue();
    JobRow open = states.read("job-1");
    assertThat(open)
        .isEqualTo(
            new JobRow(
                1, Position.NONE, Optional.empty(), 0, AT, Optional.of(new Intent("a-1", SPAN))));

    Result result = new Result(AT, Optional.of(EVENT), 42);
    assertThat(states.finish("job-1", "a-1", result)).isTrue();
    assertThat(states.read("job-1"))
        .isEqualTo(new JobRow(2, AT, Optional.of(EVENT), 42, AT, Optional.empty()));
  }

  @Test
  void an_intent_taken_over_leaves_its_first_holder_nothing_to_write() throws Exception {
    states.begin("job-2", JobRow.absent(), new Intent("a-1", SPAN), AT);
    JobRow open = states.read("job-2");
    Position older = new Position(5, BigInteger.TWO);

    assertThat(states.begin("job-2", JobRow.absent(), new Intent("b-1", SPAN), AT)).isFalse();
    assertThat(states.begin("job-2", open, new Intent("b-1", SPAN), older)).isTrue();
    assertThat(states.read("job-2").tried()).isEqualTo(AT);
    assertThat(states.finish("job-2", "a-1", new Result(AT, Optional.of(EVENT), 1))).isFalse();
    states.release("job-2", "a-1");
    assertThat(states.note("job-2", open, new Result(AT, Optional.of(EVENT), 1))).isFalse();
    assertThat(states.read("job-2").intent()).contains(new Intent("b-1", SPAN));

    states.release("job-2", "b-1");
    assertThat(states.read("job-2"))
        .isEqualTo(new JobRow(3, Position.NONE, Optional.empty(), 0, AT, Optional.empty()));
  }

  @Test
  void what_was_found_before_a_call_stays_known_when_the_call_is_given_back() throws Exception {
    JobRow found =
        new JobRow(0, Position.NONE, Optional.empty(), 42, Position.NONE, Optional.empty());
    assertThat(states.begin("job-9", found, new Intent("a-1", SPAN), AT)).isTrue();
    states.release("job-9", "a-1");
    assertThat(states.read("job-9"))
        .isEqualTo(new JobRow(2, Position.NONE, Optional.empty(), 42, AT, Optional.empty()));
  }

  @Test
  void a_write_whose_answer_was_lost_is_known_by_what_it_wrote() throws Exception {
    Intent intent = new Intent("a-1", SPAN);
    Result result = new Result(AT, Optional.of(EVENT), 42);

    assertThat(states.begin("job-3", JobRow.absent(), intent, AT)).isTrue();
    assertThat(states.begin("job-3", JobRow.absent(), intent, AT)).isTrue();
    JobRow open = states.read("job-3");
    assertThat(states.finish("job-3", "a-1", result)).isTrue();
    assertThat(states.finish("job-3", "a-1", result)).isTrue();
    assertThat(states.note("job-3", open, result)).isTrue();
    assertThat(states.note("job-3", open, new Result(AT, Optional.empty(), 42))).isFalse();
    assertThat(states.read("job-3").rev()).isEqualTo(2);
  }

  @Test
  void a_note_closes_the_intent_that_was_seen_and_forgets_a_state_that_was_not_applied()
      throws Exception {
    states.note("job-4", JobRow.absent(), new Result(AT, Optional.of(EVENT), 42));
    states.begin("job-4", states.read("job-4"), new Intent("a-1", SPAN), AT);

    assertThat(states.note("job-4", states.read("job-4"), new Result(AT, Optional.empty(), 42)))
        .isTrue();
    assertThat(states.read("job-4"))
        .isEqualTo(new JobRow(3, AT, Optional.empty(), 42, AT, Optional.empty()));
  }

  @Test
  void of_many_who_announce_at_once_one_is_first() throws Exception {
    int workers = 16;
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Boolean>> first = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < workers; i++) {
        Intent intent = new Intent("w" + i, SPAN);
        first.add(
            threads.submit(() -> {
              start.await();
              return states.begin("client-5", JobRow.absent(), intent, Position.NONE);
            }));
      }
      start.countDown();
      int done = 0;
      for (Future<Boolean> f : first) {
        done += f.get() ? 1 : 0;
      }
      assertThat(done).isEqualTo(1);
    }
    assertThat(states.read("client-5"))
        .extracting(JobRow::seen, JobRow::tried)
        .containsExactly(Position.NONE, Position.NONE);
  }

  @Test
  void a_thing_is_reserved_once_and_for_good() throws Exception {
    assertThat(states.claim("project-12", "job-7")).isTrue();
    assertThat(states.claim("project-12", "job-8")).isFalse();
    assertThat(states.claim("project-12", "job-7")).isTrue();
    assertThat(states.claim("client-12", "client-8")).isTrue();
  }

  @Test
  void a_row_written_before_there_were_intents_is_read_as_what_it_is() throws Exception {
    dynamo.putItem(r ->
        r.tableName(NAMES.table(TableName.JOB_DATA))
            .item(
                Map.of(
                    "id", AttributeValue.fromS("job-6"),
                    "applied_epoch", AttributeValue.fromN("5"),
                    "applied_sequence", AttributeValue.fromS("0000" + SEQUENCE),
                    "applied_state",
                        AttributeValue.fromS(new String(EVENT.encode(), StandardCharsets.UTF_8)),
                    "project_id", AttributeValue.fromN("42"))));

    JobRow old = states.read("job-6");
    assertThat(old).isEqualTo(new JobRow(0, AT, Optional.of(EVENT), 42, AT, Optional.empty()));
    assertThat(states.begin("job-6", old, new Intent("a-1", SPAN), AT)).isTrue();
    assertThat(states.read("job-6").rev()).isEqualTo(1);
  }

  @Test
  void poller_and_worker_share_a_row_and_disturb_each_other_nowhere() throws Exception {
    DynamoDbJobStore poller = new DynamoDbJobStore(dynamo, NAMES.table(TableName.JOB_DATA));
    Known.Client known = new Known.Client(8, "C", "Acme");
    JobEvent event = new JobEvent.Client("created", 1, 8, "C", "Acme");
    Position at = new Position(1, BigInteger.ONE);

    assertThat(poller.save(known, 1)).isTrue();
    assertThat(states.read("client-8")).isEqualTo(JobRow.absent());
    assertThat(states.begin("client-8", JobRow.absent(), new Intent("a-1", SPAN), at)).isTrue();
    Known.Client renamed = new Known.Client(8, "C", "Acme Ltd");
    assertThat(poller.save(renamed, 2)).isTrue();
    assertThat(states.finish("client-8", "a-1", new Result(at, Optional.of(event), 9))).isTrue();
    assertThat(states.claim("client-9", "client-8")).isTrue();

    assertThat(poller.load()).contains(published(renamed)).doesNotContain(published(known));
    assertThat(states.read("client-8"))
        .isEqualTo(new JobRow(2, at, Optional.of(event), 9, at, Optional.empty()));
  }

  private static JobStore.Row published(Known row) {
    return new JobStore.Row(Optional.of(row), Optional.empty());
  }

  @Test
  void what_is_announced_stays_until_it_or_something_newer_is_stored() {
    DynamoDbJobStore poller = new DynamoDbJobStore(dynamo, NAMES.table(TableName.JOB_DATA));
    Known.Job web = new Known.Job(81, "J", "Web", 8, "C", "Acme", true);
    Known.Job site = new Known.Job(81, "J", "Website", 8, "C", "Acme", false);

    assertThat(poller.announce(web, 4)).isTrue();
    assertThat(poller.load()).contains(new JobStore.Row(Optional.empty(), Optional.of(web)));
    assertThat(poller.save(web, 4)).isTrue();
    assertThat(poller.load()).contains(published(web));
    assertThat(poller.announce(site, 5)).isTrue();
    assertThat(poller.announce(web, 4)).as("an older epoch").isFalse();
    assertThat(poller.save(web, 4)).as("an older epoch").isFalse();
    assertThat(poller.load()).contains(new JobStore.Row(Optional.of(web), Optional.of(site)));
    assertThat(poller.save(site, 5)).isTrue();
    assertThat(poller.load()).contains(published(site));
  }
}
