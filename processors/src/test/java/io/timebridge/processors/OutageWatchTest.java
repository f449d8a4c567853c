package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.failure.Alerts;
import io.timebridge.services.gate.Outage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that see a service go and come back, each by itself. */
class OutageWatchTest {
  private static final String DOWN = "SecondService is down";
  private static final String OVER = "Over: SecondService is down";
  private static final Duration LOOK = OutageWatch.LOOK_EVERY;

  private final FleetAlerts alerts = new FleetAlerts();
  private long seconds;

  /** One process, with its own circuit. */
  private final class Worker {
    private final OutageWatch watch =
        new OutageWatch(
            "second-service",
            "SecondService",
            this::outage,
            Duration.ofSeconds(5),
            Duration.ofMinutes(2),
            alerts,
            () -> Instant.parse("2026-07-03T10:00:00Z").plusSeconds(seconds),
            () -> Duration.ofSeconds(seconds).toNanos());
    private long illSince = -1;
    private long askedAt;

    private Optional<Outage> outage() {
      return illSince < 0
          ? Optional.empty()
          : Optional.of(
              new Outage(
                  Duration.ofSeconds(seconds - illSince), Duration.ofSeconds(seconds - askedAt)));
    }

    Worker opens() {
      illSince = seconds;
      return asked();
    }

    Worker asked() {
      askedAt = seconds;
      return this;
    }

    void closes() {
      illSince = -1;
    }
  }

  private final Worker one = new Worker();
  private final Worker two = new Worker();

  /** Time passes; those who wait ask on. */
  private void pass(Duration time, Worker... workers) throws Exception {
    for (long end = seconds + time.toSeconds(); seconds < end; ) {
      seconds += LOOK.toSeconds();
      for (Worker worker : workers) {
        worker.asked().watch.look();
      }
    }
  }

  @Test
  void says_nothing_of_a_healthy_service_nor_of_a_short_outage() throws Exception {
    pass(Duration.ofMinutes(5), one, two);
    one.opens();
    pass(Duration.ofSeconds(105), one, two);
    one.closes();
    pass(Duration.ofMinutes(10), one, two);
    assertThat(alerts.sent).isEmpty();
  }

  @Test
  void tells_once_of_an_outage_that_all_workers_see_and_once_of_its_end() throws Exception {
    one.opens();
    two.opens();
    pass(Duration.ofMinutes(10), one, two);
    assertThat(alerts.sent).containsExactly(DOWN);
    one.closes();
    two.closes();
    pass(Duration.ofMinutes(10), one, two);
    assertThat(alerts.sent).containsExactly(DOWN, OVER);
  }

  @Test
  void is_not_over_while_another_worker_still_sees_it() throws Exception {
    one.opens();
    two.opens();
    pass(Duration.ofMinutes(5), one, two);
    one.closes();
    pass(Duration.ofMinutes(30), one, two);
    assertThat(alerts.sent).containsExactly(DOWN);
    two.closes();
    pass(Duration.ofMinutes(2), one, two);
    assertThat(alerts.sent).as("not before a while").containsExactly(DOWN);
    pass(Duration.ofMinutes(3), one, two);
    assertThat(alerts.sent).containsExactly(DOWN, OVER);
  }

  @Test
  void a_worker_restarted_in_the_middle_neither_ends_nor_repeats_it() throws Exception {
    one.opens();
    pass(Duration.ofMinutes(5), one);
    Worker fresh = new Worker();
    pass(Duration.ofSeconds(30), fresh); // its circuit is closed until it has seen failures
    fresh.opens();
    pass(Duration.ofMinutes(10), fresh);
    assertThat(alerts.sent).containsExactly(DOWN);
    fresh.closes();
    pass(Duration.ofMinutes(5), fresh);
    assertThat(alerts.sent).containsExactly(DOWN, OVER);
  }

  @Test
  void an_idle_worker_does_not_end_it_while_a_dead_ones_work_is_taken_over() throws Exception {
    one.opens();
    pass(Duration.ofMinutes(5), one, two);
    pass(Duration.ofSeconds(30), two); // one is dead
    Worker successor = new Worker().opens();
    pass(Duration.ofMinutes(10), two, successor);
    assertThat(alerts.sent).containsExactly(DOWN);
  }

  @Test
  void a_circuit_that_nobody_asks_says_nothing_of_the_service() throws Exception {
    one.opens();
    pass(Duration.ofMinutes(5), one, two);
    for (int look = 0; look < 40; look++) {
      seconds += LOOK.toSeconds();
      one.watch.look(); // its shards are another one's now: nobody asks
      two.asked().watch.look();
    }
    assertThat(alerts.sent).containsExactly(DOWN, OVER);
  }

  @Test
  void tells_at_a_later_look_what_could_not_be_told() throws Exception {
    one.opens();
    alerts.broken = true;
    pass(Duration.ofSeconds(105), one);
    seconds += LOOK.toSeconds();
    assertThatThrownBy(() -> one.asked().watch.look()).isInstanceOf(Alerts.NotTold.class);
    alerts.broken = false;
    pass(LOOK, one);
    assertThat(alerts.sent).containsExactly(DOWN);
  }

  /** Whatever comes and goes, with restarts: what is told alternates, and ends as it is. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void never_flaps_and_ends_with_the_truth(long seed) throws Exception {
    Random random = new Random(seed);
    List<Worker> workers = new ArrayList<>(List.of(one, two, new Worker()));
    boolean down = false;
    int outages = 0;
    for (int step = 0; step < 60; step++) {
      down = step < 58 && random.nextBoolean();
      outages += down ? 1 : 0;
      int minutes = step < 58 ? 1 + random.nextInt(12) : 10;
      if (random.nextInt(4) == 0) {
        workers.set(random.nextInt(3), new Worker());
      }
      for (Worker worker : workers) {
        if (!down) {
          worker.closes();
        } else if (worker.illSince < 0) {
          worker.opens();
        }
      }
      pass(Duration.ofMinutes(minutes), workers.toArray(Worker[]::new));
    }
    assertThat(alerts.sent).as("seed %d", seed).hasSizeLessThanOrEqualTo(2 * outages);
    for (int i = 0; i < alerts.sent.size(); i++) {
      assertThat(alerts.sent.get(i)).as("seed %d", seed).isEqualTo(i % 2 == 0 ? DOWN : OVER);
    }
    assertThat(alerts.sent.getLast()).as("seed %d", seed).isEqualTo(OVER);
  }
}
