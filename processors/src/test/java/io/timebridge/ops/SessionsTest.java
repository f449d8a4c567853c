package io.timebridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ops.Sessions.Login;
import io.timebridge.ops.Sessions.Session;
import io.timebridge.settings.Secret;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private static final Secret TOKEN = new Secret(PageUnderTest.TOKEN);
  private static final Secret WRONG = new Secret("wrong");

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may pass the end
  private final Sessions open = sessions(Optional.empty());
  private final Sessions closed = sessions(Optional.of(TOKEN));

  private Sessions sessions(Optional<Secret> token) {
    return new Sessions(token, new SecureRandom(), nanos::get);
  }

  private static String id(Session session) {
    return session.id().reveal();
  }

  @Test
  void a_session_lasts_twelve_hours_however_often_it_is_used() {
    String id = id(open.open());
    nanos.addAndGet(Sessions.LASTS.toNanos() - 1);
    assertThat(open.find(id)).isPresent();
    nanos.incrementAndGet();
    assertThat(open.find(id)).isEmpty();
  }

  @Test
  void a_session_in_use_outlives_any_number_of_strangers_and_one_that_is_not_does_not() {
    String used = id(open.open());
    String unused = id(open.open());
    for (int i = 0; i < 2 * Sessions.MOST; i++) {
      open.open();
      assertThat(open.find(used)).isPresent();
    }
    assertThat(open.find(unused)).isEmpty();
  }

  @Test
  void tokens_are_looked_at_again_when_the_minute_is_over() {
    for (int i = 0; i < Sessions.MOST_WRONG; i++) {
      assertThat(closed.logIn(WRONG, "a")).isInstanceOf(Login.Wrong.class);
    }
    nanos.addAndGet(Sessions.WRONG_WITHIN.toNanos() - 1);
    assertThat(closed.logIn(TOKEN, "a")).isInstanceOf(Login.TooMany.class);
    nanos.incrementAndGet();
    assertThat(closed.logIn(TOKEN, "a")).isInstanceOf(Login.In.class);
  }
}
