package io.timebridge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.ordering.ScheduledRun;
import io.timebridge.ordering.Schedules;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** KCL's reader, its hander-over, and whoever ends or begins them anew, in every order of steps. */
class ReadAheadInterleavingTest {
  private static final int AHEAD = 2;

  /** KCL between a shard and its record processor; answers are numbered. */
  private static final class Kcl {
    final ScheduledRun run;
    final ReadAhead ahead;
    final ArrayDeque<Integer> waiting = new ArrayDeque<>();
    int handedOver;
    boolean over;
    boolean allRead;

    Kcl(ScheduledRun run, Function<ScheduledRun, Lock> lock) {
      this.run = run;
      this.ahead = new ReadAhead("shard", AHEAD, 1000, Duration.ofDays(1), lock.apply(run));
    }

    /** Reads so many answers of one record; after the end, as many as it likes. */
    void read(int answers) throws InterruptedException {
      for (int answer = 1; answer <= answers; answer++) {
        ahead.awaitRoom();
        if (waiting.size() >= AHEAD && !over) {
          run.fail("reads with " + waiting + " ahead", null);
        }
        run.step("reads " + answer);
        ahead.read(1, 1);
        waiting.add(answer);
      }
      allRead = true;
    }

    /** Hands over what there is, until all is read, but no more than so many answers. */
    void handOver(int most) {
      for (int i = 0; i < most; i++) {
        run.await("waits for an answer", () -> !waiting.isEmpty() || over || allRead);
        if (over || waiting.isEmpty()) {
          return;
        }
        ahead.handingOver();
        Integer answer = waiting.poll();
        run.step("hands over");
        handedOver = answer == null ? handedOver : answer;
        ahead.taken();
      }
    }
  }

  private static void readAndHandedOver(
      ScheduledRun run, int answers, Function<ScheduledRun, Lock> lock) {
    Kcl kcl = new Kcl(run, lock);
    run.start("reader", () -> kcl.read(answers));
    run.start("hander-over", () -> kcl.handOver(answers));
    run.join();
    if (kcl.handedOver != answers) {
      run.fail("handed over up to " + kcl.handedOver, null);
    }
  }

  /** Nobody hands over any more: the reader must come back. */
  private static void over(ScheduledRun run, Function<ScheduledRun, Lock> lock) {
    Kcl kcl = new Kcl(run, lock);
    run.start("reader", () -> kcl.read(4));
    run.start("hander-over", () -> kcl.handOver(1));
    run.start(
        "ender",
        () -> {
          kcl.over = true;
          kcl.ahead.over();
        });
    run.join();
  }

  /** KCL drops what it has read, also while some of it is being handed over, and reads on. */
  private static void begunAnew(ScheduledRun run, Function<ScheduledRun, Lock> lock) {
    Kcl kcl = new Kcl(run, lock);
    run.start("reader", () -> kcl.read(2 * AHEAD + 1));
    run.start("hander-over", () -> kcl.handOver(2 * AHEAD + 1));
    run.start(
        "dropper",
        () -> {
          run.await("waits for enough", () -> kcl.waiting.size() >= AHEAD || kcl.handedOver > 0);
          kcl.ahead.reset();
          kcl.waiting.clear();
        });
    run.join();
  }

  @Test
  void reads_no_more_than_the_limit_ahead_and_is_never_left_waiting() {
    assertThat(Schedules.explore(3, run -> readAndHandedOver(run, 4, ScheduledRun::lock)))
        .isGreaterThan(500);
  }

  @Test
  void the_end_holds_nobody_up() {
    assertThat(Schedules.explore(3, run -> over(run, ScheduledRun::lock))).isGreaterThan(500);
  }

  @Test
  void what_was_dropped_holds_nobody_up() {
    assertThat(Schedules.explore(2, run -> begunAnew(run, ScheduledRun::lock))).isGreaterThan(500);
  }

  @Test
  void an_answer_taken_without_a_word_comes_to_light() {
    assertThatThrownBy(() ->
            Schedules.explore(
                1, run -> readAndHandedOver(run, 4, r -> r.lockUnheardFrom("hander-over"))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nobody can go on");
  }
}
