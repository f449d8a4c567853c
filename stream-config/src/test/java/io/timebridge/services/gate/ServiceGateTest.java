package io.timebridge.services.gate;

import static io.timebridge.services.Fixtures.trouble;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.ServiceGate.State;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServiceGateTest {
  private static final Duration OPEN_FOR = Duration.ofSeconds(7);

  /** Time that moves only by sleeping, or when told. */
  private static class TestTime implements Time {
    final AtomicLong now = new AtomicLong(1_000_000_000_000L);
    final List<Duration> slept = new ArrayList<>();

    @Override
    public long nanos() {
      return now.get();
    }

    @Override
    public void sleepNanos(long nanos) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      slept.add(Duration.ofNanos(nanos));
      now.addAndGet(nanos);
    }

    void pass(Duration d) {
      now.addAndGet(d.toNanos());
    }
  }

  private final TestTime time = new TestTime();

  private ServiceGate gate(int perSecond, int concurrent, int window, int percent) {
    return new ServiceGate(
        "Test",
        new Settings.Gate(
            Duration.ofSeconds(10),
            perSecond,
            concurrent,
            window,
            percent,
            OPEN_FOR,
            Duration.ZERO),
        time);
  }

  private static <T> Ending<T> answered(T answer) {
    return new Ending.Answered<>(answer);
  }

  private static void fail(ServiceGate gate) {
    assertThat(
            trouble(() ->
                gate.call(
                    "call",
                    () -> true,
                    () -> {
                      throw new ServiceTrouble(Kind.UNKNOWN, "time-out");
                    })))
        .isNotNull();
  }

  private static void slowDown(ServiceGate gate, @Nullable Duration retryAfter) {
    ServiceTrouble said = new ServiceTrouble(Kind.NOT_DONE, "429", retryAfter, null);
    assertThat(trouble(() -> gate.call("call", () -> true, () -> new Ending.NotCounted<>(said))))
        .isSameAs(said);
  }

  @Test
  void an_answer_that_we_are_not_known_is_told_apart_and_opens_no_circuit() throws Exception {
    ServiceGate gate = gate(1000, 4, 5, 50);
    List<CallWatch.End> ends = new ArrayList<>();
    gate.watch(what -> (end, nanos) -> ends.add(end));
    for (int i = 0; i < 20; i++) {
      gate.call("login", () -> true, () -> new Ending.NotKnown<>("no"));
    }
    assertThat(ends).hasSize(20).containsOnly(CallWatch.End.CREDENTIALS);
    assertThat(gate.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void a_service_that_only_says_that_we_are_not_known_is_well_again() throws Exception {
    ServiceGate gate = gate(100_000, 4, 10, 50);
    for (int i = 0; i < 5; i++) {
      fail(gate);
    }
    assertThat(gate.state()).isEqualTo(State.OPEN);
    time.pass(OPEN_FOR.plusMillis(1));
    for (int i = 0; i < 3; i++) {
      gate.call("login", () -> true, () -> new Ending.NotKnown<>("no"));
    }
    assertThat(gate.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void spaces_calls_evenly_when_they_come_all_at_once() throws Exception {
    ServiceGate gate = gate(10, 4, 100, 100);
    List<Long> startedAt = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      gate.call("call", () -> true, () -> answered(startedAt.add(time.nanos())));
    }
    for (int i = 1; i < startedAt.size(); i++) {
      assertThat(startedAt.get(i) - startedAt.get(i - 1)).isEqualTo(100_000_000L);
    }
  }

  @Test
  void does_not_wait_when_the_last_call_is_long_ago() throws Exception {
    ServiceGate gate = gate(1, 1, 100, 100);
    gate.call("call", () -> true, () -> answered(1));
    time.pass(Duration.ofSeconds(5));
    gate.call("call", () -> true, () -> answered(1));
    assertThat(time.slept).isEmpty();
  }

  @Test
  void lets_no_more_callers_in_than_there_are_places() throws Exception {
    ServiceGate gate = gate(100_000, 3, 100, 100);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch leave = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        calls.add(
            threads.submit(() ->
                gate.inPlace(
                    "call",
                    place -> {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      leave.await();
                      return inside.decrementAndGet();
                    })));
      }
      await().until(() -> inside.get() == 3);
      leave.countDown();
      for (Future<Integer> call : calls) {
        call.get();
      }
    }
    assertThat(most).hasValue(3);
  }

  @Test
  void ends_the_wait_for_a_place_when_interrupted() throws Exception {
    ServiceGate gate = gate(100_000, 1, 100, 100);
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    AtomicBoolean sent = new AtomicBoolean();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread holder =
        Thread.ofVirtual()
            .start(() -> {
              try {
                gate.inPlace(
                    "call",
                    place -> {
                      taken.countDown();
                      leave.await();
                      return 0;
                    });
              } catch (ServiceTrouble | InterruptedException unexpected) {
                throw new IllegalStateException(unexpected);
              }
            });
    taken.await();
    Thread waiter =
        Thread.ofVirtual()
            .start(() -> {
              try {
                gate.call("call", () -> true, () -> answered(sent.getAndSet(true)));
              } catch (InterruptedException expected) {
                interrupted.set(true);
              } catch (ServiceTrouble unexpected) {
                throw new IllegalStateException(unexpected);
              }
            });
    await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
    waiter.interrupt();
    waiter.join();
    leave.countDown();
    holder.join();
    assertThat(interrupted).isTrue();
    assertThat(sent).isFalse();
  }

  @Test
  void refuses_when_the_wait_for_a_slot_would_be_too_long() throws Exception {
    // Time stands still, so that every caller queues behind the one before.
    TestTime frozen =
        new TestTime() {
          @Override
          public void sleepNanos(long nanos) {
            slept.add(Duration.ofNanos(nanos));
          }
        };
    ServiceGate still =
        new ServiceGate(
            "Test",
            new Settings.Gate(Duration.ofSeconds(10), 1, 100, 100, 100, OPEN_FOR, Duration.ZERO),
            frozen);
    for (int i = 0; i <= 30; i++) {
      still.call("call", () -> true, () -> answered(0));
    }
    assertThat(frozen.slept).last().isEqualTo(Duration.ofSeconds(30));
    ServiceTrouble trouble = trouble(() -> still.call("call", () -> true, () -> answered(0)));
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble).hasMessage("Test call: not sent, no slot within PT30S");
  }

  @Test
  void sends_nothing_when_it_has_become_too_late_while_waiting() throws Exception {
    ServiceGate gate = gate(1, 4, 100, 100);
    gate.call("call", () -> true, () -> answered(0));
    long deadline = time.nanos() + Duration.ofMillis(500).toNanos();
    AtomicBoolean sent = new AtomicBoolean();
    ServiceTrouble trouble =
        trouble(() ->
            gate.call(
                "timesheet add",
                () -> time.nanos() < deadline,
                () -> answered(sent.getAndSet(true))));
    assertThat(time.slept).containsExactly(Duration.ofSeconds(1));
    assertThat(sent).isFalse();
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble).hasMessage("Test timesheet add: not sent, too late to send");
  }

  @Test
  void opens_after_failures_and_refuses_at_once_with_the_time_left() throws Exception {
    ServiceGate gate = gate(100_000, 4, 10, 50);
    List<State> seen = new ArrayList<>();
    gate.onChange(seen::add);
    for (int i = 0; i < 5; i++) {
      fail(gate);
    }
    assertThat(gate.state()).isEqualTo(State.OPEN);
    time.pass(Duration.ofSeconds(3));
    Duration left = gate.openFor();
    ServiceTrouble trouble = trouble(() -> gate.call("call", () -> true, () -> answered(0)));
    assertThat(trouble.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(trouble.retryAfter()).contains(left);
    assertThat(left).isBetween(Duration.ofMillis(3900), Duration.ofSeconds(4));
    assertThat(seen).containsExactly(State.OPEN);
  }

  @Test
  void closes_again_after_successful_trial_calls() throws Exception {
    ServiceGate gate = gate(100_000, 4, 10, 50);
    List<State> seen = new ArrayList<>();
    gate.onChange(seen::add);
    for (int i = 0; i < 5; i++) {
      fail(gate);
    }
    time.pass(OPEN_FOR.plusMillis(1));
    assertThat(gate.state()).isEqualTo(State.TRYING);
    for (int i = 0; i < 3; i++) {
      assertThat(gate.<Integer>call("call", () -> true, () -> answered(1))).isEqualTo(1);
    }
    assertThat(gate.state()).isEqualTo(State.CLOSED);
    assertThat(seen).containsExactly(State.OPEN, State.TRYING, State.CLOSED);
  }

  @Test
  void opens_again_when_the_trial_calls_fail() throws Exception {
    ServiceGate gate = gate(100_000, 4, 10, 50);
    for (int i = 0; i < 5; i++) {
      fail(gate);
    }
    time.pass(OPEN_FOR.plusMillis(1));
    for (int i = 0; i < 3; i++) {
      fail(gate);
    }
    assertThat(gate.state()).isEqualTo(State.OPEN);
    assertThat(gate.openFor()).isBetween(OPEN_FOR.minusMillis(100), OPEN_FOR);
  }

  @Test
  void lets_only_a_few_calls_try_at_a_time() throws Exception {
    ServiceGate gate = gate(100_000, 10, 10, 50);
    for (int i = 0; i < 5; i++) {
      fail(gate);
    }
    time.pass(OPEN_FOR.plusMillis(1));
    Integer refused =
        gate.<Integer>call(
            "1",
            () -> true,
            () ->
                answered(
                    gate.<Integer>call(
                        "2",
                        () -> true,
                        () ->
                            answered(
                                gate.<Integer>call(
                                    "3",
                                    () -> true,
                                    () -> {
                                      ServiceTrouble fourth =
                                          trouble(
                                              () -> gate.call("4", () -> true, () -> answered(0)));
                                      assertThat(fourth.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
                                      assertThat(fourth.retryAfter())
                                          .contains(Duration.ofSeconds(1));
                                      return answered(4);
                                    })))));
    assertThat(refused).isEqualTo(4);
    assertThat(gate.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void counts_answers_as_successes_and_slow_downs_as_nothing() throws Exception {
    ServiceGate gate = gate(100_000, 4, 10, 50);
    for (int i = 0; i < 50; i++) {
      slowDown(gate, null);
    }
    for (int i = 0; i < 6; i++) {
      gate.call("call", () -> true, () -> answered("a business error"));
    }
    for (int i = 0; i < 4; i++) {
      fail(gate);
    }
    assertThat(gate.state()).isEqualTo(State.CLOSED);
    fail(gate);
    assertThat(gate.state()).isEqualTo(State.OPEN);
  }

  @Test
  void makes_all_calls_wait_as_long_as_the_service_asked() throws Exception {
    ServiceGate gate = gate(100_000, 4, 10, 50);
    slowDown(gate, Duration.ofSeconds(12));
    gate.call("call", () -> true, () -> answered(0));
    assertThat(time.slept).containsExactly(Duration.ofSeconds(12));
    gate.call("call", () -> true, () -> answered(0));
    assertThat(time.slept.stream().filter(d -> d.compareTo(Duration.ofSeconds(1)) > 0)).hasSize(1);
  }

  @Test
  void refuses_with_the_time_left_when_the_service_asked_for_long() throws Exception {
    ServiceGate gate = gate(100_000, 4, 10, 50);
    slowDown(gate, Duration.ofHours(9));
    time.pass(Duration.ofMinutes(1));
    ServiceTrouble trouble = trouble(() -> gate.call("call", () -> true, () -> answered(0)));
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble.retryAfter()).contains(Duration.ofMinutes(4));
  }

  @Test
  void gives_every_permit_back_when_a_call_ends_in_a_defect() throws Exception {
    ServiceGate gate = gate(100_000, 1, 10, 50);
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() ->
              gate.call(
                  "call",
                  () -> true,
                  () -> {
                    throw new IllegalStateException("a defect");
                  }))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() ->
              gate.call(
                  "call",
                  () -> true,
                  () -> {
                    throw new InterruptedException();
                  }))
          .isInstanceOf(InterruptedException.class);
    }
    assertThat(gate.state()).isEqualTo(State.CLOSED);
    assertThat(gate.<Integer>call("call", () -> true, () -> answered(1))).isEqualTo(1);
  }

  @Test
  void makes_several_calls_in_one_place_without_asking_for_another() throws Exception {
    ServiceGate gate = gate(100_000, 1, 10, 50);
    int sum =
        gate.inPlace(
            "call",
            place ->
                place.<Integer>call("a", () -> true, () -> answered(1))
                    + place.<Integer>call("b", () -> true, () -> answered(2)));
    assertThat(sum).isEqualTo(3);
  }

  /** Calls that stay under way until they are told to end. */
  private static final class LongCalls implements AutoCloseable {
    final AtomicInteger inside = new AtomicInteger();
    final Set<Integer> sessions = ConcurrentHashMap.newKeySet();
    private final ServiceGate gate;
    private final Semaphore ends = new Semaphore(0);
    private final List<Future<Integer>> started = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    LongCalls(ServiceGate gate) {
      this.gate = gate;
    }

    void start(int calls) {
      for (int i = 0; i < calls; i++) {
        started.add(
            threads.submit(() ->
                gate.inPlace(
                    "call",
                    place -> {
                      inside.incrementAndGet();
                      sessions.add(place.session());
                      ends.acquire();
                      return inside.decrementAndGet();
                    })));
      }
    }

    void end(int calls) {
      ends.release(calls);
    }

    @Override
    public void close() {
      end(1000);
      threads.close();
      assertThat(started).allMatch(call -> call.state() == Future.State.SUCCESS);
    }
  }

  private static void allow(ServiceGate gate, int calls, double perSecond, int sessions) {
    gate.allow(new Allowance(calls, perSecond, sessions), () -> true);
  }

  @Test
  void lets_calls_above_a_lowered_limit_end_and_replaces_none_of_them() {
    ServiceGate gate = gate(100_000, 4, 100, 100);
    try (LongCalls calls = new LongCalls(gate)) {
      calls.start(6);
      await().until(() -> calls.inside.get() == 4);
      allow(gate, 2, 100_000, 4);
      time.pass(Duration.ofSeconds(2));
      assertThat(gate.isSettled()).isFalse();
      calls.end(1);
      await().until(() -> calls.inside.get() == 3);
      assertThat(gate.isSettled()).isFalse();
      calls.end(1);
      await().until(() -> calls.inside.get() == 2);
      await().until(gate::isSettled);
      calls.end(1);
      await().until(() -> calls.sessions.size() >= 1 && calls.inside.get() == 2);
      allow(gate, 3, 100_000, 4);
      await().until(() -> calls.inside.get() == 3);
    }
  }

  @Test
  void is_not_settled_before_calls_in_sessions_above_a_lowered_number_have_ended() {
    ServiceGate gate = gate(100_000, 4, 100, 100);
    allow(gate, 4, 100_000, 2);
    try (LongCalls calls = new LongCalls(gate)) {
      calls.start(2);
      await().until(() -> calls.inside.get() == 2);
      assertThat(calls.sessions).containsExactlyInAnyOrder(0, 1);
      allow(gate, 4, 100_000, 1);
      time.pass(Duration.ofSeconds(2));
      assertThat(gate.isSettled()).isFalse();
      calls.end(2);
      await().until(gate::isSettled);
    }
  }

  @Test
  void is_not_settled_before_a_second_at_the_lowered_rate_unless_it_was_idle() throws Exception {
    ServiceGate gate = gate(10, 4, 100, 100);
    gate.call("call", () -> true, () -> answered(1));
    allow(gate, 2, 5, 4);
    assertThat(gate.isSettled()).isFalse();
    time.pass(Duration.ofMillis(999));
    assertThat(gate.isSettled()).isFalse();
    time.pass(Duration.ofMillis(1));
    assertThat(gate.isSettled()).isTrue();
    allow(gate, 1, 2, 4);
    assertThat(gate.isSettled()).as("no call for a second").isTrue();
  }

  @Test
  void spaces_calls_by_the_rate_of_the_moment() throws Exception {
    ServiceGate gate = gate(10, 4, 100, 100);
    List<Duration> gaps = new ArrayList<>();
    long before = time.nanos();
    for (double rate : new double[] {10, 10, 4, 0.25, 0.25, 6.9}) {
      allow(gate, 4, rate, 4);
      gate.call("call", () -> true, () -> answered(1));
      gaps.add(Duration.ofNanos(time.nanos() - before));
      before = time.nanos();
    }
    assertThat(gaps.subList(1, 5))
        .containsExactly(
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofSeconds(4),
            Duration.ofSeconds(4));
    assertThat(gaps.getLast()).as("six whole calls").isBetween(ms(166), ms(167));
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void voids_the_slots_that_were_reserved_before_the_rate_was_lowered() throws Exception {
    List<ServiceGate> lowered = new ArrayList<>();
    TestTime lowering =
        new TestTime() {
          @Override
          public void sleepNanos(long nanos) throws InterruptedException {
            super.sleepNanos(nanos);
            if (lowered.size() == 1) {
              allow(lowered.removeFirst(), 4, 1, 4);
            }
          }
        };
    ServiceGate gate =
        new ServiceGate(
            "Test",
            new Settings.Gate(Duration.ofSeconds(10), 10, 4, 100, 100, OPEN_FOR, Duration.ZERO),
            lowering);
    gate.call("call", () -> true, () -> answered(1));
    lowered.add(gate);
    gate.call("call", () -> true, () -> answered(1));
    assertThat(lowering.slept).containsExactly(ms(100), Duration.ofSeconds(1));
  }

  @Test
  void refuses_at_once_without_a_share_and_when_it_has_lapsed() throws Exception {
    ServiceGate gate = gate(10, 4, 100, 100);
    AtomicBoolean good = new AtomicBoolean(true);
    gate.allow(new Allowance(4, 10, 4), good::get);
    gate.requireOpen();
    good.set(false);
    assertNoShare(trouble(gate::requireOpen));
    assertNoShare(trouble(() -> gate.call("call", () -> true, () -> answered(1))));
    gate.allow(Allowance.NONE, () -> true);
    assertNoShare(trouble(gate::requireOpen));
    assertNoShare(trouble(() -> gate.call("call", () -> true, () -> answered(1))));
    assertThat(time.slept).isEmpty();
  }

  private static void assertNoShare(ServiceTrouble trouble) {
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble.retryAfter()).contains(Duration.ofSeconds(1));
    assertThat(trouble).hasMessageContaining("no share of the limits");
  }

  @Test
  void sends_nothing_when_its_share_lapsed_while_it_waited_for_a_slot() throws Exception {
    ServiceGate gate = gate(1, 4, 100, 100);
    long until = time.nanos() + ms(500).toNanos();
    gate.allow(new Allowance(4, 1, 4), () -> time.nanos() < until);
    gate.call("call", () -> true, () -> answered(1));
    AtomicBoolean sent = new AtomicBoolean();
    assertNoShare(
        trouble(() -> gate.call("call", () -> true, () -> answered(sent.getAndSet(true)))));
    assertThat(sent).isFalse();
  }

  @Test
  void says_that_it_is_open_only_when_a_call_would_be_let_through() throws Exception {
    ServiceGate gate = gate(100_000, 4, 10, 50);
    gate.requireOpen();
    slowDown(gate, Duration.ofSeconds(20));
    gate.requireOpen(); // a call would wait
    slowDown(gate, Duration.ofMinutes(2));
    assertThat(trouble(gate::requireOpen).retryAfter()).contains(Duration.ofMinutes(2));
    time.pass(Duration.ofMinutes(2));
    for (int i = 0; i < 5; i++) {
      fail(gate);
    }
    ServiceTrouble open = trouble(gate::requireOpen);
    assertThat(open.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(open.retryAfter()).contains(gate.openFor());
    time.pass(OPEN_FOR.plusMillis(1));
    gate.requireOpen();
  }

  /** Stops one thread at the first look at the time that it takes once the circuit is open. */
  private static final class StoppingTime extends TestTime {
    final CountDownLatch stopped = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    volatile @Nullable ServiceGate gate;
    volatile @Nullable Thread whom;
    private boolean looking;

    @Override
    public long nanos() {
      ServiceGate watched = gate;
      if (Thread.currentThread() == whom && watched != null && !looking) {
        looking = true;
        boolean open = watched.state() != State.CLOSED;
        looking = false;
        if (open) {
          whom = null;
          stopped.countDown();
          try {
            goOn.await();
          } catch (InterruptedException ended) {
            throw new AssertionError(ended);
          }
        }
      }
      return super.nanos();
    }
  }

  @Test
  void an_opening_that_is_told_after_the_closing_holds_nothing_back() throws Exception {
    StoppingTime stopping = new StoppingTime();
    ServiceGate gate =
        new ServiceGate(
            "Test",
            new Settings.Gate(
                Duration.ofSeconds(10), 100, 4, 10, 50, OPEN_FOR, Duration.ofSeconds(60)),
            stopping);
    for (int i = 0; i < 4; i++) {
      fail(gate);
    }
    Thread last = Thread.ofPlatform().unstarted(() -> fail(gate));
    stopping.gate = gate;
    stopping.whom = last;
    last.start();
    stopping.stopped.await(); // the circuit is open, and nobody has been told
    stopping.pass(OPEN_FOR.plusSeconds(1));
    while (gate.state() != State.CLOSED) {
      gate.call("call", () -> true, () -> answered(1));
    }
    stopping.goOn.countDown();
    last.join();
    assertThat(gate.outage().map(Outage::sign)).isNotEqualTo(Optional.of(Outage.Sign.DOWN));
    stopping.pass(Duration.ofSeconds(60));
    assertThat(gate.outage()).isEmpty();
    for (int i = 0; i < 1_000; i++) {
      gate.admit();
    }
  }
}
