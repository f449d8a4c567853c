package io.timebridge.ordering;

import static io.timebridge.ordering.ShardLanes.Offer.ACCEPTED;
import static io.timebridge.ordering.ShardLanes.Offer.CLOSED;
import static io.timebridge.ordering.ShardLanes.Offer.FULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class KeyLanesTest {
  private static final Outcome DONE = new Outcome.Applied("");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ByHand hand = new ByHand();
  private final List<String> handled = new ArrayList<>();
  private final Map<String, ArrayDeque<Outcome>> outcomes = new HashMap<>();
  private long sequence;

  private KeyLanes<String> lanes(int inFlight, int held) {
    return lanes(inFlight, held, this::handle);
  }

  private KeyLanes<String> lanes(int inFlight, int held, Function<String, Outcome> each) {
    return lanes(
        limits(inFlight, held), (key, records) -> each.apply(records.getLast()), Folding.none());
  }

  private static KeyLanes.Limits limits(int inFlight, int held) {
    return new KeyLanes.Limits(inFlight, held, 1000, 100_000, 1_000_000);
  }

  private KeyLanes<String> lanes(
      KeyLanes.Limits limits, Handler<String> handler, Folding<String> folding) {
    return new KeyLanes<>(
        handler,
        folding,
        limits,
        hand,
        hand,
        new Backoff(Duration.ofMillis(100), SECOND, new Random(1)),
        hand);
  }

  private Outcome handle(String record) {
    handled.add(record);
    ArrayDeque<Outcome> scripted = outcomes.getOrDefault(record, new ArrayDeque<>());
    return scripted.isEmpty() ? DONE : scripted.remove();
  }

  private void script(String record, Outcome... next) {
    outcomes.put(record, new ArrayDeque<>(List.of(next)));
  }

  private ShardLanes.Offer offer(ShardLanes<String> shard, String record) {
    return shard.offer(record.substring(0, 1), BigInteger.valueOf(++sequence), 1, record);
  }

  @Test
  void handles_one_record_of_a_key_at_a_time_and_many_keys_at_once() {
    var shard = lanes(10, 100).open("s");
    List.of("a1", "a2", "b1", "b2", "c1").forEach(r -> offer(shard, r));
    assertThat(hand.tasks()).isEqualTo(3);
    hand.runAll();
    assertThat(handled).containsExactly("a1", "b1", "c1", "a2", "b2");
    assertThat(shard.position()).contains(BigInteger.valueOf(5));
  }

  @Test
  void starts_no_more_than_the_places_in_flight() {
    var lanes = lanes(2, 100);
    var shard = lanes.open("s");
    List.of("a1", "b1", "c1", "d1").forEach(r -> offer(shard, r));
    assertThat(hand.tasks()).isEqualTo(2);
    assertThat(lanes.counts()).isEqualTo(new LaneCounts(4, 2, 4, 4, 0, 0, 0, 0, 0));
    hand.runOne();
    assertThat(hand.tasks()).isEqualTo(2);
    hand.runAll();
    assertThat(lanes.counts()).isEqualTo(new LaneCounts(0, 0, 0, 0, 4, 0, 0, 0, 0));
  }

  @Test
  void gives_every_key_its_turn_when_one_key_is_busy() {
    var shard = lanes(1, 100).open("s");
    List.of("a1", "a2", "a3", "b1", "c1").forEach(r -> offer(shard, r));
    hand.runAll();
    assertThat(handled).containsExactly("a1", "b1", "c1", "a2", "a3");
  }

  @Test
  void gives_every_shard_its_turn_when_one_shard_is_full_of_keys() {
    var lanes = lanes(1, 100);
    var full = lanes.open("full");
    List.of("a1", "b1", "c1", "d1").forEach(r -> offer(full, r));
    offer(lanes.open("other"), "x1");
    hand.runAll();
    assertThat(handled).containsExactly("a1", "b1", "x1", "c1", "d1");
  }

  @Test
  void is_full_at_its_bound_and_takes_more_when_something_is_finished() throws Exception {
    var lanes = lanes(1, 2);
    var shard = lanes.open("s");
    assertThat(offer(shard, "a1")).isEqualTo(ACCEPTED);
    assertThat(offer(shard, "a2")).isEqualTo(ACCEPTED);
    assertThat(offer(shard, "b1")).isEqualTo(FULL);
    assertThat(shard.awaitRoom(Duration.ZERO)).isFalse();
    assertThat(offer(lanes.open("other"), "x1")).as("another shard").isEqualTo(ACCEPTED);
    hand.runOne();
    assertThat(shard.awaitRoom(Duration.ZERO)).isTrue();
    assertThat(offer(shard, "b1")).isEqualTo(ACCEPTED);
    hand.runAll();
    assertThat(shard.unfinished()).isZero();
  }

  @Test
  void keeps_a_record_at_the_head_and_frees_its_place_when_it_is_to_be_retried() {
    var lanes = lanes(1, 100);
    var shard = lanes.open("s");
    script("a1", new Outcome.Retry("busy", SECOND), new Outcome.Retry("busy", SECOND));
    List.of("a1", "a2", "b1").forEach(r -> offer(shard, r));
    hand.runAll();
    assertThat(handled).containsExactly("a1", "b1");
    assertThat(shard.position()).isEmpty();
    hand.pass(Duration.ofMillis(999));
    assertThat(hand.tasks()).isZero();
    hand.pass(SECOND);
    hand.runAll();
    hand.pass(SECOND.multipliedBy(2));
    hand.runAll();
    assertThat(handled).containsExactly("a1", "b1", "a1", "a1", "a2");
    assertThat(shard.position()).contains(BigInteger.valueOf(3));
    assertThat(lanes.counts().retried()).isEqualTo(2);
  }

  @Test
  void backs_off_by_itself_when_no_wait_is_asked_for() {
    var shard = lanes(1, 100).open("s");
    script("a1", new Outcome.Retry("busy"));
    offer(shard, "a1");
    hand.runAll();
    hand.pass(Duration.ofMillis(49));
    assertThat(hand.tasks()).isZero();
    hand.pass(Duration.ofMillis(51));
    hand.runAll();
    assertThat(shard.unfinished()).isZero();
  }

  @Test
  void counts_skipped_and_parked_records_as_finished() {
    var lanes = lanes(4, 100);
    var shard = lanes.open("s");
    script("a1", new Outcome.Skipped("stale"));
    script("b1", new Outcome.Parked("unknown user"));
    List.of("a1", "b1", "c1").forEach(r -> offer(shard, r));
    hand.runAll();
    assertThat(shard.position()).contains(BigInteger.valueOf(3));
    assertThat(lanes.counts()).isEqualTo(new LaneCounts(0, 0, 0, 0, 1, 1, 1, 0, 0));
  }

  @Test
  void retries_a_record_whose_handler_throws() {
    List<String> calls = new ArrayList<>();
    var shard =
        lanes(
                1,
                100,
                record -> {
                  calls.add(record);
                  if (calls.size() == 1) {
                    throw new IllegalStateException("defect");
                  }
                  return DONE;
                })
            .open("s");
    offer(shard, "a1");
    offer(shard, "a2");
    hand.runAll();
    hand.pass(SECOND);
    hand.runAll();
    assertThat(calls).containsExactly("a1", "a1", "a2");
  }

  @Test
  @SuppressWarnings("NullAway") // a handler that breaks its contract
  void retries_a_record_whose_handler_answers_nothing() {
    List<String> calls = new ArrayList<>();
    var shard =
        lanes(
                1,
                100,
                record -> {
                  calls.add(record);
                  return calls.size() == 1 ? null : DONE;
                })
            .open("s");
    offer(shard, "a1");
    hand.runAll();
    hand.pass(SECOND);
    hand.runAll();
    assertThat(calls).containsExactly("a1", "a1");
    assertThat(shard.unfinished()).isZero();
  }

  @Test
  void goes_on_after_an_error_of_the_handler() {
    List<String> calls = new ArrayList<>();
    var shard =
        lanes(
                1,
                100,
                record -> {
                  calls.add(record);
                  if (calls.size() == 1) {
                    throw new StackOverflowError("planted");
                  }
                  return DONE;
                })
            .open("s");
    offer(shard, "a1");
    assertThat(org.assertj.core.api.Assertions.catchThrowable(hand::runOne))
        .isInstanceOf(StackOverflowError.class);
    hand.pass(SECOND);
    hand.runAll();
    assertThat(shard.unfinished()).isZero();
  }

  @Test
  void starts_nothing_of_a_halted_shard_and_goes_on_with_the_others() {
    var lanes = lanes(1, 100);
    var lost = lanes.open("lost");
    var kept = lanes.open("kept");
    List.of("a1", "a2", "b1").forEach(r -> offer(lost, r));
    offer(kept, "c1");
    lost.halt();
    hand.runAll();
    assertThat(handled).containsExactly("c1");
    assertThat(lost.position()).isEmpty();
    assertThat(lost.unfinished()).isEqualTo(3);
    assertThat(offer(lost, "d1")).isEqualTo(CLOSED);
    assertThat(lanes.counts().keys()).isZero();
    assertThat(lanes.counts().held()).isZero();
  }

  @Test
  void counts_what_was_running_when_its_shard_was_halted() throws Exception {
    List<ShardLanes<String>> opened = new ArrayList<>();
    var lanes =
        lanes(
            1,
            100,
            record -> {
              handled.add(record);
              opened.getFirst().halt();
              return DONE;
            });
    opened.add(lanes.open("s"));
    var shard = opened.getFirst();
    offer(shard, "a1");
    offer(shard, "a2");
    hand.runAll();
    assertThat(handled).containsExactly("a1");
    assertThat(shard.position()).contains(BigInteger.ONE);
    assertThat(shard.awaitFinished(Duration.ZERO)).isFalse();
    assertThat(shard.awaitNoneRunning(Duration.ZERO)).isTrue();
  }

  @Test
  void does_not_wake_a_record_whose_shard_was_halted_while_it_waited() {
    var lanes = lanes(1, 100);
    var shard = lanes.open("s");
    script("a1", new Outcome.Retry("busy", SECOND));
    offer(shard, "a1");
    hand.runAll();
    shard.halt();
    var again = lanes.open("s");
    again.offer("a", BigInteger.ONE, 1, "a1");
    hand.runAll();
    hand.pass(SECOND.multipliedBy(2));
    hand.runAll();
    assertThat(handled).containsExactly("a1", "a1");
    assertThat(again.position()).contains(BigInteger.ONE);
  }

  @Test
  void keeps_one_record_of_a_key_in_flight_when_its_shard_is_lost_and_regained() {
    var lanes = lanes(10, 100);
    var lost = lanes.open("s");
    List<String> order = new ArrayList<>();
    offer(lost, "a1");
    lost.halt();
    var regained = lanes.open("s");
    regained.offer("a", BigInteger.ONE, 1, "a1 again");
    assertThat(hand.tasks()).as("the first is still out").isOne();
    hand.runAll();
    order.addAll(handled);
    assertThat(order).containsExactly("a1 again");
    assertThat(regained.position()).contains(BigInteger.ONE);
  }

  @Test
  void refuses_records_out_of_order_and_keeps_its_state() {
    var lanes = lanes(10, 100);
    var shard = lanes.open("s");
    shard.offer("a", BigInteger.TEN, 1, "a1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shard.offer("b", BigInteger.ONE, 1, "b1"));
    assertThat(lanes.counts().keys()).isOne();
    hand.runAll();
    assertThat(shard.position()).contains(BigInteger.TEN);
  }

  @Test
  void names_the_record_that_holds_the_position_back() {
    var lanes = lanes(1, 100);
    var shard = lanes.open("s");
    assertThat(lanes.oldestUnfinished()).isEmpty();
    script("a1", new Outcome.Retry("busy", SECOND));
    var accepted = hand.instant();
    offer(shard, "a1");
    hand.pass(SECOND);
    offer(shard, "b1");
    hand.runAll();
    assertThat(lanes.oldestUnfinished())
        .contains(new Unfinished("s", "a", BigInteger.ONE, accepted, 1));
  }

  @Test
  void tries_again_later_when_the_executor_refuses() {
    List<Runnable> refused = new ArrayList<>();
    var lanes =
        new KeyLanes<String>(
            (key, records) -> handle(records.getLast()),
            Folding.none(),
            limits(1, 10),
            task -> {
              if (refused.isEmpty()) {
                refused.add(task);
                throw new RejectedExecutionException("full");
              }
              hand.execute(task);
            },
            hand,
            new Backoff(Duration.ofMillis(100), SECOND, new Random(1)),
            hand);
    var shard = lanes.open("s");
    offer(shard, "a1");
    hand.pass(SECOND);
    hand.runAll();
    assertThat(handled).containsExactly("a1");
    assertThat(shard.unfinished()).isZero();
  }

  /** Folds whatever waits, up to a record that ends in an exclamation mark. */
  private KeyLanes<String> foldingLanes(int inFlight) {
    Folding<String> small =
        waiting -> {
          int leading = 1;
          while (leading < waiting.size() && waiting.get(leading).charAt(1) != '!') {
            leading++;
          }
          return leading;
        };
    return lanes(limits(inFlight, 100), (key, records) -> handle(String.join("+", records)), small);
  }

  @Test
  void folds_what_waits_into_the_newest_and_finishes_all_of_it_with_its_carrier() {
    var lanes = foldingLanes(1);
    var shard = lanes.open("s");
    List.of("a1", "b1", "b2", "b3").forEach(r -> offer(shard, r));
    hand.runOne();
    assertThat(shard.position()).contains(BigInteger.ONE);
    hand.runAll();
    assertThat(handled).containsExactly("a1", "b1+b2+b3");
    assertThat(shard.position()).contains(BigInteger.valueOf(4));
    assertThat(lanes.counts()).isEqualTo(new LaneCounts(0, 0, 0, 0, 2, 0, 0, 2, 0));
  }

  @Test
  void folds_anew_with_what_has_come_meanwhile_when_its_carrier_is_retried() {
    var shard = foldingLanes(1).open("s");
    script("a1+a2", new Outcome.Retry("busy", SECOND));
    List.of("a1", "a2").forEach(r -> offer(shard, r));
    hand.runAll();
    assertThat(shard.position()).isEmpty();
    assertThat(shard.unfinished()).isEqualTo(2);
    List.of("a3", "a!", "a5").forEach(r -> offer(shard, r));
    hand.pass(SECOND.multipliedBy(2));
    hand.runAll();
    assertThat(handled).containsExactly("a1+a2", "a1+a2+a3", "a!+a5");
    assertThat(shard.position()).contains(BigInteger.valueOf(5));
  }

  @Test
  void does_not_fold_across_shards() {
    var lanes = foldingLanes(1);
    var lost = lanes.open("lost");
    var kept = lanes.open("kept");
    offer(lost, "a1");
    offer(lost, "a2");
    offer(kept, "a3");
    offer(kept, "a4");
    hand.runAll();
    assertThat(handled).containsExactly("a1+a2", "a3+a4");
  }

  @Test
  void finishes_a_whole_fold_whose_shard_is_halted_while_it_runs() throws Exception {
    List<ShardLanes<String>> opened = new ArrayList<>();
    var lanes =
        lanes(
            limits(1, 100),
            (key, records) -> {
              handled.addAll(records);
              opened.getFirst().halt();
              return DONE;
            },
            waiting -> 2);
    opened.add(lanes.open("s"));
    var shard = opened.getFirst();
    List.of("a1", "a2", "a3").forEach(r -> offer(shard, r));
    hand.runAll();
    assertThat(handled).containsExactly("a1", "a2");
    assertThat(shard.position()).contains(BigInteger.TWO);
    assertThat(shard.unfinished()).isOne();
    assertThat(lanes.counts().held()).isZero();
  }

  @Test
  void handles_nothing_of_a_shard_that_is_halted_while_the_fold_is_looked_at() {
    List<ShardLanes<String>> opened = new ArrayList<>();
    var lanes =
        lanes(
            limits(1, 100),
            (key, records) -> handle(String.join("+", records)),
            waiting -> {
              opened.getFirst().halt();
              return 2;
            });
    opened.add(lanes.open("s"));
    List.of("a1", "a2").forEach(r -> offer(opened.getFirst(), r));
    hand.runAll();
    assertThat(handled).isEmpty();
    assertThat(opened.getFirst().position()).isEmpty();
    assertThat(lanes.counts().held()).isZero();
  }

  @Test
  void takes_a_folding_that_answers_nonsense_as_a_defect_and_tries_again() {
    int[] answers = {0, 3, 2};
    List<Integer> asked = new ArrayList<>();
    var lanes =
        lanes(
            limits(1, 100),
            (key, records) -> handle(String.join("+", records)),
            waiting -> {
              asked.add(waiting.size());
              return answers[asked.size() - 1];
            });
    var shard = lanes.open("s");
    List.of("a1", "a2").forEach(r -> offer(shard, r));
    for (int i = 0; i < answers.length; i++) {
      hand.runAll();
      hand.pass(SECOND);
    }
    assertThat(handled).containsExactly("a1+a2");
  }

  @Test
  void is_full_when_it_holds_as_many_bytes_as_it_may() {
    var lanes = lanes(new KeyLanes.Limits(1, 100, 50, 100, 1000), (k, r) -> DONE, Folding.none());
    var shard = lanes.open("s");
    assertThat(shard.offer("a", BigInteger.ONE, 49, "a1")).isEqualTo(ACCEPTED);
    assertThat(shard.offer("a", BigInteger.TWO, 500, "a2")).as("reaches it").isEqualTo(ACCEPTED);
    assertThat(shard.offer("a", BigInteger.TEN, 0, "a3")).isEqualTo(FULL);
    assertThat(lanes.counts().heldBytes()).isEqualTo(549);
    hand.runAll();
    assertThat(shard.offer("a", BigInteger.TEN, 5000, "a3")).as("held by none").isEqualTo(ACCEPTED);
  }

  @Test
  void a_full_worker_slows_only_the_shards_that_fill_it() {
    var lanes =
        lanes(new KeyLanes.Limits(1, 1000, 1000, 160, 100_000), (k, r) -> DONE, Folding.none());
    var full = lanes.open("full");
    int held = 0;
    while (offer(full, "a" + held) == ACCEPTED) {
      held++;
    }
    assertThat(held).as("alone it may hold all").isEqualTo(160);
    var late = lanes.open("late");
    int others = 0;
    while (offer(late, "b" + others) == ACCEPTED) {
      others++;
    }
    assertThat(others).as("its sixteenth").isEqualTo(10);
    assertThat(offer(full, "a")).isEqualTo(FULL);
    while (late.position().isEmpty()) {
      hand.runOne();
    }
    assertThat(offer(late, "b")).isEqualTo(ACCEPTED);
    assertThat(offer(full, "a")).as("above its half, and little is left").isEqualTo(FULL);
  }
}
