package io.timebridge.intent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IntentTokensTest {
  private static final Duration SPAN = Duration.ofSeconds(40);
  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(5);

  private final AtomicLong now = new AtomicLong(-7);
  private final IntentTokens tokens = new IntentTokens("me", VISIBLE_WITHIN, now::get);

  @Test
  void a_foreign_token_is_waited_for_from_the_first_time_it_is_seen() {
    assertThat(tokens.remaining("other-1", SPAN)).isEqualTo(SPAN);
    pass(Duration.ofSeconds(30));
    assertThat(tokens.remaining("other-1", SPAN)).isEqualTo(Duration.ofSeconds(10));
    assertThat(tokens.remaining("other-2", SPAN)).isEqualTo(SPAN);
    pass(Duration.ofMinutes(1));
    assertThat(tokens.remaining("other-1", SPAN)).isZero();
  }

  @Test
  void an_own_token_is_waited_for_from_when_it_was_made() {
    String mine = tokens.next();
    assertThat(tokens.next()).isNotEqualTo(mine);
    pass(SPAN.minusNanos(1));
    assertThat(tokens.remaining(mine, SPAN)).isEqualTo(Duration.ofNanos(1));
  }

  @Test
  void a_settled_token_is_waited_for_only_until_its_effect_would_show() {
    String mine = tokens.next();
    pass(Duration.ofSeconds(3));
    tokens.settled(mine);
    assertThat(tokens.remaining(mine, SPAN)).isEqualTo(VISIBLE_WITHIN);
    pass(VISIBLE_WITHIN);
    assertThat(tokens.remaining(mine, SPAN)).isZero();
  }

  @Test
  void a_forgotten_token_is_waited_for_anew() {
    Duration unused = tokens.remaining("other-1", SPAN);
    pass(SPAN);
    tokens.forget("other-1");
    assertThat(tokens.remaining("other-1", SPAN)).as("was %s", unused).isEqualTo(SPAN);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
