package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.alerts.Alerts;
import io.timebridge.services.gate.Outage;
import io.timebridge.services.gate.Outage.Sign;
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
            Duration.ofMinutes(2),
            alerts,
            () -> Instant.parse("2026-07-03T10:00:00Z").plusSeconds(seconds),
            () -> Duration.ofSeconds(seconds).toNanos());
    private long illSince = -1;
    private Sign sign = Sign.DOWN;
    private long askedAt;

    private Optional<Outage> outage() {
      return illSince < 0
          ? Optional.empty()
          : Optional.of(
              new Outage(
                  Duration.ofSeconds(seconds - illSince),
                  seconds - askedAt >= 120 ? Sign.UNASKED : sign));
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

    private boolean is(Sign what) {
      return outage().map(Outage::sign).equals(Optional.of(what));
    }

    boolean seesIt() {
      return is(Sign.DOWN) && seconds - illSince >= 120;
    }

    boolean isNear() {
      return is(Sign.ANSWERS) || (is(Sign.DOWN) && !seesIt());
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
    pass(Duration.ofSeconds(105), one);
    alerts.broken = true;
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

  @Test
  void while_the_rate_rises_nothing_is_told_and_nothing_called_off() throws Exception {
    one.opens().sign = Sign.ANSWERS;
    pass(Duration.ofMinutes(5), one, two);
    assertThat(alerts.sent).isEmpty();
    one.sign = Sign.DOWN;
    pass(Duration.ofMinutes(1), one, two);
    assertThat(alerts.sent).containsExactly(DOWN);
    one.sign = Sign.ANSWERS;
    pass(Duration.ofMinutes(10), one, two);
    assertThat(alerts.sent).as("to the other one all is well").containsExactly(DOWN);
    one.closes();
    pass(Duration.ofMinutes(5), one, two);
    assertThat(alerts.sent).containsExactly(DOWN, OVER);
  }

  @Test
  void time_in_which_nothing_could_be_counted_is_no_time_without_it() throws Exception {
    one.opens();
    pass(Duration.ofMinutes(5), one, two);
    alerts.broken = true;
    for (int look = 0; look < 40; look++) {
      seconds += LOOK.toSeconds();
      assertThatThrownBy(() -> two.asked().watch.look()).isInstanceOf(Alerts.NotTold.class);
      assertThatThrownBy(() -> one.asked().watch.look()).isInstanceOf(Alerts.NotTold.class);
    }
    alerts.broken = false;
    pass(Duration.ofMinutes(5), two, one); // the one that sees nothing looks first
    assertThat(alerts.sent).containsExactly(DOWN);
  }

  @Test
  void a_worker_that_was_frozen_knows_nothing_of_that_time() throws Exception {
    one.opens();
    pass(Duration.ofMinutes(5), one, two);
    alerts.broken = true;
    for (int look = 0; look < 40; look++) {
      seconds += LOOK.toSeconds();
      assertThatThrownBy(() -> one.asked().watch.look()).isInstanceOf(Alerts.NotTold.class);
    }
    alerts.broken = false;
    pass(Duration.ofMinutes(5), two, one);
    assertThat(alerts.sent).containsExactly(DOWN);
  }

  /**
   * Workers that see different things, freeze and restart, and a store that fails: the end is told
   * only when nobody has seen the outage for a while, its beginning only by one that sees it.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void is_never_over_while_somebody_sees_it_whatever_the_store_does(long seed) throws Exception {
    Random random = new Random(seed);
    List<Worker> workers = new ArrayList<>(List.of(one, two, new Worker()));
    int[] frozen = new int[3];
    long lastSeen = Long.MIN_VALUE / 2;
    int broken = 0;
    for (int tick = 0; tick < 4_000; tick++) {
      seconds += LOOK.toSeconds();
      broken = broken > 0 ? broken - 1 : random.nextInt(60) == 0 ? 1 + random.nextInt(30) : 0;
      alerts.broken = broken > 0;
      int first = random.nextInt(3);
      for (int i = 0; i < 3; i++) {
        int which = (first + i) % 3;
        changes(workers, which, random);
        frozen[which] =
            frozen[which] > 0
                ? frozen[which] - 1
                : random.nextInt(80) == 0 ? 3 + random.nextInt(30) : 0;
        if (frozen[which] > 0) {
          continue;
        }
        Worker worker = workers.get(which);
        int before = alerts.sent.size();
        boolean open = before % 2 == 1;
        try {
          worker.watch.look();
        } catch (Alerts.NotTold again) {
          assertThat(alerts.broken).as("seed %d, tick %d", seed, tick).isTrue();
        }
        if (alerts.sent.size() > before) {
          assertThat(open ? seconds - lastSeen >= 180 - LOOK.toSeconds() : worker.seesIt())
              .as("seed %d, tick %d: %s", seed, tick, alerts.sent.getLast())
              .isTrue();
        }
        if (worker.seesIt() || (open && worker.isNear())) {
          lastSeen = seconds;
        }
      }
    }
    alerts.broken = false;
    workers.forEach(Worker::closes);
    pass(Duration.ofMinutes(10), workers.toArray(Worker[]::new));
    assertThat(alerts.sent).as("seed %d", seed).hasSizeGreaterThan(4);
    assertThat(alerts.sent.getLast()).as("seed %d", seed).isEqualTo(OVER);
  }

  private void changes(List<Worker> workers, int which, Random random) {
    Worker worker = workers.get(which);
    if (random.nextInt(4) > 0) {
      worker.asked();
    }
    switch (random.nextInt(200)) {
      case 0, 1 -> worker.opens().sign = Sign.DOWN;
      case 2, 3 -> worker.sign = Sign.ANSWERS;
      case 4, 5, 6, 7 -> worker.closes();
      case 8 -> workers.set(which, new Worker());
      case 9 -> worker.askedAt = seconds - 600; // its shards are another one's
      default -> {}
    }
  }
}
