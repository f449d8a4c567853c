package io.timebridge.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.planted.Step;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StepsTest {
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Steps steps = new Steps(told::add);

  @Test
  void passes_by_when_nothing_is_armed_or_something_else_is() {
    steps.reached(Step.FETCHED, Service.SECOND, Steps.UNKNOWN, "1");
    steps.arm(1, Step.FETCHED, Service.FIRST, 1, false);
    steps.reached(Step.FETCHED, Service.SECOND, Steps.UNKNOWN, "1");
    steps.reached(Step.STATE_WRITTEN, Service.FIRST, Steps.UNKNOWN, "1");

    assertThat(told).isEmpty();
  }

  @Test
  void holds_the_nth_one_until_it_is_let_go_and_the_following_ones_not_at_all() throws Exception {
    steps.arm(7, Step.STATE_WRITTEN, Service.SECOND, 2, false);
    steps.reached(Step.STATE_WRITTEN, Service.SECOND, Steps.UNKNOWN, "1");
    Thread held = reachedBy("2");
    await().until(() -> told.equals(List.of("hit 7 add 2")));
    steps.reached(Step.STATE_WRITTEN, Service.SECOND, Steps.UNKNOWN, "3");
    assertThat(held.isAlive()).isTrue();

    steps.go(7);
    held.join();
    assertThat(told).hasSize(1);
  }

  @Test
  void keeps_holding_when_interrupted_and_passes_the_interrupt_on() throws Exception {
    steps.arm(7, Step.STATE_WRITTEN, Service.SECOND, 1, false);
    boolean[] interrupted = new boolean[1];
    Thread held =
        Thread.ofVirtual()
            .start(() -> {
              steps.reached(Step.STATE_WRITTEN, Service.SECOND, Steps.ADD, "2");
              interrupted[0] = Thread.currentThread().isInterrupted();
            });
    await().until(() -> told.size() == 1);
    held.interrupt();
    assertThat(held.isAlive()).isTrue();

    steps.go(7);
    held.join();
    assertThat(interrupted[0]).isTrue();
  }

  @Test
  void counts_only_what_may_make_something_new_when_told_to() throws Exception {
    steps.arm(7, Step.STATE_WRITTEN, Service.SECOND, 1, true);
    steps.reached(Step.STATE_WRITTEN, Service.SECOND, Steps.CHANGE, "1");
    assertThat(told).isEmpty();
    Thread held = reachedBy("2");
    await().until(() -> told.size() == 1);
    steps.go(7);
    held.join();
  }

  @Test
  void forgets_a_strike_that_is_disarmed() {
    steps.arm(7, Step.STATE_WRITTEN, Service.SECOND, 1, false);
    steps.disarm(7);
    steps.reached(Step.STATE_WRITTEN, Service.SECOND, Steps.ADD, "1");

    assertThat(told).isEmpty();
  }

  private Thread reachedBy(String key) {
    return Thread.ofVirtual()
        .start(() -> steps.reached(Step.STATE_WRITTEN, Service.SECOND, Steps.ADD, key));
  }
}
