package io.timebridge.services.second;

import static io.timebridge.services.Fixtures.gate;
import static io.timebridge.services.Fixtures.trouble;
import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.ServiceGate;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionPoolTest {
  private final ServiceGate gate = new ServiceGate("SecondService", gate());
  private final AtomicInteger attempts = new AtomicInteger();

  private SessionPool pool(ServiceTrouble first) {
    return new SessionPool(
        1,
        place -> {
          if (attempts.incrementAndGet() == 1) {
            throw first;
          }
          return new LoginOutcome.LoggedIn(new Session("id", "org", "user"));
        },
        InstantSource.system(),
        new Random(1));
  }

  private void open(SessionPool pool) throws ServiceTrouble, InterruptedException {
    gate.inPlace("call", place -> pool.of(place).open(place));
  }

  @Test
  void begins_no_pause_after_a_login_that_was_held_back_on_our_side() throws Exception {
    SessionPool pool = pool(ServiceTrouble.notSent(Kind.NOT_DONE, "no share", null));
    assertThat(trouble(() -> open(pool)).kind()).isEqualTo(Kind.NOT_DONE);
    open(pool);
    assertThat(attempts).hasValue(2);
  }

  @Test
  void begins_a_pause_after_a_login_that_failed() {
    SessionPool pool = pool(new ServiceTrouble(Kind.NOT_DONE, "could not connect"));
    assertThat(trouble(() -> open(pool)).kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble(() -> open(pool)).kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(attempts).as("not tried again during the pause").hasValue(1);
  }
}
