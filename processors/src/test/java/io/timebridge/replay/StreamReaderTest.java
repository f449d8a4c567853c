package io.timebridge.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.failure.StoreTrouble;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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

/** A stream that keeps its records for a day, as Kinesis does: without a word. */
class StreamReaderTest {
  private static final Duration KEPT = Duration.ofHours(24);
  private static final Instant TEN = Instant.parse("2026-07-03T10:00:00Z");
  private static final String SHARD = "shardId-000000000000";
  private static final String OTHER = "shardId-000000000001";

  private final AtomicReference<Instant> now = new AtomicReference<>(TEN);
  private final List<Instant> arrivals = new ArrayList<>();
  private final List<Instant> arrivalsOfOther = new ArrayList<>();
  private final List<Shard> shards = new ArrayList<>(List.of(shard(SHARD).build()));
  private final Map<String, String> ends = new HashMap<>();
  private final Map<String, Window> lost = new HashMap<>();
  private final List<String> found = new ArrayList<>();
  private final List<Integer> unbroken = new ArrayList<>();
  private final List<Instant> heard = new ArrayList<>();
  private final List<Integer> asked = new ArrayList<>();
  private int perPage = 1;
  private int recordBytes = 1;
  private int failures;
  private Duration perRecord = Duration.ZERO;
  private Instant iteratorsFrom = Instant.MIN;
  private Instant recordsFrom = Instant.MIN;
  private Instant stopAt = Instant.MAX;

  private static Shard.Builder shard(String id) {
    return Shard.builder()
        .shardId(id)
        .hashKeyRange(h -> h.startingHashKey("0").endingHashKey("9"))
        .sequenceNumberRange(range -> range.startingSequenceNumber("0"));
  }

  /** The first shard is closed, and the other one goes on from it. */
  private void split() {
    shards.set(
        0,
        shards.getFirst().toBuilder()
            .sequenceNumberRange(r -> r.startingSequenceNumber("0").endingSequenceNumber("9"))
            .build());
    shards.add(shard(OTHER).parentShardId(SHARD).build());
  }

  private void read(Window window, Map<String, String> positions) throws Exception {
    read(window, now.get(), positions);
  }

  private void read(Window window, Instant began, Map<String, String> positions) throws Exception {
    new StreamReader(new Kinesis(), "s", now::get, time -> pass(time))
        .read(
            window,
            began,
            Optional.empty(),
            positions,
            new StreamReader.Visitor() {
              @Override
              public void found(StreamReader.Found record, double done) {
                found.add(record.sequence().toString());
                unbroken.add(record.unbrokenFrom().intValue());
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
              public void lost(String shard, Window stretch, double done) {
                lost.merge(shard, stretch, Window::with);
              }

              @Override
              public void ended(Candidate.Place place, double done) {
                found.add(Candidate.Place.END);
                ends.put(place.part(), place.at());
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
  void says_what_the_stream_has_lost_behind_a_position_and_goes_on() throws Exception {
    arrivals.addAll(
        List.of(TEN.minus(KEPT).minusSeconds(20), TEN.minus(KEPT).minusSeconds(10), TEN));
    Window window = new Window(arrivals.getFirst().minusSeconds(5), TEN.plusSeconds(1));
    read(
        window,
        TEN.minusSeconds(60),
        Map.of(SHARD, new ShardPosition("0", arrivals.getFirst()).text()));
    assertThat(found).containsExactly("2", Candidate.Place.END);
    assertThat(lost).isEqualTo(Map.of(SHARD, new Window(arrivals.getFirst(), TEN.minus(KEPT))));
  }

  @Test
  void a_position_of_an_earlier_release_counts_as_old_as_its_window() throws Exception {
    arrivals.addAll(List.of(TEN.minusSeconds(1), TEN));
    Window window = new Window(TEN.minus(KEPT).minusSeconds(5), TEN.plusSeconds(1));
    read(window, TEN.minusSeconds(60), Map.of(SHARD, "0"));
    assertThat(found).containsExactly("1", Candidate.Place.END);
    assertThat(lost).isEqualTo(Map.of(SHARD, new Window(window.from(), TEN.minus(KEPT))));
  }

  @Test
  void says_so_when_it_is_overtaken_by_the_end_of_what_is_kept() throws Exception {
    perRecord = Duration.ofMinutes(30);
    for (int minutes = 0; minutes < 60; minutes++) {
      arrivals.add(TEN.minus(KEPT).plus(Duration.ofMinutes(10 + minutes)));
    }
    read(new Window(TEN.minus(KEPT).plusSeconds(60), TEN), Map.of());
    assertThat(found).startsWith("0").contains("21").doesNotContain("1", "20");
    assertThat(lost.get(SHARD).from()).isEqualTo(arrivals.get(1));
  }

  @Test
  void a_window_that_the_stream_did_not_hold_when_it_was_begun_is_not_read_at_all() {
    arrivals.add(TEN.minusSeconds(60));
    assertThatThrownBy(() -> read(new Window(TEN.minus(KEPT).minusSeconds(1), TEN), Map.of()))
        .isInstanceOfSatisfying(
            ReplayStopped.class,
            stopped -> assertThat(stopped.why()).isEqualTo(ReplayStopped.Why.TOO_OLD))
        .hasMessageContaining("24 hours");
    assertThat(found).isEmpty();
  }

  @Test
  void a_shard_whose_turn_comes_late_is_read_from_what_there_is_and_the_rest_is_told()
      throws Exception {
    shards.add(shard(OTHER).build());
    arrivals.add(TEN.minus(KEPT).plusSeconds(120));
    arrivalsOfOther.addAll(List.of(TEN.minus(KEPT).plusSeconds(100), TEN.minusSeconds(60)));
    perRecord = Duration.ofHours(5);
    Window window = new Window(TEN.minus(KEPT).plusSeconds(60), TEN);
    read(window, Map.of());
    assertThat(found).containsExactly("0", Candidate.Place.END, "1", Candidate.Place.END);
    assertThat(lost.keySet()).containsExactly(OTHER);
    assertThat(lost.get(OTHER).from()).isEqualTo(window.from());
    assertThat(lost.get(OTHER).to())
        .isBetween(TEN.minus(KEPT).plus(perRecord), TEN.minus(KEPT).plus(perRecord).plusSeconds(9));
  }

  @Test
  void nothing_is_lost_of_a_shard_whose_parent_was_read_to_what_is_still_kept() throws Exception {
    split();
    arrivals.addAll(List.of(TEN.minus(KEPT).plusSeconds(120), TEN.minusSeconds(7200)));
    arrivalsOfOther.add(TEN.minusSeconds(3600));
    perPage = 2;
    perRecord = Duration.ofHours(1);
    Window window = new Window(TEN.minus(KEPT).plusSeconds(60), TEN);
    read(window, Map.of());
    assertThat(found).containsExactly("0", "1", Candidate.Place.END, "0", Candidate.Place.END);
    assertThat(lost).isEmpty();
    found.clear();
    read(window, TEN, Map.of(SHARD, String.valueOf(ends.get(SHARD))));
    assertThat(found).containsExactly("0", Candidate.Place.END);
    assertThat(lost).isEmpty();
  }

  @Test
  void nothing_is_lost_of_a_shard_that_was_made_after_the_window() throws Exception {
    arrivals.add(TEN.minus(KEPT).plusSeconds(120));
    Window window = new Window(TEN.minus(KEPT).plusSeconds(60), TEN);
    read(window, Map.of());
    split();
    arrivalsOfOther.add(TEN.plusSeconds(3600));
    pass(Duration.ofHours(2));
    read(window, TEN, Map.of(SHARD, String.valueOf(ends.get(SHARD))));
    assertThat(found).containsExactly("0", Candidate.Place.END, Candidate.Place.END);
    assertThat(lost).isEmpty();
  }

  @Test
  void knows_from_where_on_no_record_was_passed_over() throws Exception {
    split();
    Instant from = TEN.minusSeconds(600);
    arrivals.addAll(
        List.of(from, from.plusSeconds(1), from.minusMillis(1), from.plusSeconds(1), TEN));
    arrivalsOfOther.addAll(List.of(TEN.plusSeconds(1), TEN.plusSeconds(2)));
    pass(Duration.ofSeconds(10));
    read(new Window(from, TEN.plusSeconds(5)), Map.of());
    assertThat(found).containsExactly("0", "1", "3", "4", "end", "0", "1", "end");
    assertThat(unbroken).containsExactly(0, 0, 3, 3, 3, 3);
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
    assertThat(lost).isEmpty();
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

  /** An iterator is a shard and the number of its next record, where that is still kept. */
  private final class Kinesis implements KinesisClient {
    @Override
    public DescribeStreamSummaryResponse describeStreamSummary(
        DescribeStreamSummaryRequest request) {
      return DescribeStreamSummaryResponse.builder()
          .streamDescriptionSummary(s -> s.retentionPeriodHours((int) KEPT.toHours()))
          .build();
    }

    @Override
    public ListShardsResponse listShards(ListShardsRequest request) {
      return ListShardsResponse.builder().shards(shards).build();
    }

    private List<Instant> arrivals(String shard) {
      return shard.equals(SHARD) ? arrivals : arrivalsOfOther;
    }

    @Override
    public GetShardIteratorResponse getShardIterator(GetShardIteratorRequest request) {
      throttle(iteratorsFrom);
      int next = 0;
      if (request.startingSequenceNumber() != null) {
        next = Integer.parseInt(request.startingSequenceNumber()) + 1;
      } else {
        List<Instant> all = arrivals(request.shardId());
        while (next < all.size() && all.get(next).isBefore(request.timestamp())) {
          next++;
        }
      }
      return GetShardIteratorResponse.builder()
          .shardIterator(request.shardId() + ":" + next)
          .build();
    }

    @Override
    public GetRecordsResponse getRecords(GetRecordsRequest request) {
      throttle(recordsFrom);
      if (failures > 0) {
        failures--;
        throw KinesisException.builder().message("internal").statusCode(500).build();
      }
      String[] at = request.shardIterator().split(":", 2);
      List<Instant> all = arrivals(at[0]);
      int next = Integer.parseInt(at[1]);
      while (next < all.size() && all.get(next).isBefore(now.get().minus(KEPT))) {
        next++;
      }
      List<Record> page = new ArrayList<>();
      asked.add(request.limit());
      while (next < all.size() && page.size() < Math.min(perPage, request.limit())) {
        page.add(
            Record.builder()
                .sequenceNumber(Integer.toString(next))
                .approximateArrivalTimestamp(all.get(next))
                .partitionKey("1")
                .data(SdkBytes.fromByteArray(new byte[recordBytes]))
                .build());
        next++;
      }
      return GetRecordsResponse.builder()
          .records(page)
          .nextShardIterator(at[0] + ":" + next)
          .millisBehindLatest(
              next < all.size()
                  ? Math.max(1, Duration.between(all.get(next), now.get()).toMillis())
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
