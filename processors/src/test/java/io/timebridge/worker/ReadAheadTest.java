package io.timebridge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadAheadTest {
  private final ReadAhead ahead = new ReadAhead("shard", 10, 1000, Duration.ofMillis(50));

  /** A read that wants to begin. */
  private final class Read {
    final CompletableFuture<Boolean> begun = new CompletableFuture<>();
    final Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                ahead.awaitRoom();
                begun.complete(true);
              } catch (InterruptedException stopped) {
                begun.completeExceptionally(stopped);
              }
            });

    boolean waits() {
      await().until(() -> begun.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
      return !begun.isDone();
    }

    void begins() throws ExecutionException, TimeoutException, InterruptedException {
      assertThat(begun.get(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void reads_on_until_enough_records_are_ahead_and_again_when_some_are_handed_over()
      throws Exception {
    new Read().begins();
    ahead.read(9, 9);
    new Read().begins();
    ahead.read(1, 1);
    ahead.handingOver();
    Read next = new Read();
    assertThat(next.waits()).isTrue();
    ahead.taken();
    next.begins();
  }

  @Test
  void waits_for_bytes_as_for_records_and_takes_an_answer_of_any_size() throws Exception {
    ahead.read(1, 5_000);
    ahead.handingOver();
    Read next = new Read();
    assertThat(next.waits()).isTrue();
    ahead.taken();
    next.begins();
  }

  @Test
  void begins_anew_when_kcl_forgets_what_it_has_read() throws Exception {
    ahead.read(10, 10);
    ahead.handingOver();
    Read next = new Read();
    assertThat(next.waits()).isTrue();
    ahead.reset();
    next.begins();
    ahead.taken();
    ahead.read(9, 9);
    new Read().begins();
  }

  @Test
  void an_answer_forgotten_while_it_is_handed_over_is_not_taken_for_the_next_one()
      throws Exception {
    ahead.read(5, 5);
    ahead.handingOver();
    ahead.reset();
    ahead.read(10, 10);
    ahead.taken();
    ahead.handingOver();
    Read next = new Read();
    assertThat(next.waits()).isTrue();
    ahead.taken();
    next.begins();
  }

  @Test
  void holds_nobody_up_when_the_shard_is_over() throws Exception {
    ahead.read(10, 10);
    ahead.handingOver();
    Read waiting = new Read();
    assertThat(waiting.waits()).isTrue();
    ahead.over();
    waiting.begins();
    new Read().begins();
  }

  @Test
  void goes_on_by_itself_when_an_answer_is_never_handed_over() throws Exception {
    ahead.read(10, 10);
    new Read().begins();
  }

  @Test
  void a_reader_can_be_stopped() {
    ahead.read(10, 10);
    ahead.handingOver();
    Read stopped = new Read();
    assertThat(stopped.waits()).isTrue();
    stopped.thread.interrupt();
    assertThat(stopped.begun).failsWithin(30, TimeUnit.SECONDS);
  }
}
