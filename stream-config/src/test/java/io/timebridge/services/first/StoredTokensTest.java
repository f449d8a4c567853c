package io.timebridge.services.first;

import static io.timebridge.services.Fixtures.gate;
import static io.timebridge.services.Fixtures.together;
import static io.timebridge.services.Fixtures.trouble;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.services.Fixtures;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.StubServer;
import io.timebridge.services.StubServer.Reply;
import io.timebridge.services.StubServer.Request;
import io.timebridge.services.first.TokenStore.Stored;
import io.timebridge.services.gate.CallWatch;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoredTokensTest {
  private static final Secret FIRST = new Secret("access-0");
  private static final Instant START = Instant.parse("2026-07-03T10:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final AtomicInteger generation = new AtomicInteger();
  private final StubServer server = new StubServer(this::rotate);
  private final InMemoryTokenStore store = new InMemoryTokenStore(now::get);
  private final List<StoredTokens> opened = new ArrayList<>();
  private final List<CallWatch.End> ends = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    opened.forEach(StoredTokens::close);
    server.close();
  }

  /** The endpoint: only the newest refresh token is good, and only once. */
  private Reply rotate(Request request) {
    int live = generation.get();
    boolean good =
        request.form().getOrDefault("refresh_token", "").equals("refresh-" + live)
            && generation.compareAndSet(live, live + 1);
    return good
        ? StubServer.json(
            "{\"access_token\":\"access-%d\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"refresh_token\":\"refresh-%d\"}"
                .formatted(live + 1, live + 1))
        : StubServer.json(400, "{\"error\":\"invalid_grant\"}");
  }

  private StoredTokens tokens() {
    return tokens(store, Fixtures.first(server.uri(), gate()));
  }

  private StoredTokens tokens(TokenStore in, Settings.FirstService settings) {
    return tokens(in, settings, d -> now.updateAndGet(t -> t.plus(d)));
  }

  private StoredTokens tokens(
      TokenStore in, Settings.FirstService settings, StoredTokens.Sleeper sleeper) {
    ServiceGate gate = new ServiceGate("FirstService", settings.gate());
    gate.watch(what -> (end, nanos) -> ends.add(end));
    StoredTokens tokens =
        new StoredTokens(
            settings,
            gate,
            in,
            now::get,
            sleeper,
            () -> Duration.between(START, now.get()).toNanos());
    opened.add(tokens);
    return tokens;
  }

  private TokenPair stored() {
    return store.load().map(Stored::pair).orElseThrow();
  }

  @Test
  void starts_with_the_pair_of_the_settings_and_without_a_call() throws Exception {
    assertThat(tokens().access()).isEqualTo(FIRST);
    assertThat(server.requests()).isEmpty();
    assertThat(store.load()).isEmpty();
  }

  @Test
  void prefers_the_stored_pair_to_the_settings() throws Exception {
    store.replace(0, new TokenPair(new Secret("a"), new Secret("r"), Optional.empty()));
    assertThat(tokens().access()).isEqualTo(new Secret("a"));
  }

  @Test
  void refreshes_with_the_form_of_the_contract_and_stores_the_new_pair() throws Exception {
    StoredTokens tokens = tokens();
    assertThat(tokens.refreshAfter(FIRST)).isEqualTo(new Secret("access-1"));
    assertThat(tokens.access()).isEqualTo(new Secret("access-1"));
    Request request = server.requests().getFirst();
    assertThat(request.method() + " " + request.path()).isEqualTo("POST /1.1/oauth/token");
    assertThat(request.form())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "grant_type", "refresh_token",
                "refresh_token", "refresh-0",
                "client_id", "timebridge",
                "client_secret", "client-secret"));
    assertThat(stored())
        .isEqualTo(
            new TokenPair(
                new Secret("access-1"),
                new Secret("refresh-1"),
                Optional.of(START.plusSeconds(3600))));
    assertThat(tokens.refreshAfter(new Secret("access-1"))).isEqualTo(new Secret("access-2"));
    assertThat(store.load().orElseThrow().generation()).isEqualTo(2);
  }

  @Test
  void does_not_refresh_for_a_token_that_has_been_replaced_already() throws Exception {
    StoredTokens tokens = tokens();
    tokens.refreshAfter(FIRST);
    assertThat(tokens.refreshAfter(FIRST)).isEqualTo(new Secret("access-1"));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void refreshes_once_for_fifty_callers() throws Exception {
    StoredTokens tokens = tokens();
    assertThat(together(50, () -> tokens.refreshAfter(FIRST)))
        .hasSize(50)
        .containsOnly(new Secret("access-1"));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void refreshes_once_for_two_processes_with_fifty_callers() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    server.script(r -> {
      Reply reply = rotate(r);
      answered.countDown();
      return reply;
    });
    // Who finds the lease taken looks again when the other's answer is on its way.
    Settings.FirstService settings = Fixtures.first(server.uri(), gate());
    List<StoredTokens> fleet =
        List.of(
            tokens(store, settings, d -> awaitReplaced(answered)),
            tokens(store, settings, d -> awaitReplaced(answered)));
    AtomicInteger caller = new AtomicInteger();
    assertThat(together(50, () -> fleet.get(caller.getAndIncrement() % 2).refreshAfter(FIRST)))
        .containsOnly(new Secret("access-1"));
    assertThat(server.requests()).hasSize(1);
  }

  private void awaitReplaced(CountDownLatch answered) throws InterruptedException {
    answered.await();
    await().until(() -> store.load().isPresent());
  }

  @Test
  void takes_the_pair_that_another_process_has_stored() throws Exception {
    StoredTokens one = tokens();
    StoredTokens other = tokens();
    assertThat(other.access()).isEqualTo(FIRST);
    one.refreshAfter(FIRST);
    assertThat(other.refreshAfter(FIRST)).isEqualTo(new Secret("access-1"));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void waits_for_the_process_that_holds_the_lease_and_takes_over_when_it_runs_out()
      throws Exception {
    assertThat(store.lease("frozen", Duration.ofSeconds(30))).isTrue();
    AtomicInteger looks = new AtomicInteger();
    StoredTokens tokens =
        tokens(
            store,
            Fixtures.first(server.uri(), gate()),
            d -> {
              looks.incrementAndGet();
              now.updateAndGet(t -> t.plus(d));
            });
    assertThat(tokens.refreshAfter(FIRST)).isEqualTo(new Secret("access-1"));
    assertThat(looks).hasValue(150);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void gives_up_waiting_for_a_lease_that_does_not_end() {
    store.lease("other", Duration.ofDays(1));
    ServiceTrouble trouble = trouble(() -> tokens().refreshAfter(FIRST));
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble.retryAfter()).isPresent();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void asks_a_person_to_log_in_when_the_refresh_token_is_dead_and_does_not_try_it_again()
      throws Exception {
    generation.set(5);
    StoredTokens tokens = tokens();
    for (int i = 0; i < 3; i++) {
      ServiceTrouble trouble = trouble(() -> tokens.refreshAfter(FIRST));
      assertThat(trouble.kind()).isEqualTo(Kind.CREDENTIALS);
      assertThat(trouble)
          .hasMessageContaining("./timebridge login first-service")
          .hasMessageNotContaining("refresh-0")
          .hasMessageNotContaining("access-0");
    }
    assertThat(server.requests()).hasSize(1);
    assertThat(ends).as("counted apart").containsExactly(CallWatch.End.CREDENTIALS);
    store.replace(0, new TokenPair(new Secret("new"), new Secret("r"), Optional.empty()));
    assertThat(tokens.refreshAfter(FIRST)).isEqualTo(new Secret("new"));
  }

  @Test
  void lets_nothing_through_after_invalid_grant_until_another_pair_is_stored() throws Exception {
    generation.set(5);
    AtomicInteger looks = new AtomicInteger();
    StoredTokens tokens =
        tokens(new CountingStore(store, looks), Fixtures.first(server.uri(), gate()));
    tokens.requireUsable();
    assertThat(trouble(() -> tokens.refreshAfter(FIRST)).kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(tokens.health()).isInstanceOf(StoredTokens.Health.Dead.class);
    int before = looks.get();
    for (int i = 0; i < 50; i++) {
      ServiceTrouble trouble = trouble(tokens::requireUsable);
      assertThat(trouble.kind()).isEqualTo(Kind.CREDENTIALS);
      assertThat(trouble.retryAfter()).contains(Duration.ofSeconds(3));
    }
    assertThat(looks).as("not before it is due").hasValue(before);
    now.updateAndGet(t -> t.plusSeconds(3));
    together(50, () -> trouble(tokens::requireUsable));
    await().until(() -> looks.get() == before + 1);
    store.replace(0, new TokenPair(new Secret("new"), new Secret("r"), Optional.empty()));
    now.updateAndGet(t -> t.plusSeconds(3));
    assertThat(trouble(tokens::requireUsable).kind()).isEqualTo(Kind.CREDENTIALS);
    await().untilAsserted(tokens::requireUsable);
    assertThat(tokens.access()).isEqualTo(new Secret("new"));
    assertThat(tokens.health()).isEqualTo(new StoredTokens.Health.Unknown());
    tokens.worked(new Secret("new"));
    assertThat(tokens.health()).isEqualTo(new StoredTokens.Health.Good());
    assertThat(looks).hasValue(before + 2);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void asks_again_after_a_minute_when_the_reason_may_pass_by_itself() throws Exception {
    StoredTokens tokens = tokens();
    server.script(r -> StubServer.json(401, "{\"error\":\"invalid_client\"}"));
    assertThat(trouble(() -> tokens.refreshAfter(FIRST)).kind()).isEqualTo(Kind.CREDENTIALS);
    now.updateAndGet(t -> t.plusSeconds(59));
    assertThat(trouble(tokens::requireUsable).kind()).isEqualTo(Kind.CREDENTIALS);
    now.updateAndGet(t -> t.plusSeconds(1));
    tokens.requireUsable();
    server.script(this::rotate);
    assertThat(tokens.refreshAfter(FIRST)).isEqualTo(new Secret("access-1"));
  }

  /** Counts how often the pair is looked at. */
  private record CountingStore(TokenStore store, AtomicInteger looks) implements TokenStore {
    @Override
    public Optional<Stored> load() throws Unavailable, InterruptedException {
      looks.incrementAndGet();
      return store.load();
    }

    @Override
    public boolean replace(long generationSeen, TokenPair pair)
        throws Unavailable, InterruptedException {
      return store.replace(generationSeen, pair);
    }

    @Override
    public boolean lease(String holder, Duration duration)
        throws Unavailable, InterruptedException {
      return store.lease(holder, duration);
    }

    @Override
    public void release(String holder) throws Unavailable, InterruptedException {
      store.release(holder);
    }
  }

  @Test
  void asks_a_person_to_log_in_when_there_is_no_token_at_all() {
    StoredTokens tokens = tokens(store, Fixtures.first(server.uri(), "", "", gate()));
    ServiceTrouble trouble = trouble(tokens::access);
    assertThat(trouble.kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void refreshes_at_once_when_only_a_refresh_token_is_known() throws Exception {
    StoredTokens tokens = tokens(store, Fixtures.first(server.uri(), "", "refresh-0", gate()));
    assertThat(together(20, tokens::access)).containsOnly(new Secret("access-1"));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void leaves_the_pair_in_place_when_the_answer_to_a_refresh_is_lost() {
    TokenPair pair = new TokenPair(FIRST, new Secret("refresh-0"), Optional.empty());
    store.replace(0, pair);
    server.script(r -> {
      rotate(r);
      return new Reply.Drop();
    });
    StoredTokens tokens = tokens();
    assertThat(trouble(() -> tokens.refreshAfter(FIRST)).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(stored()).isEqualTo(pair);
    server.script(this::rotate);
    assertThat(trouble(() -> tokens.refreshAfter(FIRST)).kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(store.lease("next", Duration.ofSeconds(1))).isTrue();
  }

  @Test
  void keeps_the_refresh_token_when_the_answer_brings_no_other() throws Exception {
    server.script(r -> StubServer.json("{\"access_token\":\"a\",\"expires_in\":null}"));
    tokens().refreshAfter(FIRST);
    assertThat(stored())
        .isEqualTo(new TokenPair(new Secret("a"), new Secret("refresh-0"), Optional.empty()));
  }

  @Test
  void shares_a_failure_among_all_who_wait_and_shows_no_answer() throws Exception {
    server.script(r -> StubServer.json(500, "{\"access_token\":\"S3CRET\"}"));
    StoredTokens tokens = tokens();
    assertThat(together(10, () -> trouble(() -> tokens.refreshAfter(FIRST))))
        .allSatisfy(t -> {
          assertThat(t.kind()).isEqualTo(Kind.UNKNOWN);
          assertThat(t).hasMessageNotContaining("S3CRET");
        });
  }

  @Test
  void finishes_and_stores_a_refresh_whose_caller_was_interrupted() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    server.script(r -> {
      Reply reply = rotate(r);
      asked.countDown();
      answer.await();
      return reply;
    });
    StoredTokens tokens = tokens();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                tokens.refreshAfter(FIRST);
              } catch (InterruptedException expected) {
                interrupted.set(true);
              } catch (ServiceTrouble unexpected) {
                throw new IllegalStateException(unexpected);
              }
            });
    asked.await();
    caller.interrupt();
    caller.join();
    assertThat(interrupted).isTrue();
    answer.countDown();
    await().until(() -> store.load().isPresent());
    assertThat(tokens.refreshAfter(FIRST)).isEqualTo(new Secret("access-1"));
  }

  @Test
  void lets_a_refresh_under_way_end_when_it_is_closed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    server.script(r -> {
      Reply reply = rotate(r);
      asked.countDown();
      answer.await();
      return reply;
    });
    StoredTokens tokens = tokens();
    Thread caller = Thread.ofVirtual().unstarted(() -> refreshedOrNot(tokens));
    caller.start();
    asked.await();
    Thread closing = Thread.ofPlatform().start(tokens::close);
    await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    answer.countDown();
    closing.join();
    assertThat(stored().access()).isEqualTo(new Secret("access-1"));
  }

  private static void refreshedOrNot(StoredTokens tokens) {
    try {
      tokens.refreshAfter(FIRST);
    } catch (InterruptedException | ServiceTrouble closed) {
      throw new IllegalStateException(closed);
    }
  }

  @Test
  void stores_a_pair_that_the_store_would_not_take_before_when_it_is_closed() throws Exception {
    AtomicBoolean down = new AtomicBoolean();
    TokenStore flaky = new FlakyStore(store, down);
    server.script(r -> {
      down.set(true);
      return rotate(r);
    });
    StoredTokens tokens = tokens(flaky, Fixtures.first(server.uri(), gate()));
    tokens.refreshAfter(FIRST);
    assertThat(store.load()).isEmpty();
    assertThat(trouble(() -> tokens.refreshAfter(new Secret("access-1"))).kind())
        .as("a later refresh that ended in trouble")
        .isEqualTo(Kind.NOT_DONE);
    down.set(false);
    tokens.close();
    assertThat(stored().access()).isEqualTo(new Secret("access-1"));
  }

  @Test
  void holds_on_to_a_pair_that_the_store_would_not_take_and_stores_it_later() throws Exception {
    AtomicBoolean down = new AtomicBoolean();
    TokenStore flaky = new FlakyStore(store, down);
    server.script(r -> {
      down.set(true);
      return rotate(r);
    });
    StoredTokens tokens = tokens(flaky, Fixtures.first(server.uri(), gate()));
    assertThat(tokens.refreshAfter(FIRST)).isEqualTo(new Secret("access-1"));
    assertThat(store.load()).isEmpty();
    assertThat(trouble(() -> tokens.refreshAfter(new Secret("access-1"))).kind())
        .isEqualTo(Kind.NOT_DONE);
    down.set(false);
    server.script(this::rotate);
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(10))); // the lease could not be given back
    assertThat(tokens.refreshAfter(new Secret("access-1"))).isEqualTo(new Secret("access-2"));
    assertThat(stored().refresh()).isEqualTo(new Secret("refresh-2"));
  }

  @Test
  void logs_in_over_whatever_is_stored() throws Exception {
    store.replace(0, new TokenPair(new Secret("old"), new Secret("dead"), Optional.empty()));
    server.script(r -> {
      assertThat(r.form())
          .containsEntry("grant_type", "authorization_code")
          .containsEntry("code", "the-code");
      return StubServer.json("{\"access_token\":\"a\",\"refresh_token\":\"r\"}");
    });
    StoredTokens tokens = tokens();
    tokens.login(new Secret("the-code"), "http://127.0.0.1/callback");
    assertThat(tokens.access()).isEqualTo(new Secret("a"));
    assertThat(store.load().orElseThrow().generation()).isEqualTo(2);
    server.script(r -> StubServer.json(401, "{\"error\":\"invalid_client\"}"));
    assertThat(trouble(() -> tokens.login(new Secret("x"), "y")).kind())
        .isEqualTo(Kind.CREDENTIALS);
  }

  @Test
  void a_login_with_a_verifier_lets_calls_through_again_at_once() throws Exception {
    server.script(r -> StubServer.json(400, "{\"error\":\"invalid_grant\"}"));
    StoredTokens tokens = tokens();
    assertThat(trouble(() -> tokens.refreshAfter(FIRST)).kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(trouble(tokens::requireUsable).kind()).isEqualTo(Kind.CREDENTIALS);
    server.script(r -> {
      assertThat(r.form()).containsEntry("code_verifier", "the-verifier");
      return StubServer.json("{\"access_token\":\"a\",\"refresh_token\":\"r\"}");
    });
    tokens.login(new Secret("the-code"), "http://127.0.0.1/callback", new Secret("the-verifier"));
    tokens.requireUsable();
    assertThat(tokens.access()).isEqualTo(new Secret("a"));
  }

  /** A store that cannot be reached while {@code down}. */
  private record FlakyStore(TokenStore store, AtomicBoolean down) implements TokenStore {
    private void check() throws Unavailable {
      if (down.get()) {
        throw new Unavailable("down", new IllegalStateException("down"));
      }
    }

    @Override
    public Optional<Stored> load() throws Unavailable, InterruptedException {
      check();
      return store.load();
    }

    @Override
    public boolean replace(long generationSeen, TokenPair pair)
        throws Unavailable, InterruptedException {
      check();
      return store.replace(generationSeen, pair);
    }

    @Override
    public boolean lease(String holder, Duration duration)
        throws Unavailable, InterruptedException {
      check();
      return store.lease(holder, duration);
    }

    @Override
    public void release(String holder) throws Unavailable, InterruptedException {
      check();
      store.release(holder);
    }
  }
}
