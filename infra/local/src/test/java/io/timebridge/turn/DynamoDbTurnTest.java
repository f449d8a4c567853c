package io.timebridge.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.contract.CoordinationTable;
import io.timebridge.stream.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Turns of several processes, against a real DynamoDB engine. */
class DynamoDbTurnTest {
  private static final Duration HOLD = Duration.ofMinutes(10);
  private static final Duration EVERY = Duration.ofDays(45);

  private static CoordinationTable table;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-07-03T10:00:00Z"));
  private final Names names = table.fresh();
  private final Turn a = turn();
  private final Turn b = turn();

  @BeforeAll
  static void start() {
    table = new CoordinationTable();
  }

  @AfterAll
  static void stop() {
    table.close();
  }

  private Turn turn() {
    return new DynamoDbTurn(table.dynamoDb(), names, "work", now::get);
  }

  private void later(Duration time) {
    now.set(now.get().plus(time));
  }

  @Test
  void one_process_has_it_until_it_gives_it_or_falls_silent() throws Exception {
    assertThat(a.take(HOLD)).isTrue();
    assertThat(b.take(HOLD)).isFalse();
    later(HOLD.minusSeconds(1));
    assertThat(a.take(HOLD)).as("keeps it").isTrue();
    later(HOLD.minusSeconds(1));
    assertThat(b.take(HOLD)).isFalse();
    a.give();
    assertThat(b.take(HOLD)).isTrue();
    later(HOLD);
    assertThat(a.take(HOLD)).as("b fell silent").isTrue();
    assertThat(b.take(HOLD)).isFalse();
    b.give();
    assertThat(b.take(HOLD)).as("it was not b's to give").isFalse();
  }

  @Test
  void work_that_was_done_is_not_due_until_its_time_has_passed() throws Exception {
    assertThat(a.takeAfter(EVERY, HOLD)).as("never done").isTrue();
    a.done();
    assertThat(b.takeAfter(EVERY, HOLD)).isFalse();
    assertThat(a.takeAfter(EVERY, HOLD)).isFalse();
    later(EVERY);
    assertThat(b.takeAfter(EVERY, HOLD)).isTrue();
    assertThat(a.takeAfter(EVERY, HOLD)).as("b is at it").isFalse();
  }

  @Test
  void work_that_was_cut_short_is_done_again() throws Exception {
    a.takeAfter(EVERY, HOLD);
    later(HOLD);
    assertThat(b.takeAfter(EVERY, HOLD)).as("a has died").isTrue();
    a.done();
    assertThat(b.take(HOLD)).as("what a says does not count any more").isTrue();
    b.give();
    assertThat(a.takeAfter(EVERY, HOLD)).as("b has not done it either").isTrue();
  }

  @Test
  void one_of_many_at_once_gets_it() throws Exception {
    List<Future<Boolean>> taken = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        Turn turn = turn();
        taken.add(threads.submit(() -> turn.takeAfter(EVERY, HOLD)));
      }
    }
    int winners = 0;
    for (Future<Boolean> each : taken) {
      winners += each.get() ? 1 : 0;
    }
    assertThat(winners).isOne();
  }
}
