package io.timebridge.lag.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.aws.UnownedShards.Seen;
import io.timebridge.lag.aws.UnownedShards.Unowned;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A stream as the worker of another one sees it, fifteen seconds from look to look. */
class UnownedShardsTest {
  private static final String APPLICATION = "timebridge-timesheets";
  private static final Duration LOOK = Duration.ofSeconds(15);

  private final FakeTime time = new FakeTime();
  private final FakeKinesis kinesis = new FakeKinesis(time::nanos, () -> {});
  private Runnable afterRead = () -> {};
  private final FakeTables tables = new FakeTables(table -> afterRead.run());
  private final UnownedShards unowned =
      new UnownedShards(
          new SettingsLoader().load((aws, path) -> Map.of()).settings(),
          StreamName.TIMESHEET_EVENTS,
          kinesis,
          kinesis,
          tables,
          time::now,
          time::nanos,
          time::pass);

  private void waiting(String shard, Duration since) {
    kinesis.put(shard, 1, 100, FakeTime.START.minusSeconds(7_200));
    kinesis.put(shard, 300, 100, FakeTime.START.minus(since));
    tables.lease(APPLICATION, shard, "w-1", 7, "1");
  }

  private Seen next() throws Exception {
    time.pass(LOOK);
    return unowned.look();
  }

  private static Seen all(String shard, Duration behind) {
    return new Seen(Optional.of(new Unowned(shard, behind)), "");
  }

  @Test
  void says_that_it_cannot_say_before_it_is_known_who_lives() throws Exception {
    waiting("s-1", Duration.ofMinutes(20));
    assertThat(unowned.look().isAll()).isFalse();
    assertThat(next()).isEqualTo(all("s-1", Duration.ofMinutes(20).plus(LOOK)));
  }

  @Test
  void what_cannot_be_read_is_not_taken_for_caught_up() throws Exception {
    waiting("s-1", Duration.ofMinutes(20));
    unowned.look();
    kinesis.failing.add("s-1");
    Seen failed = next();
    assertThat(failed.isAll()).isFalse();
    assertThat(failed.worst()).isEmpty();
    assertThat(failed.unseen()).contains("s-1", "planted");
    kinesis.failing.clear();
    assertThat(next().isAll()).isTrue();
  }

  @Test
  void one_that_cannot_be_read_may_be_worse_than_the_others() throws Exception {
    waiting("s-1", Duration.ofHours(20));
    waiting("s-2", Duration.ofMinutes(20));
    unowned.look();
    kinesis.failing.add("s-1");
    Seen half = next();
    assertThat(half.isAll()).isFalse();
    assertThat(half.worst().orElseThrow().shard()).isEqualTo("s-2");
  }

  @Test
  void all_is_well_where_the_workers_live_or_nothing_waits() throws Exception {
    waiting("s-1", Duration.ofMinutes(20));
    unowned.look();
    tables.lease(APPLICATION, "s-1", "w-1", 8, "1");
    assertThat(next()).isEqualTo(new Seen(Optional.empty(), ""));
    tables.lease(APPLICATION, "s-1", "w-1", 8, "301");
    assertThat(next()).isEqualTo(all("s-1", Duration.ZERO));
  }

  @Test
  void a_shard_that_the_stream_keeps_no_more_holds_nothing() throws Exception {
    waiting("s-1", Duration.ofMinutes(20));
    tables.lease(APPLICATION, "s-0", "w-1", 7, "1");
    unowned.look();
    assertThat(next().isAll()).isTrue();
  }

  @Test
  void a_worker_is_not_dead_because_this_process_stood_still_while_it_read_the_leases()
      throws Exception {
    waiting("s-1", Duration.ofMinutes(20));
    afterRead = () -> time.pass(Duration.ofMinutes(1));
    unowned.look();
    Seen still = unowned.look();
    assertThat(still.worst()).isEmpty();
    assertThat(still.isAll()).isFalse();
  }

  @Test
  void a_look_takes_one_call_of_each_shard_and_does_not_wait() throws Exception {
    for (int i = 0; i <= UnownedShards.MOST; i++) {
      waiting("s-%02d".formatted(i), Duration.ofMinutes(20));
    }
    unowned.look();
    long began = time.nanos();
    Seen seen = next();
    assertThat(time.nanos() - began).isEqualTo(LOOK.toNanos());
    assertThat(kinesis.asked)
        .extracting(FakeKinesis.Asked::shard)
        .hasSize(UnownedShards.MOST)
        .doesNotHaveDuplicates();
    assertThat(seen.worst()).isPresent();
    assertThat(seen.unseen()).as("there is one more").isNotEmpty();
  }

  private Seen nextThatIsAll() throws Exception {
    for (int look = 0; look < 100; look++) {
      Seen seen = next();
      if (seen.isAll()) {
        return seen;
      }
      assertThat(seen.worst()).as("look %d", look).isEmpty();
      assertThat(seen.unseen()).contains("s-1");
    }
    throw new AssertionError("never all");
  }

  @Test
  void an_idle_shard_is_neither_behind_nor_caught_up_until_looks_came_to_its_tip()
      throws Exception {
    kinesis.reach = Duration.ofMinutes(5);
    kinesis.put("s-1", 1, 100, FakeTime.START.minus(Duration.ofHours(2)));
    tables.lease(APPLICATION, "s-1", "w-1", 7, "1");
    unowned.look();
    assertThat(next().isAll()).isFalse();
    assertThat(nextThatIsAll()).isEqualTo(all("s-1", Duration.ZERO));
    assertThat(next()).isEqualTo(all("s-1", Duration.ZERO));
    assertThat(kinesis.asked).as("of those that are empty, five a look").hasSizeLessThan(40);
  }

  @Test
  void an_empty_shard_is_neither_behind_nor_caught_up_until_looks_came_to_its_tip()
      throws Exception {
    kinesis.reach = Duration.ofHours(1);
    kinesis.shard("s-1");
    tables.lease(APPLICATION, "s-1", "w-1", 7, "TRIM_HORIZON");
    unowned.look();
    assertThat(next().isAll()).isFalse();
    assertThat(nextThatIsAll()).isEqualTo(all("s-1", Duration.ZERO));
  }

  @Test
  void a_record_that_waits_long_after_the_checkpoint_is_found() throws Exception {
    kinesis.reach = Duration.ofMinutes(5);
    kinesis.put("s-1", 1, 100, FakeTime.START.minus(Duration.ofHours(3)));
    kinesis.put("s-1", 1, 100, FakeTime.START.minus(Duration.ofHours(1)));
    tables.lease(APPLICATION, "s-1", "w-1", 7, "1");
    unowned.look();
    Seen seen = nextThatIsAll();
    assertThat(seen.worst().orElseThrow().behind())
        .isBetween(Duration.ofHours(1), Duration.ofMinutes(70));
    assertThat(next().worst().orElseThrow().behind())
        .isEqualTo(seen.worst().orElseThrow().behind().plus(LOOK));
  }
}
