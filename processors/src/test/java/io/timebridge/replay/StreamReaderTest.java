package io.timebridge.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.failure.StoreTrouble;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** A stream of one shard that keeps its records for a day, as Kinesis does: without a word. */
class StreamReaderTest {
  private static final Duration KEPT = Duration.ofHours(24);
  private static final Instant TEN = Instant.parse("2026-07-03T10:00:00Z");
  private static final String SHARD = "shardId-000000000000";

  private final AtomicReference<Instant> now = new AtomicReference<>(TEN);
  private final List<Instant> arrivals = new ArrayList<>();
  private final List<String> found = new ArrayList<>();
  private final List<Instant> heard = new ArrayList<>();
  private final List<Integer> asked = new ArrayList<>();
  private int perPage = 1;
  private int recordBytes = 1;
  private int failures;
  private Duration perRecord = Duration.ZERO;
  private Instant iteratorsFrom = Instant.MIN;
  private Instant recordsFrom = Instant.MIN;
  private Instant stopAt = Instant.MAX;

  private void read(Window window, Map<String, String> positions) throws Exception {
    new StreamReader(new OneShard(), "s", now::get, time -> pass(time))
        .read(
            window,
            Optional.empty(),
            positions,
            new StreamReader.Visitor() {
              @Override
              public void found(StreamReader.Found record, double done) {
                found.add(record.sequence().toString());
                pass(perRecord);
              }

              @Override
              public void still(double done) throws ReplayStopped {
                assertThat(done).isBetween(0.0, 1.0);
                heard.add(now.get());
                if (!now.get().isBefore(stopAt)) {
                  throw new ReplayStopped(ReplayStopped.Why.ASKED, "stopped");
                }
              }

              @Override
              public void ended(String shard, double done) {
                found.add(Candidate.Place.END);
              }
            });
  }

  private void pass(Duration time) {
    now.set(now.get().plus(time));
  }

  @Test
  void goes_on_at_a_position_that_the_stream_still_holds() throws Exception {
    arrivals.addAll(List.of(TEN.minusSeconds(7200), TEN.minusSeconds(3600)));
    read(
        new Window(TEN.minusSeconds(8000), TEN),
        Map.of(SHARD, new ShardPosition("0", arrivals.getFirst()).text()));
    assertThat(found).containsExactly("1", Candidate.Place.END);
  }

  @Test
  void stops_where_the_stream_has_lost_what_came_after_a_position() {
    arrivals.addAll(
        List.of(TEN.minus(KEPT).minusSeconds(20), TEN.minus(KEPT).minusSeconds(10), TEN));
    assertTrimmed(
        new Window(arrivals.getFirst().minusSeconds(5), TEN.plusSeconds(1)),
        Map.of(SHARD, new ShardPosition("0", arrivals.getFirst()).text()));
    assertThat(found).isEmpty();
  }

  @Test
  void a_position_of_an_earlier_release_counts_as_old_as_its_window() {
    arrivals.add(TEN);
    assertTrimmed(
        new Window(TEN.minus(KEPT).minusSeconds(5), TEN.plusSeconds(1)), Map.of(SHARD, "0"));
  }

  @Test
  void stops_when_it_is_overtaken_by_the_end_of_what_is_kept() {
    perRecord = Duration.ofMinutes(30);
    for (int minutes = 0; minutes < 60; minutes++) {
      arrivals.add(TEN.minus(KEPT).plus(Duration.ofMinutes(10 + minutes)));
    }
    assertTrimmed(new Window(TEN.minus(KEPT).plusSeconds(60), TEN), Map.of());
    assertThat(found).containsExactly("0");
  }

  @Test
  void a_long_silence_of_the_shard_is_no_loss() throws Exception {
    perRecord = Duration.ofMinutes(30);
    perPage = 2;
    arrivals.addAll(
        List.of(
            TEN.minus(KEPT).plus(Duration.ofMinutes(59)),
            TEN.minus(KEPT).plus(Duration.ofMinutes(61)),
            TEN.minusSeconds(60)));
    read(new Window(TEN.minus(KEPT).plusSeconds(60), TEN), Map.of());
    assertThat(found).containsExactly("0", "1", "2", Candidate.Place.END);
  }

  @Test
  void waits_for_others_as_long_as_they_take_and_says_every_second_that_it_is_still_there()
      throws Exception {
    arrivals.add(TEN.minusSeconds(60));
    iteratorsFrom = TEN.plusSeconds(100);
    recordsFrom = TEN.plusSeconds(300);
    read(new Window(TEN.minusSeconds(120), TEN), Map.of());
    assertThat(found).containsExactly("0", Candidate.Place.END);
    for (int second = 1; second <= 300; second++) {
      assertThat(heard).contains(TEN.plusSeconds(second));
    }
  }

  @Test
  void hears_a_stop_while_it_is_throttled() {
    arrivals.add(TEN.minusSeconds(60));
    recordsFrom = Instant.MAX;
    stopAt = TEN.plusSeconds(30);
    assertThatThrownBy(() -> read(new Window(TEN.minusSeconds(120), TEN), Map.of()))
        .isInstanceOfSatisfying(
            ReplayStopped.class,
            stopped -> assertThat(stopped.why()).isEqualTo(ReplayStopped.Why.ASKED));
    assertThat(now).hasValue(stopAt);
  }

  @ParameterizedTest
  @CsvSource({"100, 1000", "4096, 128", "9000, 58", "1000000, 1"})
  void asks_for_as_many_records_as_are_likely_to_be_half_a_megabyte(int bytes, int records)
      throws Exception {
    recordBytes = bytes;
    perPage = 10_000;
    for (int i = 0; i < 100; i++) {
      arrivals.add(TEN.minusSeconds(600 - i));
    }
    read(new Window(TEN.minusSeconds(900), TEN), Map.of());
    assertThat(asked.getFirst()).isEqualTo(25);
    assertThat(asked.subList(1, asked.size())).isNotEmpty().containsOnly(records);
  }

  @Test
  void a_call_that_failed_is_made_again_a_second_later_five_times_in_all() throws Exception {
    arrivals.add(TEN.minusSeconds(60));
    failures = 4;
    read(new Window(TEN.minusSeconds(120), TEN), Map.of());
    assertThat(found).containsExactly("0", Candidate.Place.END);
    assertThat(heard).contains(TEN.plusSeconds(4));
    failures = 5;
    assertThatThrownBy(() -> read(new Window(TEN.minusSeconds(120), TEN), Map.of()))
        .isInstanceOf(StoreTrouble.class);
  }

  private void throttle(Instant until) {
    if (now.get().isBefore(until)) {
      throw ProvisionedThroughputExceededException.builder()
          .message("slow down")
          .statusCode(400)
          .awsErrorDetails(
              AwsErrorDetails.builder().errorCode("ProvisionedThroughputExceededException").build())
          .build();
    }
  }

  private void assertTrimmed(Window window, Map<String, String> positions) {
    assertThatThrownBy(() -> read(window, positions))
        .isInstanceOfSatisfying(
            ReplayStopped.class,
            stopped -> assertThat(stopped.why()).isEqualTo(ReplayStopped.Why.TRIMMED))
        .hasMessageContaining("24 hours")
        .hasMessageContaining(SHARD);
  }

  /** An iterator is the number of the next record, where that is still kept. */
  private final class OneShard implements KinesisClient {
    @Override
    public DescribeStreamSummaryResponse describeStreamSummary(
        DescribeStreamSummaryRequest request) {
      return DescribeStreamSummaryResponse.builder()
          .streamDescriptionSummary(s -> s.retentionPeriodHours((int) KEPT.toHours()))
          .build();
    }

    @Override
    public ListShardsResponse listShards(ListShardsRequest request) {
      return ListShardsResponse.builder()
          .shards(
              Shard.builder()
                  .shardId(SHARD)
                  .hashKeyRange(h -> h.startingHashKey("0").endingHashKey("9"))
                  .build())
          .build();
    }

    @Override
    public GetShardIteratorResponse getShardIterator(GetShardIteratorRequest request) {
      throttle(iteratorsFrom);
      int next = 0;
      if (request.startingSequenceNumber() != null) {
        next = Integer.parseInt(request.startingSequenceNumber()) + 1;
      } else {
        while (next < arrivals.size() && arrivals.get(next).isBefore(request.timestamp())) {
          next++;
        }
      }
      return GetShardIteratorResponse.builder().shardIterator(Integer.toString(next)).build();
    }

    @Override
    public GetRecordsResponse getRecords(GetRecordsRequest request) {
      throttle(recordsFrom);
      if (failures > 0) {
        failures--;
        throw KinesisException.builder().message("internal").statusCode(500).build();
      }
      int next = Integer.parseInt(request.shardIterator());
      while (next < arrivals.size() && arrivals.get(next).isBefore(now.get().minus(KEPT))) {
        next++;
      }
      List<Record> page = new ArrayList<>();
      asked.add(request.limit());
      while (next < arrivals.size() && page.size() < Math.min(perPage, request.limit())) {
        page.add(
            Record.builder()
                .sequenceNumber(Integer.toString(next))
                .approximateArrivalTimestamp(arrivals.get(next))
                .partitionKey("1")
                .data(SdkBytes.fromByteArray(new byte[recordBytes]))
                .build());
        next++;
      }
      return GetRecordsResponse.builder()
          .records(page)
          .nextShardIterator(Integer.toString(next))
          .millisBehindLatest(
              next < arrivals.size()
                  ? Math.max(1, Duration.between(arrivals.get(next), now.get()).toMillis())
                  : 0)
          .build();
    }

    @Override
    public String serviceName() {
      return "kinesis";
    }

    @Override
    public void close() {}
  }
}
