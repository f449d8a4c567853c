package io.timebridge.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.timebridge.publish.Publisher.Outcome;
import io.timebridge.publish.Publisher.Reason;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KinesisPublisherTest {
  private static final StreamName STREAM = StreamName.TIMESHEET_EVENTS;
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Limits QUICK =
      new Limits(
          500,
          5 * 1024 * 1024,
          1024 * 1024,
          3,
          1000,
          64 * 1024 * 1024,
          Duration.ofMillis(4),
          Duration.ofMillis(2),
          Duration.ofMillis(10),
          Duration.ofSeconds(10));

  private final ScriptedKinesis kinesis = new ScriptedKinesis();
  private final List<KinesisPublisher> opened = new ArrayList<>();

  private KinesisPublisher open(Limits limits) {
    KinesisPublisher publisher =
        new KinesisPublisher(
            kinesis,
            new Names("t-"),
            Set.of(STREAM),
            limits,
            System::nanoTime,
            new Random(1),
            PublishListener.NONE);
    opened.add(publisher);
    return publisher;
  }

  @AfterEach
  void close() {
    opened.forEach(KinesisPublisher::close);
  }

  private static Envelope envelope(String id, String key, int bodyBytes) {
    return new Envelope(
        id,
        Envelope.Source.FIRST_SERVICE,
        Route.TIMESHEET_UPDATE,
        key,
        Instant.EPOCH,
        Map.of(),
        new byte[bodyBytes],
        null);
  }

  private static String id(KinesisCall.Entry entry) {
    return ((EnvelopeCodec.Decoded.Read) EnvelopeCodec.decode(entry.data())).envelope().id();
  }

  @Test
  void acknowledges_with_the_place_that_kinesis_named() throws InterruptedException {
    Outcome outcome = open(QUICK).publish(STREAM, envelope("e1", "7", 10), LONG);

    assertThat(outcome).isEqualTo(new Outcome.Acknowledged("shard-0", "0"));
    assertThat(kinesis.log()).hasSize(1);
    assertThat(kinesis.log().getFirst().key()).isEqualTo("7");
    assertThat(id(kinesis.log().getFirst())).isEqualTo("e1");
  }

  @Test
  void gathers_what_arrives_while_a_call_is_under_way() throws InterruptedException {
    CountDownLatch under = new CountDownLatch(3);
    CountDownLatch go = new CountDownLatch(1);
    ScriptedKinesis.Step blocked =
        (k, entries) -> {
          under.countDown();
          go.await();
          return k.store(entries);
        };
    kinesis.steps.addAll(List.of(blocked, blocked, blocked));
    KinesisPublisher publisher = open(QUICK);
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; under.getCount() > 0; i++) { // until every sender is in a call
      long left = under.getCount();
      outcomes.add(publisher.submit(STREAM, envelope("a" + i, "a" + i, 1), LONG));
      await().until(() -> under.getCount() < left);
    }
    for (int i = 0; i < 600; i++) {
      outcomes.add(publisher.submit(STREAM, envelope("b" + i, "b" + i, 1), LONG));
    }
    go.countDown();

    CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new)).join();
    assertThat(kinesis.batchSizes()).contains(500).allMatch(n -> n <= 500);
    assertThat(kinesis.log()).hasSize(outcomes.size());
  }

  @Test
  void repeats_only_what_was_refused() throws InterruptedException {
    kinesis.steps.add((k, entries) ->
        entries.stream()
            .map(e ->
                e.key().equals("bad")
                    ? new KinesisCall.Answer.Refused("InternalFailure")
                    : k.storeOne(e))
            .toList());
    KinesisPublisher publisher = open(QUICK);

    assertThat(publisher.publish(STREAM, envelope("1", "bad", 1), LONG))
        .isInstanceOf(Outcome.Acknowledged.class);
    assertThat(publisher.publish(STREAM, envelope("2", "good", 1), LONG))
        .isInstanceOf(Outcome.Acknowledged.class);
    assertThat(kinesis.log()).hasSize(2);
  }

  @Test
  void sends_again_when_the_answer_was_lost_so_that_a_record_may_be_there_twice()
      throws InterruptedException {
    kinesis.steps.add(ScriptedKinesis.LOSE_ANSWER);

    assertThat(open(QUICK).publish(STREAM, envelope("1", "k", 1), LONG))
        .isInstanceOf(Outcome.Acknowledged.class);
    assertThat(kinesis.log()).extracting(KinesisPublisherTest::id).containsExactly("1", "1");
  }

  @Test
  void fails_with_the_reason_when_kinesis_fails_until_the_time_is_up() throws InterruptedException {
    kinesis.otherwise = ScriptedKinesis.THROTTLE_ALL;

    Outcome outcome =
        open(QUICK).submit(STREAM, envelope("1", "k", 1), Duration.ofMillis(60)).join();

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    Outcome.Failed failed = (Outcome.Failed) outcome;
    assertThat(failed.reason()).isEqualTo(Reason.KINESIS);
    assertThat(failed.detail()).contains("ProvisionedThroughputExceeded");
    assertThat(kinesis.log()).isEmpty();
  }

  @Test
  void fails_when_no_answer_comes_in_time() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    kinesis.steps.add((k, entries) -> {
      go.await();
      return k.store(entries);
    });

    Outcome outcome = open(QUICK).publish(STREAM, envelope("1", "k", 1), Duration.ofMillis(50));
    go.countDown();

    assertThat(((Outcome.Failed) outcome).reason()).isEqualTo(Reason.TIMED_OUT);
  }

  @Test
  void refuses_at_once_when_too_much_waits() {
    CountDownLatch go = new CountDownLatch(1);
    kinesis.otherwise =
        (k, entries) -> {
          go.await();
          return k.store(entries);
        };
    KinesisPublisher publisher = open(QUICK);
    List<CompletableFuture<Outcome>> accepted = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      accepted.add(publisher.submit(STREAM, envelope("e" + i, "k" + i, 1), LONG));
    }

    Outcome refused = publisher.submit(STREAM, envelope("more", "k", 1), LONG).getNow(null);

    assertThat(refused).isInstanceOf(Outcome.Failed.class);
    assertThat(((Outcome.Failed) refused).reason()).isEqualTo(Reason.FULL);
    go.countDown();
    CompletableFuture.allOf(accepted.toArray(CompletableFuture[]::new)).join();
    assertThat(kinesis.log()).hasSize(1000);
  }

  @Test
  void refuses_a_record_that_kinesis_cannot_take() throws InterruptedException {
    Outcome outcome = open(QUICK).publish(STREAM, envelope("1", "k", 1024 * 1024), LONG);

    assertThat(((Outcome.Failed) outcome).reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(kinesis.batchSizes()).isEmpty();
  }

  @Test
  void refuses_a_stream_that_it_was_not_opened_for() {
    KinesisPublisher publisher = open(QUICK);

    assertThatThrownBy(() -> publisher.submit(StreamName.JOB_EVENTS, envelope("1", "k", 1), LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("JOB_EVENTS");
  }

  @Test
  void sends_on_close_what_was_accepted_and_refuses_the_rest() {
    kinesis.steps.addAll(List.of(ScriptedKinesis.FAIL, ScriptedKinesis.THROTTLE_ALL));
    KinesisPublisher publisher = open(QUICK);
    List<CompletableFuture<Outcome>> accepted = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      accepted.add(publisher.submit(STREAM, envelope("e" + i, "k" + i % 300, 1), LONG));
    }

    publisher.close();

    assertThat(accepted)
        .allSatisfy(f -> assertThat(f.getNow(null)).isInstanceOf(Outcome.Acknowledged.class));
    assertThat(kinesis.closed).isTrue();
    Outcome late = publisher.submit(STREAM, envelope("late", "k", 1), LONG).getNow(null);
    assertThat(late).isEqualTo(new Outcome.Failed(Reason.CLOSED, "stopping"));
  }

  @Test
  void tells_every_caller_when_a_close_runs_out_of_time() {
    CountDownLatch never = new CountDownLatch(1);
    kinesis.otherwise =
        (k, entries) -> {
          never.await();
          return List.of();
        };
    Limits impatient =
        new Limits(
            500,
            5_000_000,
            1_000_000,
            2,
            1000,
            1_000_000,
            Duration.ofMillis(4),
            Duration.ofMillis(2),
            Duration.ofMillis(10),
            Duration.ofMillis(50));
    KinesisPublisher publisher = open(impatient);
    CompletableFuture<Outcome> inFlight = publisher.submit(STREAM, envelope("1", "k", 1), LONG);
    CompletableFuture<Outcome> behind = publisher.submit(STREAM, envelope("2", "k", 1), LONG);

    publisher.close();

    for (CompletableFuture<Outcome> told : List.of(inFlight, behind)) {
      assertThat(((Outcome.Failed) told.join()).reason()).isEqualTo(Reason.CLOSED);
    }
  }

  @Test
  void is_reachable_after_a_success_and_else_asks_at_most_once_in_a_while()
      throws InterruptedException {
    kinesis.probeFails.set(true);
    KinesisPublisher publisher = open(QUICK);
    assertThat(publisher.reachable()).isFalse();
    assertThat(publisher.reachable()).isFalse();
    assertThat(kinesis.probes).hasValue(1);

    publisher.publish(STREAM, envelope("1", "k", 1), LONG);

    assertThat(publisher.reachable()).isTrue();
    assertThat(kinesis.probes).hasValue(1);
  }

  static LongStream seeds() {
    return LongStream.range(0, 25);
  }

  /** Several callers, few keys, and a Kinesis that refuses, fails and loses answers. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void loses_nothing_and_keeps_every_key_in_order(long seed) throws InterruptedException {
    Random chaos = new Random(seed);
    kinesis.otherwise =
        (k, entries) -> {
          boolean lost;
          List<Boolean> refused = new ArrayList<>();
          synchronized (chaos) {
            if (chaos.nextInt(8) == 0) {
              throw new IllegalStateException("503");
            }
            lost = chaos.nextInt(8) == 0;
            entries.forEach(e -> refused.add(chaos.nextInt(5) == 0));
          }
          List<KinesisCall.Answer> answers = new ArrayList<>();
          for (int i = 0; i < entries.size(); i++) {
            answers.add(
                refused.get(i)
                    ? new KinesisCall.Answer.Refused("throttled")
                    : k.storeOne(entries.get(i)));
          }
          if (lost) {
            throw new IllegalStateException("connection reset");
          }
          return answers;
        };
    KinesisPublisher publisher = open(QUICK);
    Map<String, CompletableFuture<Outcome>> outcomes = new HashMap<>();
    List<Thread> callers = new ArrayList<>();
    for (int caller = 0; caller < 4; caller++) {
      int mine = caller;
      callers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 60; i++) {
                  String key = "k" + mine + "-" + i % 3;
                  String id = "%s-%03d".formatted(key, i);
                  CompletableFuture<Outcome> outcome =
                      publisher.submit(STREAM, envelope(id, key, 1), LONG);
                  synchronized (outcomes) {
                    outcomes.put(id, outcome);
                  }
                }
              }));
    }
    for (Thread caller : callers) {
      caller.join();
    }

    outcomes.values().forEach(o -> assertThat(o.join()).isInstanceOf(Outcome.Acknowledged.class));
    List<String> log = kinesis.log().stream().map(KinesisPublisherTest::id).toList();
    outcomes.forEach((id, o) ->
        assertThat(log.get(Integer.parseInt(((Outcome.Acknowledged) o.join()).sequenceNumber())))
            .as("the acknowledged place holds the record, seed %d", seed)
            .isEqualTo(id));
    Map<String, String> newest = new HashMap<>();
    for (KinesisCall.Entry entry : kinesis.log()) {
      String id = id(entry);
      assertThat(id)
          .as("a record or its repetition, never an earlier one; seed %d", seed)
          .isGreaterThanOrEqualTo(newest.getOrDefault(entry.key(), ""));
      newest.put(entry.key(), id);
    }
    assertThat(new HashSet<>(log)).hasSize(240);
  }
}
