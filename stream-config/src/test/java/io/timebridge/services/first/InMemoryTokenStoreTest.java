package io.timebridge.services.first;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.services.first.TokenStore.Stored;
import io.timebridge.settings.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InMemoryTokenStoreTest {
  private static final TokenPair PAIR =
      new TokenPair(new Secret("a"), new Secret("r"), Optional.empty());

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final InMemoryTokenStore store = new InMemoryTokenStore(now::get);

  @Test
  void replaces_only_the_generation_that_was_seen() {
    assertThat(store.load()).isEmpty();
    assertThat(store.replace(1, PAIR)).isFalse();
    assertThat(store.replace(0, PAIR)).isTrue();
    assertThat(store.replace(0, PAIR)).isFalse();
    assertThat(store.load()).contains(new Stored(1, PAIR));
  }

  @Test
  void leases_to_one_holder_at_a_time_until_the_end() {
    assertThat(store.lease("one", Duration.ofSeconds(10))).isTrue();
    assertThat(store.lease("two", Duration.ofSeconds(10))).isFalse();
    assertThat(store.lease("one", Duration.ofSeconds(10))).isTrue();
    store.release("two");
    assertThat(store.lease("two", Duration.ofSeconds(10))).isFalse();
    now.set(Instant.EPOCH.plusSeconds(10));
    assertThat(store.lease("two", Duration.ofSeconds(10))).isTrue();
    store.release("two");
    assertThat(store.lease("one", Duration.ofSeconds(10))).isTrue();
    assertThat(store.replace(0, PAIR)).isTrue();
    assertThat(store.lease("two", Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void shows_no_token_as_text() {
    assertThat(PAIR.toString()).doesNotContain("=a", "=r");
  }
}
