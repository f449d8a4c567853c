package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.Ending;
import io.timebridge.services.gate.Outage;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.gate.ServiceGate.State;
import io.timebridge.services.gate.Time;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is told of a service, over real gates, on a time that moves only by waiting. */
class OutageWatchGateTest {
  private static final String DOWN = "SecondService is down";
  private static final String OVER = "Over: SecondService is down";
  private static final Duration OPEN_FOR = Duration.ofSeconds(5);

  private static final class TestTime implements Time {
    private long now = 1_000_000_000_000L;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void sleepNanos(long nanos) {
      now += nanos;
    }
  }

  private final TestTime time = new TestTime();
  private final FleetAlerts alerts = new FleetAlerts();
  private boolean up = true;

  /** One process, with its own gate. */
  private final class Worker {
    private final ServiceGate gate;
    private final OutageWatch watch;

    Worker(Duration ramp) {
      gate =
          new ServiceGate(
              "Test",
              new Settings.Gate(Duration.ofSeconds(10), 20, 4, 10, 50, OPEN_FOR, ramp),
              time);
      watch =
          new OutageWatch(
              "second-service",
              "SecondService",
              gate::outage,
              Duration.ofMinutes(2),
              alerts,
              () -> Instant.parse("2026-07-03T10:00:00Z").plusNanos(time.now),
              time::nanos);
    }

    /** An event that needs the service; false when it has to come again. */
    boolean event() throws InterruptedException {
      try {
        gate.admit();
        gate.call(
            "call",
            () -> true,
            () -> {
              if (!up) {
                throw new ServiceTrouble(Kind.UNKNOWN, "time-out");
              }
              return new Ending.Answered<>(1);
            });
        return true;
      } catch (ServiceTrouble later) {
        return false;
      }
    }

    boolean begins() {
      try {
        gate.admit();
        return true;
      } catch (ServiceTrouble othersFirst) {
        return false;
      }
    }

    void opens() throws InterruptedException {
      boolean was = up;
      up = false;
      while (gate.state() != State.OPEN) {
        event();
      }
      up = was;
    }

    void closes() throws InterruptedException {
      while (gate.state() != State.CLOSED) {
        time.now += Duration.ofSeconds(1).toNanos();
        event();
      }
    }
  }

  /** Time passes with looks; nobody has an event. */
  private void idle(Duration long_, Worker... workers) throws Exception {
    for (long end = time.now + long_.toNanos(); time.now < end; ) {
      time.now += OutageWatch.LOOK_EVERY.toNanos();
      for (Worker worker : workers) {
        worker.watch.look();
      }
    }
  }

  /** As {@link #idle}, and one event waits at the first of them and asks on. */
  private void waits(Duration long_, Worker... workers) throws Exception {
    for (long end = time.now + long_.toNanos(); time.now < end; ) {
      for (int second = 0; second < OutageWatch.LOOK_EVERY.toSeconds(); second++) {
        time.now += Duration.ofSeconds(1).toNanos();
        workers[0].event();
      }
      for (Worker worker : workers) {
        worker.watch.look();
      }
    }
  }

  @Test
  void a_blip_in_the_evening_is_no_outage_in_the_morning() throws Exception {
    Worker one = new Worker(Duration.ofSeconds(60));
    one.opens();
    time.now += OPEN_FOR.plusSeconds(1).toNanos();
    assertThat(one.event()).isTrue(); // and nobody comes for the two calls that are missing
    assertThat(one.gate.state()).isEqualTo(State.TRYING);
    idle(Duration.ofHours(9), one);
    while (one.begins()) {
      assertThat(one.gate.state()).as("events within a second").isEqualTo(State.TRYING);
    }
    idle(Duration.ofMinutes(10), one);
    assertThat(alerts.sent).isEmpty();
    assertThat(one.gate.outage()).isEmpty();
  }

  @Test
  void an_outage_after_a_quiet_night_is_told_with_its_own_beginning() throws Exception {
    Worker one = new Worker(Duration.ofSeconds(60));
    one.opens();
    idle(Duration.ofHours(9), one);
    up = false;
    waits(Duration.ofSeconds(60), one);
    assertThat(alerts.sent).isEmpty();
    waits(Duration.ofSeconds(90), one);
    assertThat(alerts.sent).containsExactly(DOWN);
    assertThat(one.gate.outage().map(Outage::lasts).orElseThrow())
        .isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void an_outage_whose_last_event_got_through_is_called_off_without_more_traffic()
      throws Exception {
    Worker one = new Worker(Duration.ofSeconds(60));
    up = false;
    one.opens();
    waits(Duration.ofMinutes(10), one);
    assertThat(alerts.sent).containsExactly(DOWN);
    up = true;
    while (!one.event()) {
      time.now += Duration.ofSeconds(1).toNanos();
    }
    assertThat(one.gate.state()).isEqualTo(State.TRYING);
    idle(Duration.ofMinutes(6), one);
    assertThat(alerts.sent).containsExactly(DOWN, OVER);
  }

  @Test
  void a_service_that_is_back_is_not_told_of_while_its_rate_rises() throws Exception {
    Worker one = new Worker(Duration.ofMinutes(10));
    up = false;
    one.opens();
    waits(Duration.ofSeconds(105), one);
    up = true;
    one.closes();
    waits(Duration.ofMinutes(15), one);
    assertThat(alerts.sent).isEmpty();
  }

  @Test
  void a_service_that_falls_ill_again_while_its_rate_rises_is_one_outage() throws Exception {
    Worker one = new Worker(Duration.ofMinutes(10));
    Worker other = new Worker(Duration.ofMinutes(10)); // has nothing to do
    for (int round = 0; round < 5; round++) {
      up = false;
      one.opens();
      waits(Duration.ofMinutes(4), one, other);
      up = true;
      one.closes();
      waits(Duration.ofMinutes(8), one, other);
    }
    assertThat(alerts.sent).containsExactly(DOWN);
    waits(Duration.ofMinutes(6), one, other);
    assertThat(alerts.sent).containsExactly(DOWN, OVER);
  }
}
