package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ingest.poller.Ticks.Due;
import io.timebridge.stream.Names;
import io.timebridge.stream.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A queue, a clock and a pacer in memory: each receive takes five seconds. */
class QueueTicksTest {
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final Instant BEGIN = Instant.parse("2026-07-03T10:00:00Z");

  private long now;
  private boolean stopped;
  private boolean active = true;
  private boolean broken;
  private boolean deletesNothing;
  private final List<TickQueue.Message> queued = new ArrayList<>();
  private final List<String> deleted = new ArrayList<>();
  private final RecordingAlerts alerts = new RecordingAlerts();
  private int receives;

  private final Pacer pacer =
      new Pacer() {
        @Override
        public long nanos() {
          return now;
        }

        @Override
        public boolean waitUntil(long nanos) {
          now = Math.max(now, nanos);
          if (seconds() > 3_600) { // so that a test that waits in vain ends
            stopped = true;
          }
          return !stopped;
        }

        @Override
        public void stop() {
          stopped = true;
        }
      };

  private final TickQueue queue =
      new TickQueue() {
        @Override
        public List<Message> receive() {
          receives++;
          now += Duration.ofSeconds(5).toNanos();
          if (broken) {
            throw new StoreUnavailable("no queue", new IllegalStateException());
          }
          List<Message> came =
              queued.stream().filter(m -> !m.sent().isAfter(wall())).limit(10).toList();
          if (!deletesNothing) {
            queued.removeAll(came);
          }
          return came;
        }

        @Override
        public void delete(Message message) {
          if (deletesNothing) {
            throw new StoreUnavailable("no queue", new IllegalStateException());
          }
          deleted.add(message.body());
        }
      };

  private final QueueTicks ticks =
      new QueueTicks(queue, () -> active, pacer, this::wall, EVERY, alerts, new Names("t-"));

  private Instant wall() {
    return BEGIN.plusNanos(now);
  }

  private long seconds() {
    return Duration.ofNanos(now).toSeconds();
  }

  private void send(Tick tick, long atSecond) {
    send(tick.message(), atSecond);
  }

  private void send(String body, long atSecond) {
    queued.add(
        new TickQueue.Message(body, BEGIN.plusSeconds(atSecond), body + "-" + queued.size()));
  }

  /** {@code second:skipped} of the next looks. */
  private List<String> looks(int count) throws InterruptedException {
    List<String> looks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Due due = ticks.next().orElseThrow();
      looks.add(seconds() + ":" + due.skipped());
    }
    return looks;
  }

  @Test
  void looks_at_once_and_then_once_for_both_kinds_of_ticks_of_a_minute()
      throws InterruptedException {
    for (int minute = 1; minute <= 3; minute++) {
      send(Tick.NEW_JOBS, minute * 60);
      send(Tick.JOB_UPDATES, minute * 60 + 7);
    }
    assertThat(looks(4)).containsExactly("0:0", "60:0", "120:1", "180:1");
    assertThat(deleted).hasSize(5);
    assertThat(alerts.sent).isEmpty();
  }

  @Test
  void makes_one_look_of_several_ticks_that_come_together() throws InterruptedException {
    send(Tick.JOB_UPDATES, 3);
    send(Tick.NEW_JOBS, 2);
    send(Tick.NEW_JOBS, 2);
    assertThat(looks(2)).containsExactly("0:0", "5:2");
    assertThat(deleted).hasSize(3);
  }

  @Test
  void skips_what_is_older_than_a_period() throws InterruptedException {
    for (int i = 0; i < 25; i++) {
      send(Tick.NEW_JOBS, -100 - i);
    }
    send(Tick.JOB_UPDATES, 1);
    assertThat(looks(2)).containsExactly("0:0", "15:25");
    assertThat(deleted).hasSize(26);
  }

  @Test
  void deletes_what_is_somebody_elses_or_nobodys() throws InterruptedException {
    send(Tick.CLEANUP, 1);
    send(Tick.RECONCILE, 1);
    send("{\"tick\":\"lunch\"}", 1);
    send(Tick.NEW_JOBS, 60);
    assertThat(looks(2)).containsExactly("0:0", "60:0");
    assertThat(deleted).hasSize(4);
  }

  @Test
  void ticks_by_itself_when_none_has_come_for_three_periods_and_tells_once()
      throws InterruptedException {
    send(Tick.NEW_JOBS, 60);
    assertThat(looks(2)).containsExactly("0:0", "60:0");
    assertThat(looks(3)).containsExactly("240:0", "300:0", "360:0");
    assertThat(alerts.sent).containsExactly("open: The poller's ticks stay away");

    send(Tick.NEW_JOBS, 380);
    send(Tick.NEW_JOBS, 440);
    assertThat(looks(2)).containsExactly("380:0", "440:0");
    assertThat(alerts.sent).hasSize(2).endsWith("over: The poller's ticks come again");
    assertThat(looks(1)).containsExactly("620:0");
    assertThat(alerts.sent).hasSize(3);
  }

  @Test
  void stale_ticks_do_not_count_as_ticks_that_come() throws InterruptedException {
    for (int i = 0; i < 40; i++) {
      send(Tick.NEW_JOBS, i * 5 - 70);
    }
    looks(1);
    queued.replaceAll(
        m -> new TickQueue.Message(m.body(), m.sent().minusSeconds(1_000), m.receipt()));
    assertThat(looks(1)).containsExactly("180:40");
  }

  @Test
  void ticks_by_itself_while_the_queue_cannot_be_asked() throws InterruptedException {
    broken = true;
    alerts.broken = true;
    assertThat(looks(3)).containsExactly("0:0", "180:0", "240:0");
    assertThat(alerts.sent).isEmpty();
    alerts.broken = false;
    assertThat(looks(1)).containsExactly("300:0");
    assertThat(alerts.sent).hasSize(1);
  }

  @Test
  void a_tick_that_cannot_be_deleted_makes_one_look() throws InterruptedException {
    deletesNothing = true;
    send(Tick.NEW_JOBS, 1);
    assertThat(looks(2)).containsExactly("0:0", "5:0");
    assertThat(looks(1)).as("by itself").containsExactly("185:9");
  }

  @Test
  void receives_nothing_while_it_is_standby_and_looks_at_once_when_it_is_not()
      throws InterruptedException {
    active = false;
    send(Tick.NEW_JOBS, 1);
    assertThat(ticks.next()).as("nothing for an hour").isEqualTo(Optional.empty());
    assertThat(receives).isZero();
    now = 0;
    stopped = false;
    active = true;
    assertThat(looks(2)).containsExactly("0:0", "5:0");
  }

  @Test
  void a_successor_tells_that_ticks_come_again() throws InterruptedException {
    looks(2);
    assertThat(alerts.sent).hasSize(1);
    QueueTicks successor =
        new QueueTicks(queue, () -> true, pacer, this::wall, EVERY, alerts, new Names("t-"));
    successor.next();
    send(Tick.NEW_JOBS, seconds() + 20);
    successor.next();
    assertThat(alerts.sent).hasSize(2);
  }

  @Test
  void a_poller_with_a_timer_calls_off_once_that_ticks_stay_away() throws InterruptedException {
    looks(2);
    assertThat(alerts.sent).containsExactly("open: The poller's ticks stay away");
    Ticks timer =
        new TicksNotWaitedFor(
            new TimerTicks(pacer, EVERY),
            () -> active,
            new TickAlerts(alerts, this::wall, new Names("t-")));
    active = false;
    timer.next();
    active = true;
    alerts.broken = true;
    timer.next();
    assertThat(alerts.sent).as("a standby, and when nobody can be told").hasSize(1);
    alerts.broken = false;
    timer.next();
    timer.next();
    assertThat(alerts.sent).hasSize(2).endsWith("over: The poller looks by its own timer");
  }

  @Test
  void a_poller_with_a_timer_tells_nothing_when_nothing_was_told() throws InterruptedException {
    Ticks timer =
        new TicksNotWaitedFor(
            new TimerTicks(pacer, EVERY),
            () -> active,
            new TickAlerts(alerts, this::wall, new Names("t-")));
    timer.next();
    timer.next();
    assertThat(alerts.sent).isEmpty();
  }

  @Test
  void ends_when_it_is_stopped() throws InterruptedException {
    looks(1);
    pacer.stop();
    assertThat(ticks.next()).isEmpty();
  }
}
