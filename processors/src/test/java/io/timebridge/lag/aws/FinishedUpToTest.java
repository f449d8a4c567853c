package io.timebridge.lag.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.Latency;
import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.Sample;
import io.timebridge.lag.ShardStatus;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is surely finished of a stream of two shards. */
class FinishedUpToTest {
  private static final String APPLICATION = "timebridge-timesheets";
  private static final Instant BEFORE = FakeTime.START.minus(Duration.ofHours(2));
  private static final Instant WAITS_SINCE = FakeTime.START.minus(Duration.ofMinutes(20));

  private final FakeTime time = new FakeTime();
  private final FakeKinesis kinesis = new FakeKinesis(time::nanos, () -> {});
  private final FakeTables tables = new FakeTables(table -> {});
  private final Settings settings = new SettingsLoader().load((aws, path) -> Map.of()).settings();
  private Runnable meanwhile = () -> {};
  private final FinishedUpTo finished =
      new FinishedUpTo(
          settings,
          StreamName.TIMESHEET_EVENTS,
          kinesis,
          kinesis,
          tables,
          time::now,
          time::nanos,
          this::sleep);

  private void sleep(Duration pause) {
    time.pass(pause);
    meanwhile.run();
  }

  private void shard(String shard, String checkpoint) {
    kinesis.put(shard, 3, 100, BEFORE);
    kinesis.put(shard, 3, 100, WAITS_SINCE);
    tables.lease(APPLICATION, shard, "lives", 7, checkpoint);
  }

  private void tell(Duration age, Duration behind) throws Exception {
    Instant at = time.now().minus(age);
    new StatusRows(tables, settings.names())
        .write(
            new ProcessStatus(
                "lives",
                "1",
                at,
                at,
                Duration.ofSeconds(5),
                List.of(),
                Map.of(
                    APPLICATION,
                    List.of(
                        new ShardStatus(
                            "s-1",
                            0,
                            0,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(new Sample(at, behind, 3, 3, 1))))),
                Map.of(APPLICATION, Latency.NONE)));
  }

  @Test
  void is_now_where_all_checkpoints_are_at_the_end_with_one_read_of_each_shard() throws Exception {
    shard("s-1", "6");
    shard("s-2", "6");
    assertThat(finished.look(time.now()))
        .isEqualTo(new FinishedUpTo.Seen(Optional.of(FakeTime.START), ""));
    assertThat(kinesis.asked).hasSize(2);
  }

  @Test
  void is_where_the_oldest_record_arrived_that_is_not_finished() throws Exception {
    shard("s-1", "6");
    shard("s-2", "3");
    assertThat(finished.look(time.now()).upTo()).contains(WAITS_SINCE);
    assertThat(kinesis.asked).as("it will not catch up in a moment").hasSize(2);
  }

  @Test
  void is_before_all_records_where_no_worker_was_ever_started() throws Exception {
    kinesis.put("s-1", 3, 100, BEFORE);
    assertThat(finished.look(time.now()).upTo()).contains(BEFORE);
  }

  @Test
  void waits_a_little_for_a_checkpoint_that_is_just_being_written() throws Exception {
    shard("s-1", "6");
    shard("s-2", "6");
    kinesis.put("s-1", 1, 100, FakeTime.START.minusSeconds(3));
    meanwhile = () -> tables.lease(APPLICATION, "s-1", "lives", 7, "7");
    assertThat(finished.look(FakeTime.START).upTo()).contains(FakeTime.START);
    assertThat(kinesis.asked).as("two of one, one of the other").hasSize(3);
  }

  @Test
  void does_not_wait_for_ever_for_a_checkpoint() throws Exception {
    shard("s-1", "6");
    kinesis.put("s-1", 1, 100, FakeTime.START.minusSeconds(3));
    assertThat(finished.look(FakeTime.START).upTo()).contains(FakeTime.START.minusSeconds(3));
    assertThat(kinesis.asked).hasSize(FinishedUpTo.LOOKS);
  }

  @Test
  void goes_by_the_word_of_a_worker_without_a_read_where_that_is_far_enough() throws Exception {
    shard("s-1", "3");
    tell(Duration.ofSeconds(5), Duration.ofSeconds(30));
    Instant wanted = time.now().minusSeconds(60);
    assertThat(finished.look(wanted).upTo()).contains(time.now().minusSeconds(35));
    assertThat(kinesis.asked).isEmpty();
  }

  @Test
  void a_worker_that_has_caught_up_may_not_have_heard_of_the_last_minute() throws Exception {
    shard("s-1", "3");
    tell(Duration.ZERO, Duration.ZERO);
    assertThat(finished.look(time.now().minusSeconds(60)).upTo())
        .contains(time.now().minus(FinishedUpTo.HEARD_WITHIN));
  }

  @Test
  void a_word_of_long_ago_says_no_more_than_it_did() throws Exception {
    shard("s-1", "3");
    tell(Duration.ofMinutes(30), Duration.ZERO);
    assertThat(finished.look(time.now()).upTo()).contains(WAITS_SINCE);
  }

  @Test
  void is_not_known_where_a_shard_cannot_be_read() throws Exception {
    shard("s-1", "6");
    shard("s-2", "6");
    kinesis.failing.add("s-2");
    FinishedUpTo.Seen seen = finished.look(time.now());
    assertThat(seen.upTo()).isEmpty();
    assertThat(seen.unseen()).contains("s-2", "planted");
    kinesis.failing.clear();
    assertThat(finished.look(time.now()).upTo()).isPresent();
  }

  @Test
  void is_not_known_where_the_leases_cannot_be_read() throws Exception {
    shard("s-1", "6");
    tables.failing = true;
    FinishedUpTo.Seen seen = finished.look(time.now());
    assertThat(seen.upTo()).isEmpty();
    assertThat(seen.unseen()).contains("planted");
  }
}
