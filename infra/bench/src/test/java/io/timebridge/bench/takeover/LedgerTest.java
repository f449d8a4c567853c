package io.timebridge.bench.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final AtomicLong now = new AtomicLong();
  private final Ledger ledger = new Ledger(now::get);

  private static Delivery delivery(String worker, int number, long id) {
    return new Delivery(worker, "shard-0", 1, number, id);
  }

  @Test
  void carries_out_on_the_version_that_was_read() {
    Delivery first = delivery("a", 1, 1);
    assertThat(ledger.read(first)).isZero();
    assertThat(ledger.carryOut(first, 0)).isEqualTo(new Ledger.Answer(true, 1));
    assertThat(ledger.read(delivery("a", 2, 2))).isEqualTo(1);
    assertThat(ledger.carried()).containsExactly(new Carried("a", 1, 1));
  }

  @Test
  void refuses_the_effect_of_an_overtaken_worker() {
    Delivery overtaken = delivery("a", 1, 1);
    Delivery owner = delivery("b", 1, 1);
    ledger.read(overtaken);
    ledger.read(owner);
    ledger.carryOut(owner, 0);
    assertThat(ledger.carryOut(overtaken, 0)).isEqualTo(new Ledger.Answer(false, 1));
    assertThat(ledger.carried()).hasSize(1);
    assertThat(ledger.redeliveries()).isEqualTo(new Redeliveries(1, 1, 1, 1));
  }

  @Test
  void carries_out_again_what_is_asked_for_without_a_condition() {
    ledger.carryOut(delivery("a", 1, 1), Ledger.WHATEVER);
    ledger.carryOut(delivery("b", 1, 1), Ledger.WHATEVER);
    assertThat(ledger.carried()).hasSize(2);
  }

  @Test
  void counts_a_redelivered_record_that_was_recognised() {
    ledger.carryOut(delivery("a", 1, 1), 0);
    ledger.read(delivery("b", 1, 1));
    assertThat(ledger.redeliveries()).isEqualTo(new Redeliveries(1, 1, 1, 0));
  }

  @Test
  void a_redelivered_record_that_had_not_been_carried_out_is_not_recognised() {
    ledger.read(delivery("a", 1, 1));
    ledger.read(delivery("b", 1, 1));
    ledger.carryOut(delivery("b", 1, 1), 0);
    assertThat(ledger.redeliveries()).isEqualTo(new Redeliveries(1, 0, 1, 0));
  }

  @Test
  void sees_more_than_one_read_of_a_redelivery() {
    ledger.carryOut(delivery("a", 1, 1), 0);
    ledger.read(delivery("b", 1, 1));
    ledger.read(delivery("b", 1, 1));
    assertThat(ledger.redeliveries().mostReads()).isEqualTo(2);
  }

  @Test
  void a_record_that_is_tried_again_is_not_redelivered() {
    ledger.read(delivery("a", 1, 1));
    ledger.read(delivery("a", 1, 1));
    assertThat(ledger.redeliveries().records()).isZero();
  }

  @Test
  void knows_when_a_worker_first_came_from_a_shard_since_it_was_asked_to_watch() {
    now.set(5);
    ledger.read(delivery("a", 1, 1));
    ledger.watchFirsts();
    now.set(7);
    ledger.read(delivery("a", 2, 2));
    now.set(9);
    ledger.read(delivery("a", 3, 3));
    assertThat(ledger.firsts("a")).containsOnly(Map.entry("shard-0", 7L));
    assertThat(ledger.firsts("b")).isEmpty();
    now.set(12);
    assertThat(ledger.quietNanos()).isEqualTo(3);
  }

  @Test
  void waiting_ends_when_nothing_is_carried_out_any_more() throws Exception {
    ledger.carryOut(delivery("a", 1, 1), 0);
    assertThat(ledger.awaitCarried(1, 0)).isTrue();
    assertThat(ledger.awaitCarried(2, 1)).isFalse();
  }
}
