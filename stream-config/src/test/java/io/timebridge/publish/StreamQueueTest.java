package io.timebridge.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.publish.Publisher.Outcome;
import io.timebridge.publish.Publisher.Reason;
import io.timebridge.publish.StreamQueue.Decided;
import io.timebridge.publish.StreamQueue.Next;
import io.timebridge.publish.StreamQueue.Pending;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StreamQueueTest {
  private static final long MILLI = 1_000_000;
  private static final long FOREVER = 1_000_000 * MILLI;
  private static final Limits SMALL =
      new Limits(
          3,
          1000,
          500,
          2,
          10,
          2000,
          Duration.ofMillis(5),
          Duration.ofMillis(50),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1));

  private final StreamQueue queue = new StreamQueue(SMALL, new Random(1));
  private final List<Decided> expired = new ArrayList<>();

  private Pending offered(String key, long deadline) {
    Pending record = new Pending(key, "x".getBytes(StandardCharsets.UTF_8), deadline);
    assertThat(queue.offer(record, 0)).isTrue();
    return record;
  }

  private List<Pending> sent(long now) {
    return ((Next.Send) queue.next(now, expired)).batch();
  }

  private static List<KinesisCall.Answer> stored(int n) {
    return java.util.Collections.nCopies(n, new KinesisCall.Answer.Stored("s", "1"));
  }

  @Test
  void sends_at_once_when_nothing_is_in_flight() {
    Pending a = offered("a", FOREVER);

    assertThat(sent(0)).containsExactly(a);
  }

  @Test
  void lingers_while_a_batch_is_in_flight_until_the_time_is_up() {
    offered("a", FOREVER);
    sent(0);
    Pending b = offered("b", FOREVER);

    assertThat(queue.next(MILLI, expired)).isEqualTo(new Next.Wait(4 * MILLI));
    assertThat(sent(5 * MILLI)).containsExactly(b);
  }

  @Test
  void does_not_linger_when_the_batch_is_full_or_the_way_is_free() {
    Pending a = offered("a", FOREVER);
    List<Pending> first = sent(0);
    offered("b", FOREVER);
    offered("c", FOREVER);
    queue.settle(first, stored(1), "", MILLI);

    List<Pending> second = sent(MILLI);
    offered("d", FOREVER);
    offered("e", FOREVER);
    offered("f", FOREVER);

    assertThat(first).containsExactly(a);
    assertThat(second).hasSize(2);
    assertThat(sent(MILLI)).hasSize(3);
  }

  @Test
  void holds_later_records_of_a_key_while_one_is_in_flight_or_waits_for_a_retry() {
    Pending first = offered("a", FOREVER);
    Pending second = offered("a", FOREVER);
    List<Pending> batch = sent(0);
    assertThat(batch).containsExactly(first);
    assertThat(queue.next(0, expired)).isEqualTo(new Next.Wait(Long.MAX_VALUE));

    queue.settle(batch, List.of(new KinesisCall.Answer.Refused("slow down")), "", 0);

    assertThat(queue.next(0, expired)).isInstanceOf(Next.Wait.class);
    List<Pending> again = sent(50 * MILLI);
    assertThat(again).containsExactly(first);
    queue.settle(again, stored(1), "", 50 * MILLI);
    assertThat(sent(50 * MILLI)).containsExactly(second);
  }

  @Test
  void refuses_more_records_or_bytes_than_may_wait() {
    for (int i = 0; i < 10; i++) {
      offered("k" + i, FOREVER);
    }
    assertThat(queue.offer(new Pending("k", new byte[1], FOREVER), 0)).isFalse();

    StreamQueue other = new StreamQueue(SMALL, new Random(1));
    assertThat(other.offer(new Pending("a", new byte[1900], FOREVER), 0)).isTrue();
    assertThat(other.offer(new Pending("b", new byte[200], FOREVER), 0)).isFalse();
  }

  @Test
  void keeps_a_batch_below_its_bytes() {
    queue.offer(new Pending("a", new byte[480], FOREVER), 0);
    queue.offer(new Pending("b", new byte[480], FOREVER), 0);
    queue.offer(new Pending("c", new byte[480], FOREVER), 0);

    assertThat(sent(0)).extracting(p -> p.key).containsExactly("a", "b");
    assertThat(sent(5 * MILLI)).extracting(p -> p.key).containsExactly("c");
  }

  @Test
  void gives_up_a_record_whose_time_is_over_and_goes_on_with_its_key() {
    Pending late = offered("a", 10 * MILLI);
    Pending next = offered("a", FOREVER);

    assertThat(sent(10 * MILLI)).containsExactly(next);
    assertThat(expired).hasSize(1);
    assertThat(expired.getFirst().record()).isSameAs(late);
    assertThat(expired.getFirst().outcome())
        .isEqualTo(new Outcome.Failed(Reason.TIMED_OUT, "not sent in time (attempts: 0)"));
  }

  @Test
  void tells_the_last_problem_when_there_is_no_time_for_another_attempt() {
    offered("a", 20 * MILLI);
    List<Decided> decided = queue.settle(sent(0), List.of(), "connection reset", MILLI);

    assertThat(decided).hasSize(1);
    assertThat(decided.getFirst().outcome())
        .isEqualTo(new Outcome.Failed(Reason.KINESIS, "connection reset (attempts: 1)"));
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void takes_a_wrong_number_of_answers_for_no_answer() {
    offered("a", FOREVER);
    offered("b", FOREVER);

    assertThat(queue.settle(sent(0), stored(1), "too few", 0)).isEmpty();
    assertThat(sent(50 * MILLI)).hasSize(2);
  }

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  /** Batches settle in any order, with refusals, lost answers and time-outs. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keeps_the_order_of_every_key_and_decides_every_record_once(long seed) {
    Random random = new Random(seed);
    Limits limits =
        new Limits(
            1 + random.nextInt(6),
            10_000,
            500,
            3,
            1000,
            100_000,
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(80),
            Duration.ofSeconds(1));
    StreamQueue tested = new StreamQueue(limits, new Random(seed + 1));
    Map<Pending, Integer> number = new HashMap<>();
    Map<String, Integer> newestSent = new HashMap<>();
    Set<String> keysInFlight = new HashSet<>();
    List<List<Pending>> inFlight = new ArrayList<>();
    List<Decided> decided = new ArrayList<>();
    long now = 0;
    int left = 200;
    while (left > 0 || !tested.isEmpty()) {
      int what = random.nextInt(3);
      if (what == 0 && left > 0) {
        long deadline = random.nextInt(10) == 0 ? now + 20 * MILLI : now + FOREVER;
        Pending record = new Pending("k" + random.nextInt(8), new byte[10], deadline);
        number.put(record, number.size());
        assertThat(tested.offer(record, now)).isTrue();
        left--;
      } else if (what == 1 && inFlight.size() < 3) {
        if (tested.next(now, decided) instanceof Next.Send(List<Pending> batch)) {
          assertThat(batch).hasSizeBetween(1, limits.batchRecords());
          for (Pending record : batch) {
            assertThat(keysInFlight.add(record.key)).as("one per key in flight").isTrue();
            int mine = number.getOrDefault(record, -1);
            assertThat(newestSent.merge(record.key, mine, Math::max))
                .as("no record after a later one of its key")
                .isEqualTo(mine);
          }
          inFlight.add(batch);
        }
      } else if (!inFlight.isEmpty()) {
        List<Pending> batch = inFlight.remove(random.nextInt(inFlight.size()));
        batch.forEach(record -> keysInFlight.remove(record.key));
        List<KinesisCall.Answer> answers = new ArrayList<>();
        if (random.nextInt(5) > 0) {
          for (Pending ignored : batch) {
            answers.add(
                random.nextInt(4) == 0
                    ? new KinesisCall.Answer.Refused("throttled")
                    : new KinesisCall.Answer.Stored("s", "1"));
          }
        }
        decided.addAll(tested.settle(batch, answers, "no answer", now));
      }
      now += random.nextInt(4) * MILLI;
    }

    assertThat(decided).extracting(Decided::record).doesNotHaveDuplicates().hasSize(200);
    assertThat(inFlight).isEmpty();
  }
}
