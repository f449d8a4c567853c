package io.timebridge.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.contract.CoordinationTable;
import io.timebridge.replay.ReplayStore.Taken;
import io.timebridge.stream.Names;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Runs of one replay meet in its row, in a real DynamoDB engine. */
class ReplayStoreTest {
  private static final Instant TEN = Instant.parse("2026-07-03T10:00:00Z");
  private static final Window WINDOW = new Window(TEN.minusSeconds(600), TEN);

  private static CoordinationTable table;

  private final AtomicReference<Instant> now = new AtomicReference<>(TEN);
  private final Names names = table.fresh();
  private final ReplayStore a = store();
  private final ReplayStore b = store();
  private final ReplayRow fresh = ReplayRow.begin(WINDOW, TEN);
  private final ReplayRow later =
      new ReplayRow(
          WINDOW,
          Map.of("shardId-000000000000", "495@1783072800000", "shardId-000000000001", "end"),
          Map.of(
              "shardId-000000000002",
              new ReplayRow.Sent(new BigInteger("49600000000000000000000000000000001"), true),
              "shardId-000000000003",
              new ReplayRow.Sent(BigInteger.TWO, false)),
          Map.of(Verdict.APPLIED, 3L, Verdict.TO_APPLY, 4L),
          Map.of("shardId-000000000001", new Window(TEN.minusSeconds(600), TEN.minusSeconds(500))),
          TEN,
          java.util.Optional.empty());

  @BeforeAll
  static void start() {
    table = new CoordinationTable();
  }

  @AfterAll
  static void stop() {
    table.close();
  }

  private ReplayStore store() {
    return new ReplayStore(table.dynamoDb(), names, "abc", now::get);
  }

  private void pass(long seconds) {
    now.set(now.get().plusSeconds(seconds));
  }

  @Test
  void a_run_goes_on_where_one_that_was_killed_had_written_it_was() throws Exception {
    assertThat(a.take(fresh, false)).isEqualTo(new Taken.Mine(fresh, false));
    assertThat(a.save(later)).isTrue();
    assertThat(b.take(fresh, false))
        .isEqualTo(new Taken.Others(TEN.plusSeconds(ReplayStore.HOLD_SECONDS)));
    pass(ReplayStore.HOLD_SECONDS);
    assertThat(b.take(ReplayRow.begin(WINDOW, now.get()), false))
        .isEqualTo(new Taken.Mine(later, true));
  }

  @Test
  void a_run_that_was_frozen_and_followed_writes_nothing_more() throws Exception {
    a.take(fresh, false);
    pass(ReplayStore.HOLD_SECONDS);
    b.take(fresh, false);
    assertThat(a.save(later)).isFalse();
    assertThat(a.end(later)).isFalse();
    a.give();
    assertThat(b.save(later)).as("still its own").isTrue();
  }

  @Test
  void a_run_that_ended_gracefully_is_followed_at_once() throws Exception {
    a.take(fresh, false);
    a.save(later);
    a.give();
    assertThat(b.take(fresh, false)).isEqualTo(new Taken.Mine(later, true));
  }

  @Test
  void a_run_whose_last_answer_was_lost_has_ended_all_the_same() throws Exception {
    ReplayStore retrying = new ReplayStore(writingTwice(table.dynamoDb()), names, "abc", now::get);
    retrying.take(fresh, false);
    assertThat(retrying.save(later)).isTrue();
    assertThat(retrying.end(later)).isTrue();
    assertThat(b.take(fresh, false)).isInstanceOf(Taken.Ended.class);
    assertThat(a.end(later)).as("the end of another run").isFalse();
  }

  /** As the SDK does when an answer does not come: it sends the request again. */
  private static DynamoDbClient writingTwice(DynamoDbClient real) {
    return (DynamoDbClient)
        Proxy.newProxyInstance(
            DynamoDbClient.class.getClassLoader(),
            new Class<?>[] {DynamoDbClient.class},
            (proxy, method, arguments) -> {
              try {
                if (method.getName().equals("updateItem")) {
                  method.invoke(real, arguments);
                }
                return method.invoke(real, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  @Test
  void what_is_done_is_done_until_somebody_begins_it_anew() throws Exception {
    a.take(fresh, false);
    a.end(later);
    assertThat(b.take(fresh, false)).isInstanceOf(Taken.Ended.class);
    assertThat(b.take(fresh, true)).isEqualTo(new Taken.Mine(fresh, false));
  }

  @Test
  void beginning_anew_waits_for_a_run_at_work() throws Exception {
    a.take(fresh, false);
    assertThat(b.take(fresh, true)).isInstanceOf(Taken.Others.class);
  }
}
