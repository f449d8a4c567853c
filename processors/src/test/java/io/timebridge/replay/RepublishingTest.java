package io.timebridge.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.publish.Publisher;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import io.timebridge.timesheet.VerifyEvent;
import io.timebridge.timesheet.Whereabouts;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** What a run waits for, holds and hears; its workers are a checkpoint that moves in its pauses. */
class RepublishingTest {
  private static final Instant TEN = Instant.parse("2026-07-03T10:00:00Z");
  private static final String SHARD = "shardId-000000000000";

  private final AtomicLong nanos = new AtomicLong();
  private final Tables tables = new Tables();
  private boolean stop;
  private long workersStep;

  private Republishing run(Map<String, ReplayRow.Sent> sent) {
    Names names = new Names("p-");
    Replay.Parts parts =
        new Replay.Parts(
            tables,
            new NoKinesis(),
            new Numbering(),
            names,
            envelope -> Optional.empty(),
            () -> new Whereabouts(List.of()),
            () -> TEN,
            nanos::get,
            this::pass);
    ReplayRow row =
        new ReplayRow(
            new Window(TEN.minusSeconds(60), TEN),
            Map.of(SHARD, Candidate.Place.END),
            sent,
            Map.of(Verdict.TO_APPLY, 1L),
            Map.of(),
            TEN,
            Optional.empty());
    return new Republishing(
        parts,
        StreamName.TIMESHEET_EVENTS,
        row,
        new ReplayStore(tables, names, "abc", () -> TEN),
        new Replay.Pacing(10, 10, false, true, () -> stop),
        progress -> {});
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    if (tables.checkpoint != null) {
      tables.checkpoint = tables.checkpoint.add(BigInteger.valueOf(workersStep));
    }
  }

  private static ReplayRow.Sent sent(long sequence, boolean leased) {
    return new ReplayRow.Sent(BigInteger.valueOf(sequence), leased);
  }

  @Test
  void a_run_that_goes_on_waits_for_what_the_one_before_has_published() throws Exception {
    tables.checkpoint = BigInteger.valueOf(50);
    workersStep = 10;
    Report report = run(Map.of(SHARD, sent(100, true))).end();
    assertThat(tables.checkpoint).isEqualTo(BigInteger.valueOf(100));
    assertThat(report.underWay()).isZero();
  }

  @Test
  void a_shard_that_had_a_lease_and_has_none_is_finished() throws Exception {
    assertThat(run(Map.of(SHARD, sent(100, true))).end().underWay()).isZero();
    assertThat(nanos).hasValue(0);
  }

  @Test
  void what_is_published_is_written_with_the_position() throws Exception {
    tables.checkpoint = BigInteger.valueOf(50);
    workersStep = 1000;
    Republishing run = run(Map.of());
    Envelope envelope = VerifyEvent.of(EntryId.parse("7").orElseThrow(), Set.of(), true, TEN);
    run.take(
        new Candidate.Event(new Candidate.Place("entries", "7"), envelope),
        Verdict.CHECK_LIVE,
        0.5);
    run.end();
    assertThat(tables.lastWrite().get(":sent"))
        .isEqualTo(
            AttributeValue.fromM(
                Map.of(
                    SHARD,
                    AttributeValue.fromM(
                        Map.of(
                            "sequence",
                            AttributeValue.fromS("101"),
                            "leased",
                            AttributeValue.fromBool(true))))));
  }

  @Test
  void reading_on_without_a_find_renews_the_hold_and_hears_a_stop() throws Exception {
    Republishing run = run(Map.of());
    for (int second = 1; second <= 3; second++) {
      pass(Duration.ofSeconds(1));
      run.still(0);
      assertThat(tables.writes).hasSize(second);
    }
    assertThat(tables.lastWrite()).containsKey(":until");
    stop = true;
    assertThatThrownBy(() -> run.still(0))
        .isInstanceOfSatisfying(
            ReplayStopped.class,
            stopped -> assertThat(stopped.why()).isEqualTo(ReplayStopped.Why.ASKED));
  }

  @Test
  void what_was_no_longer_there_is_written_with_the_position_and_reported() throws Exception {
    Republishing run = run(Map.of());
    run.lose(SHARD, new Window(TEN.minusSeconds(60), TEN.minusSeconds(50)), 0.1);
    run.lose(SHARD, new Window(TEN.minusSeconds(40), TEN.minusSeconds(30)), 0.2);
    Report report = run.end();
    assertThat(report.lost())
        .isEqualTo(Map.of(SHARD, new Window(TEN.minusSeconds(60), TEN.minusSeconds(30))));
    assertThat(tables.lastWrite().get(":lost"))
        .isEqualTo(
            AttributeValue.fromM(
                Map.of(SHARD, AttributeValue.fromS("2026-07-03T09:59:00Z/2026-07-03T09:59:30Z"))));
  }

  /** A lease with a checkpoint, and the writes of the replay's row. */
  private static final class Tables implements DynamoDbClient {
    private final List<Map<String, AttributeValue>> writes = new ArrayList<>();
    private @Nullable BigInteger checkpoint;

    private Map<String, AttributeValue> lastWrite() {
      return writes.getLast();
    }

    @Override
    public GetItemResponse getItem(GetItemRequest request) {
      return GetItemResponse.builder()
          .item(
              checkpoint == null
                  ? Map.of()
                  : Map.of("checkpoint", AttributeValue.fromS(checkpoint.toString())))
          .build();
    }

    @Override
    public UpdateItemResponse updateItem(UpdateItemRequest request) {
      writes.add(request.expressionAttributeValues());
      return UpdateItemResponse.builder().build();
    }

    @Override
    public String serviceName() {
      return "dynamodb";
    }

    @Override
    public void close() {}
  }

  private static final class NoKinesis implements KinesisClient {
    @Override
    public String serviceName() {
      return "kinesis";
    }

    @Override
    public void close() {}
  }

  /** Everything is acknowledged, from 101 on. */
  private static final class Numbering implements Publisher {
    private long last = 100;

    @Override
    public CompletableFuture<Outcome> submit(
        StreamName stream, Envelope envelope, Duration within) {
      return CompletableFuture.completedFuture(
          new Outcome.Acknowledged(SHARD, Long.toString(++last)));
    }

    @Override
    public boolean reachable() {
      return true;
    }

    @Override
    public void close() {}
  }
}
