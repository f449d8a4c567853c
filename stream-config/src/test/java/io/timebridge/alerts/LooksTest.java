package io.timebridge.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LooksTest {
  @Test
  void is_closed_only_when_the_look_under_way_has_ended() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicBoolean waitedFor = new AtomicBoolean();
    Thread[] closer = new Thread[1];
    Looks looks =
        Looks.start(
            "test",
            Duration.ofMillis(1),
            List.of(() -> {
              looking.countDown();
              try {
                never.await();
              } finally {
                waitedFor.set(isWaitedFor(closer[0]));
                ended.countDown();
              }
            }));
    closer[0] = Thread.ofPlatform().unstarted(looks::close);
    looking.await();
    closer[0].start();
    ended.await();
    closer[0].join();
    assertThat(waitedFor).isTrue();
  }

  /** Until the closing thread waits, or is gone. */
  private static boolean isWaitedFor(Thread closer) {
    while (closer.getState() == Thread.State.RUNNABLE
        || closer.getState() == Thread.State.BLOCKED) {
      Thread.onSpinWait();
    }
    return closer.getState() == Thread.State.TIMED_WAITING;
  }
}
