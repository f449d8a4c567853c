package io.timebridge.services.gate;

import static io.timebridge.services.Fixtures.trouble;
import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.Outage.Sign;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gate lets through after an outage, on a time that moves only by waiting. */
class RampTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Duration OPEN_FOR = Duration.ofSeconds(5);
  private static final Duration RAMP = Duration.ofSeconds(60);

  private static final class TestTime implements Time {
    long now = 1_000_000_000_000L;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void sleepNanos(long nanos) {
      now += nanos;
    }

    void pass(Duration d) {
      now += d.toNanos();
    }
  }

  private final TestTime time = new TestTime();
  private final List<Long> starts = new ArrayList<>();

  private ServiceGate gate(int perSecond, Duration ramp) {
    return new ServiceGate(
        "Test",
        new Settings.Gate(Duration.ofSeconds(10), perSecond, 4, 10, 50, OPEN_FOR, ramp),
        time);
  }

  private Ending<Integer> answered() {
    starts.add(time.nanos());
    return new Ending.Answered<>(1);
  }

  private void call(ServiceGate gate) throws Exception {
    gate.call("call", () -> true, this::answered);
  }

  private void callFor(ServiceGate gate, Duration long_) throws Exception {
    long end = time.now + long_.toNanos();
    while (time.now < end) {
      call(gate);
    }
  }

  private void fail(ServiceGate gate) {
    assertThat(
            trouble(() ->
                gate.call(
                    "call",
                    () -> true,
                    () -> {
                      starts.add(time.nanos());
                      throw new ServiceTrouble(Kind.UNKNOWN, "time-out");
                    })))
        .isNotNull();
  }

  private void open(ServiceGate gate) {
    while (gate.state() != ServiceGate.State.OPEN) {
      fail(gate);
    }
  }

  /** Waits the pause out and lets the trial calls succeed. */
  private void close(ServiceGate gate) throws Exception {
    time.pass(gate.openFor().plusMillis(1));
    while (gate.state() != ServiceGate.State.CLOSED) {
      call(gate);
    }
  }

  private long startsBetween(long from, long to) {
    return starts.stream().filter(at -> at >= from && at < to).count();
  }

  @Test
  void begins_at_a_tenth_and_reaches_the_full_rate_after_the_ramp() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    open(gate);
    close(gate);
    long closedAt = time.now;
    callFor(gate, Duration.ofSeconds(90));
    List<Long> perStep = new ArrayList<>();
    for (int step = 0; step < 10; step++) {
      long from = closedAt + step * 6 * SECOND;
      perStep.add(startsBetween(from, from + 6 * SECOND));
    }
    for (int step = 0; step < 10; step++) {
      assertThat(perStep.get(step)).isBetween(12L * (step + 1) - 1, 12L * (step + 1) + 1);
    }
    assertThat(startsBetween(closedAt + 60 * SECOND, closedAt + 90 * SECOND)).isEqualTo(600);
  }

  @Test
  void trial_calls_are_as_slow_as_the_first_step() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    open(gate);
    time.pass(OPEN_FOR.plusMillis(1));
    long from = time.now;
    close(gate);
    assertThat(time.now - from).isBetween(SECOND, SECOND + SECOND / 100); // three, two a second
  }

  @Test
  void lets_at_least_one_call_a_second_through_and_never_more_than_is_allowed() throws Exception {
    ServiceGate gate = gate(4, RAMP);
    open(gate);
    close(gate);
    starts.clear();
    callFor(gate, Duration.ofSeconds(5));
    assertThat(starts).hasSize(5);
    gate.allow(new Allowance(4, 0.25, 1), () -> true);
    starts.clear();
    callFor(gate, Duration.ofSeconds(20));
    assertThat(starts).hasSize(5);
  }

  @Test
  void begins_anew_when_the_circuit_opens_again_on_the_way() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    open(gate);
    close(gate);
    callFor(gate, Duration.ofSeconds(40));
    open(gate);
    close(gate);
    starts.clear();
    callFor(gate, Duration.ofSeconds(5));
    assertThat(starts).hasSizeBetween(10, 11);
  }

  @Test
  void has_no_ramp_where_none_is_wanted() throws Exception {
    ServiceGate gate = gate(20, Duration.ZERO);
    open(gate);
    close(gate);
    starts.clear();
    callFor(gate, Duration.ofSeconds(5));
    assertThat(starts).hasSize(100);
  }

  @Test
  void a_healthy_service_never_sees_a_ramp() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    callFor(gate, Duration.ofSeconds(5));
    assertThat(starts).hasSize(101);
    for (int i = 0; i < 100; i++) {
      gate.admit();
    }
  }

  @Test
  void a_share_that_changes_on_the_way_is_ramped_from_where_the_ramp_is() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    gate.allow(new Allowance(2, 10, 1), () -> true);
    open(gate);
    close(gate);
    long closedAt = time.now;
    callFor(gate, Duration.ofSeconds(31));
    gate.allow(new Allowance(4, 20, 1), () -> true); // the other process has gone
    long from = time.now;
    starts.clear();
    callFor(gate, Duration.ofSeconds(4));
    assertThat(time.now - closedAt).isLessThan(36 * SECOND);
    assertThat(startsBetween(from, from + 4 * SECOND)).isBetween(47L, 48L); // six tenths of 20
    gate.allow(new Allowance(1, 5, 1), () -> true);
    from = time.now;
    starts.clear();
    callFor(gate, Duration.ofSeconds(1));
    assertThat(startsBetween(from, from + SECOND)).isLessThanOrEqualTo(3);
  }

  /** Any share, any outage, any pause: never above what is allowed, nor above the ramp. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void never_exceeds_the_share_nor_the_ramp_whatever_happens(long seed) throws Exception {
    Random random = new Random(seed);
    ServiceGate gate = gate(20, RAMP);
    List<double[]> allowed = new ArrayList<>(); // from when, calls per second
    allowed.add(new double[] {time.now, 20});
    long closedAt = Long.MIN_VALUE;
    for (int step = 0; step < 200; step++) {
      switch (random.nextInt(6)) {
        case 0 -> {
          double perSecond = random.nextInt(8) == 0 ? 0.5 : 1 + random.nextInt(80) / 4.0;
          gate.allow(new Allowance(4, perSecond, 1), () -> true);
          allowed.add(new double[] {time.now, perSecond});
        }
        case 1 -> {
          if (random.nextInt(5) == 0) {
            open(gate);
            close(gate);
            closedAt = time.now;
          }
        }
        case 2 -> time.pass(Duration.ofMillis(random.nextInt(4_000)));
        default -> {
          int calls = random.nextInt(30);
          for (int i = 0; i < calls; i++) {
            call(gate);
          }
        }
      }
      long now = time.now;
      double most = 0;
      for (int i = 0; i < allowed.size(); i++) {
        double until = i + 1 < allowed.size() ? allowed.get(i + 1)[0] : Double.MAX_VALUE;
        if (until > now - SECOND) {
          most = Math.max(most, allowed.get(i)[1]);
        }
      }
      assertThat(startsBetween(now - SECOND, now))
          .as("seed %d, step %d", seed, step)
          .isLessThanOrEqualTo((long) Math.max(1, Math.floor(most)));
      if (now - closedAt < 5 * SECOND && now - closedAt > SECOND) {
        assertThat(startsBetween(now - SECOND, now))
            .as("seed %d, step %d: in the first step of the ramp", seed, step)
            .isLessThanOrEqualTo((long) Math.max(1, Math.floor(most / 10)));
      }
    }
  }

  @Test
  void no_more_work_begins_than_there_are_calls_to_make() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    open(gate);
    time.pass(OPEN_FOR.plusMillis(1));
    int begun = 0;
    for (int i = 0; i < 1_000; i++) {
      begun += begins(gate) ? 1 : 0;
      time.pass(Duration.ofMillis(1));
    }
    assertThat(begun).as("in a second before anybody has tried").isBetween(2, 4);
    close(gate);
    begun = 0;
    for (int i = 0; i < 5_000; i++) {
      begun += begins(gate) ? 1 : 0;
      time.pass(Duration.ofMillis(1));
    }
    assertThat(begun).as("in the first five seconds of the ramp").isBetween(9, 13);
    time.pass(RAMP);
    for (int i = 0; i < 1_000; i++) {
      gate.admit();
    }
  }

  @Test
  void no_work_begins_while_the_calls_that_try_are_under_way() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    open(gate);
    time.pass(OPEN_FOR.plusMillis(1));
    gate.call(
        "first",
        () -> true,
        () -> {
          gate.call(
              "second",
              () -> true,
              () -> {
                gate.call(
                    "third",
                    () -> true,
                    () -> {
                      time.pass(Duration.ofSeconds(9));
                      assertThat(begins(gate)).as("three try").isFalse();
                      return answered();
                    });
                return answered();
              });
          return answered();
        });
    assertThat(gate.state()).isEqualTo(ServiceGate.State.CLOSED);
    assertThat(begins(gate)).isTrue();
  }

  @Test
  void those_who_ask_in_vain_ask_less_often_the_more_they_are() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    open(gate);
    close(gate);
    assertThat(askAgain(gate)).isEqualTo(Duration.ofSeconds(1));
    for (int i = 0; i < 5_000; i++) {
      begins(gate);
    }
    assertThat(askAgain(gate)).isEqualTo(Duration.ofSeconds(6));
    for (int i = 0; i < 50_000; i++) {
      begins(gate);
    }
    assertThat(askAgain(gate)).isEqualTo(Duration.ofSeconds(10));
    time.pass(Duration.ofSeconds(3));
    begins(gate);
    assertThat(askAgain(gate)).isEqualTo(Duration.ofSeconds(1));
  }

  private static boolean begins(ServiceGate gate) {
    try {
      gate.admit();
      return true;
    } catch (ServiceTrouble refused) {
      assertThat(refused.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
      return false;
    }
  }

  private static Duration askAgain(ServiceGate gate) {
    for (int i = 0; i < 100; i++) {
      ServiceTrouble refused = trouble(gate::admit);
      if (refused != null) {
        return refused.retryAfter().orElseThrow();
      }
    }
    throw new AssertionError("everybody may begin");
  }

  @Test
  void an_outage_lasts_from_the_first_opening_to_the_end_of_the_ramp() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    assertThat(gate.outage()).isEmpty();
    open(gate);
    long began = time.now;
    time.pass(Duration.ofSeconds(30));
    assertThat(gate.outage()).contains(new Outage(Duration.ofSeconds(30), Sign.DOWN));
    close(gate);
    time.pass(Duration.ofSeconds(50));
    assertThat(gate.outage().map(Outage::sign)).as("the rate still rises").contains(Sign.ANSWERS);
    open(gate);
    assertThat(gate.outage())
        .as("the same outage")
        .contains(new Outage(Duration.ofNanos(time.now - began), Sign.DOWN));
    close(gate);
    time.pass(RAMP);
    assertThat(gate.outage()).isEmpty();
    open(gate);
    assertThat(gate.outage().orElseThrow().lasts()).as("another one").isZero();
  }

  @Test
  void a_service_that_answered_the_last_who_tried_is_not_ill_all_night() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    open(gate);
    time.pass(OPEN_FOR.plusMillis(1));
    call(gate); // what waited goes through; nobody comes for the two calls that are missing
    assertThat(gate.outage().map(Outage::sign)).contains(Sign.ANSWERS);
    time.pass(Duration.ofMinutes(3));
    assertThat(gate.outage()).isEmpty();
    time.pass(Duration.ofHours(9));
    while (begins(gate)) {
      time.pass(Duration.ofMillis(1));
    }
    assertThat(gate.outage()).as("one begins, another is refused").isEmpty();
    open(gate);
    assertThat(gate.outage()).contains(new Outage(Duration.ZERO, Sign.DOWN));
  }

  @Test
  void the_last_answer_before_a_failure_says_nothing() throws Exception {
    ServiceGate gate = gate(20, RAMP);
    gate.call(
        "under way",
        () -> true,
        () -> {
          open(gate);
          return answered();
        });
    assertThat(gate.outage().map(Outage::sign)).as("sent before it opened").contains(Sign.DOWN);
    time.pass(OPEN_FOR.plusMillis(1));
    call(gate);
    fail(gate);
    assertThat(gate.outage().map(Outage::sign)).contains(Sign.DOWN);
    time.pass(Duration.ofMinutes(3));
    assertThat(gate.outage().map(Outage::sign)).contains(Sign.UNASKED);
  }

  @Test
  void time_in_which_nobody_wanted_to_call_is_no_outage() {
    ServiceGate gate = gate(20, RAMP);
    open(gate);
    time.pass(Duration.ofHours(9));
    assertThat(gate.outage().map(Outage::sign)).contains(Sign.UNASKED);
    begins(gate);
    assertThat(gate.outage()).contains(new Outage(Duration.ZERO, Sign.DOWN));
    time.pass(Duration.ofMinutes(1));
    begins(gate);
    assertThat(gate.outage()).contains(new Outage(Duration.ofMinutes(1), Sign.DOWN));
  }
}
