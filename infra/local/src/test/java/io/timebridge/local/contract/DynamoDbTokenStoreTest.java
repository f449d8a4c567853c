package io.timebridge.local.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.services.first.DynamoDbTokenStore;
import io.timebridge.services.first.TokenPair;
import io.timebridge.services.first.TokenStore.Stored;
import io.timebridge.services.first.TokenStore.Unavailable;
import io.timebridge.settings.Secret;
import io.timebridge.stream.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The row that a fleet keeps FirstService's tokens in, against a real DynamoDB engine. */
class DynamoDbTokenStoreTest {
  private static final Instant NOW = Instant.parse("2026-07-03T10:00:00Z");
  private static final Duration LEASE = Duration.ofSeconds(30);

  private static CoordinationTable table;

  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final Names names = table.fresh();
  private final DynamoDbTokenStore store =
      new DynamoDbTokenStore(table.dynamoDb(), names, now::get);

  @BeforeAll
  static void start() {
    table = new CoordinationTable();
  }

  @AfterAll
  static void stop() {
    table.close();
  }

  private static TokenPair pair(String name, Optional<Instant> expiresAt) {
    return new TokenPair(new Secret("access-" + name), new Secret("refresh-" + name), expiresAt);
  }

  private Map<String, AttributeValue> row() {
    return table.row(names, DynamoDbTokenStore.ROW);
  }

  @Test
  void holds_no_pair_at_first() throws Exception {
    assertThat(store.load()).isEmpty();
  }

  @Test
  void reads_back_what_it_stored_generation_by_generation() throws Exception {
    TokenPair one = pair("1", Optional.of(NOW.plusSeconds(3600)));
    TokenPair two = pair("2", Optional.empty());
    assertThat(store.replace(0, one)).isTrue();
    assertThat(store.load()).contains(new Stored(1, one));
    assertThat(row())
        .containsOnlyKeys("name", "generation", "access", "refresh", "expires_at")
        .containsEntry("expires_at", AttributeValue.fromN("1783076400000"));
    assertThat(store.replace(1, two)).isTrue();
    assertThat(store.load()).contains(new Stored(2, two));
    assertThat(row()).containsOnlyKeys("name", "generation", "access", "refresh");
  }

  @Test
  void replaces_nothing_but_what_was_seen() throws Exception {
    TokenPair first = pair("1", Optional.empty());
    assertThat(store.replace(3, first)).isFalse();
    assertThat(store.load()).isEmpty();
    store.replace(0, first);
    assertThat(store.replace(0, pair("other", Optional.empty()))).isFalse();
    assertThat(store.replace(2, pair("other", Optional.empty()))).isFalse();
    assertThat(store.load()).contains(new Stored(1, first));
  }

  @Test
  void leases_to_one_at_a_time_before_and_after_a_pair_is_stored() throws Exception {
    for (long generation = 0; generation < 2; generation++) {
      assertThat(store.lease("one", LEASE)).isTrue();
      assertThat(store.lease("two", LEASE)).isFalse();
      assertThat(store.lease("one", LEASE)).isTrue();
      assertThat(store.load().isPresent()).isEqualTo(generation > 0);
      assertThat(store.replace(generation, pair("x", Optional.empty()))).isTrue();
      assertThat(store.lease("two", LEASE)).isTrue();
      store.release("one");
      assertThat(store.lease("one", LEASE)).isFalse();
      store.release("two");
    }
  }

  @Test
  void lets_a_lease_run_out() throws Exception {
    store.lease("frozen", LEASE);
    now.set(NOW.plus(LEASE).minusMillis(1));
    assertThat(store.lease("next", LEASE)).isFalse();
    now.set(NOW.plus(LEASE));
    assertThat(store.lease("next", LEASE)).isTrue();
    store.release("frozen");
    assertThat(store.lease("frozen", LEASE)).isFalse();
  }

  @Test
  void gives_a_lease_and_a_generation_to_exactly_one_of_many() throws Exception {
    List<Future<Boolean>> leases = new ArrayList<>();
    List<Future<Boolean>> writes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        String holder = "process-" + i;
        leases.add(threads.submit(() -> store.lease(holder, LEASE)));
        writes.add(threads.submit(() -> store.replace(0, pair(holder, Optional.empty()))));
      }
    }
    int stored = 0;
    for (Future<Boolean> write : writes) {
      stored += write.get() ? 1 : 0;
    }
    assertThat(stored).isEqualTo(1);
    assertThat(store.load()).map(Stored::generation).contains(1L);
    int held = 0;
    for (Future<Boolean> lease : leases) {
      held += lease.get() ? 1 : 0;
    }
    // The replacement ended the lease of whoever had it, so that one more could have taken it.
    assertThat(held).isBetween(1, 2);
  }

  @Test
  void says_so_without_a_token_when_the_table_cannot_be_reached() {
    DynamoDbTokenStore nowhere =
        new DynamoDbTokenStore(table.dynamoDb(), new Names("missing-"), now::get);
    assertThatThrownBy(() -> nowhere.replace(0, pair("S3CRET", Optional.empty())))
        .isInstanceOf(Unavailable.class)
        .hasMessage(
            "FirstService's tokens: cannot store row first-service-token of table missing-Coordination")
        .hasStackTraceContaining("ResourceNotFoundException")
        .message()
        .doesNotContain("S3CRET");
    assertThatThrownBy(nowhere::load).isInstanceOf(Unavailable.class);
  }
}
