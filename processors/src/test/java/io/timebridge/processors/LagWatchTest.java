package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.timebridge.stream.StreamName;
import io.timebridge.worker.Lag;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Workers that are behind, each with its own shards. */
class LagWatchTest {
  private static final String BEHIND = "Stream p-timesheet-events is 15 min behind";
  private static final String CAUGHT_UP = "Over: stream p-timesheet-events is behind";
  private static final String LOSES =
      "Stream p-timesheet-events loses records unless it catches up";
  private static final Duration LOOK = LagWatch.LOOK_EVERY;

  private final FleetAlerts alerts = new FleetAlerts();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(LagWatch.class);
  private Optional<Duration> retention = Optional.of(Duration.ofHours(24));
  private long seconds;

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void leave() {
    log.detachAppender(lines);
  }

  private final class Worker {
    private Optional<Lag> lag = Optional.empty();
    private boolean sure = true;
    private final LagWatch watch =
        new LagWatch(
            StreamName.TIMESHEET_EVENTS,
            "p-timesheet-events",
            () -> new LagWatch.Sight(lag, sure),
            () -> retention,
            Duration.ofMinutes(15),
            alerts,
            () -> Duration.ofSeconds(seconds).toNanos());

    void is(Duration behind) {
      lag = Optional.of(new Lag("shard-1", behind, true));
    }
  }

  private final Worker one = new Worker();
  private final Worker two = new Worker();

  private void pass(Duration time, Worker... workers) throws Exception {
    for (long end = seconds + time.toSeconds(); seconds < end; ) {
      seconds += LOOK.toSeconds();
      for (Worker worker : workers) {
        worker.watch.look();
      }
    }
  }

  @Test
  void says_nothing_while_it_keeps_up() throws Exception {
    one.is(Duration.ofSeconds(20));
    pass(Duration.ofMinutes(10), one, two);
    assertThat(lines.list).isEmpty();
    one.is(Duration.ofMinutes(14));
    pass(Duration.ofMinutes(10), one, two);
    assertThat(alerts.sent).isEmpty();
  }

  @Test
  void tells_once_when_it_is_far_behind_and_once_when_it_has_caught_up() throws Exception {
    one.is(Duration.ofMinutes(15));
    two.is(Duration.ofMinutes(15));
    pass(Duration.ofMinutes(30), one, two);
    assertThat(alerts.sent).containsExactly(BEHIND);
    one.is(Duration.ZERO);
    pass(Duration.ofMinutes(30), one, two);
    assertThat(alerts.sent).as("another worker's shard is still behind").containsExactly(BEHIND);
    two.is(Duration.ofSeconds(3));
    pass(Duration.ofMinutes(4), one, two);
    assertThat(alerts.sent).containsExactly(BEHIND, CAUGHT_UP);
  }

  @Test
  void does_not_flap_around_the_limit() throws Exception {
    for (int round = 0; round < 20; round++) {
      one.is(Duration.ofMinutes(15));
      pass(Duration.ofMinutes(1), one, two);
      one.is(Duration.ofMinutes(14));
      pass(Duration.ofMinutes(2), one, two);
    }
    assertThat(alerts.sent).containsExactly(BEHIND);
    pass(Duration.ofMinutes(30), one);
    assertThat(alerts.sent).as("not caught up yet").containsExactly(BEHIND);
  }

  @Test
  void is_not_over_for_a_worker_without_shards_while_another_is_near_the_limit() throws Exception {
    for (int round = 0; round < 10; round++) {
      one.is(Duration.ofMinutes(15));
      pass(Duration.ofMinutes(1), one, two);
      one.is(Duration.ofMinutes(13));
      pass(Duration.ofMinutes(9), one, two);
    }
    assertThat(alerts.sent).containsExactly(BEHIND);
    one.is(Duration.ofMinutes(7));
    pass(Duration.ofMinutes(4), one, two);
    assertThat(alerts.sent).containsExactly(BEHIND, CAUGHT_UP);
    one.is(Duration.ofMinutes(14));
    pass(Duration.ofMinutes(10), one, two);
    assertThat(alerts.sent).as("near is not behind").containsExactly(BEHIND, CAUGHT_UP);
  }

  @Test
  void is_not_over_for_one_who_cannot_see_how_far_behind_it_is() throws Exception {
    one.is(Duration.ofMinutes(15));
    pass(Duration.ofMinutes(1), one);
    one.is(Duration.ZERO);
    one.sure = false;
    pass(Duration.ofHours(1), one);
    assertThat(alerts.sent).containsExactly(BEHIND);
    one.sure = true;
    pass(Duration.ofMinutes(4), one);
    assertThat(alerts.sent).containsExactly(BEHIND, CAUGHT_UP);
  }

  @Test
  void is_told_also_when_it_may_be_further_behind_than_could_be_seen() throws Exception {
    one.is(Duration.ofMinutes(15));
    one.sure = false;
    pass(Duration.ofMinutes(1), one);
    assertThat(alerts.sent).containsExactly(BEHIND);
  }

  @Test
  void a_shard_that_changes_hands_goes_on_being_behind() throws Exception {
    one.is(Duration.ofMinutes(15));
    pass(Duration.ofMinutes(5), one, two);
    pass(Duration.ofMinutes(1), two); // one is dead, its shard nobody's
    Worker fresh = new Worker();
    fresh.is(Duration.ofMinutes(21));
    pass(Duration.ofMinutes(10), two, fresh);
    assertThat(alerts.sent).containsExactly(BEHIND);
  }

  @Test
  void half_of_the_retention_is_another_and_more_urgent_problem() throws Exception {
    one.is(Duration.ofHours(11));
    pass(Duration.ofMinutes(5), one);
    assertThat(alerts.sent).containsExactly("Stream p-timesheet-events is 11 h behind");
    one.is(Duration.ofHours(12));
    pass(Duration.ofMinutes(5), one);
    assertThat(alerts.sent).hasSize(2).last().isEqualTo(LOSES);
    retention = Optional.of(Duration.ofDays(7)); // somebody has lengthened it
    pass(Duration.ofMinutes(5), one);
    assertThat(alerts.sent).hasSize(3).last().isEqualTo("Over: s" + LOSES.substring(1));
    one.is(Duration.ZERO);
    pass(Duration.ofMinutes(5), one);
    assertThat(alerts.sent).hasSize(4).last().isEqualTo(CAUGHT_UP);
  }

  @Test
  void without_a_known_retention_only_being_behind_is_told() throws Exception {
    retention = Optional.empty();
    one.is(Duration.ofDays(8));
    pass(Duration.ofMinutes(5), one);
    assertThat(alerts.sent).containsExactly("Stream p-timesheet-events is 8 days behind");
  }

  @Test
  void one_line_a_minute_says_so_while_it_is_behind() throws Exception {
    one.is(Duration.ofSeconds(59));
    pass(Duration.ofMinutes(3), one);
    assertThat(lines.list).isEmpty();
    one.is(Duration.ofMinutes(3));
    pass(Duration.ofMinutes(10), one);
    assertThat(lines.list).hasSize(10);
    assertThat(lines.list.getFirst().getFormattedMessage())
        .isEqualTo("behind: stream=p-timesheet-events shard=shard-1 by=3 min oldest=held");
  }
}
