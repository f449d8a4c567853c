package io.timebridge.bench.backlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.measure.Payload;
import org.junit.jupiter.api.Test;

class BacklogJudgeTest {
  /** Numbers 0 and 1 of the keys 0 and 1, and number 2 of key 0. */
  private final BacklogJudge judge = new BacklogJudge(new Numbering(5, 2));

  private static Payload.Mark mark(int key, int number) {
    return new Payload.Mark(key, number);
  }

  private void handle(int key, int number) {
    assertThat(judge.begin(mark(key, number))).isTrue();
    judge.end(mark(key, number));
  }

  @Test
  void sees_every_record_once() throws Exception {
    handle(0, 0);
    handle(1, 0);
    handle(1, 1);
    handle(0, 1);
    assertThat(judge.awaitFirst(0)).isTrue();
    assertThat(judge.awaitAll(0)).isFalse();
    handle(0, 2);
    assertThat(judge.awaitAll(0)).isTrue();
    assertThat(judge.seen()).isEqualTo(new BacklogJudge.Seen(5, 0, 0, 0));
  }

  @Test
  void sees_a_record_that_overtook_an_earlier_one() {
    handle(0, 1);
    handle(0, 0);
    assertThat(judge.seen().violations()).isEqualTo(1);
  }

  @Test
  void sees_a_record_that_is_begun_while_one_of_its_key_is_at_work() {
    judge.begin(mark(0, 0));
    judge.begin(mark(0, 0));
    assertThat(judge.seen().violations()).isEqualTo(1);
  }

  @Test
  void a_record_that_comes_again_is_counted_once_and_is_no_violation() {
    handle(0, 0);
    handle(0, 1);
    handle(0, 0);
    handle(0, 1);
    assertThat(judge.seen()).isEqualTo(new BacklogJudge.Seen(2, 2, 0, 0));
  }

  @Test
  void sees_what_nobody_put() {
    assertThat(judge.begin(mark(1, 2))).isFalse();
    assertThat(judge.begin(mark(2, 0))).isFalse();
    assertThat(judge.begin(mark(-1, 0))).isFalse();
    assertThat(judge.seen().strangers()).isEqualTo(3);
  }

  @Test
  void keys_beyond_one_word_of_bits_are_told_apart() {
    BacklogJudge wide = new BacklogJudge(new Numbering(200, 200));
    for (int key = 0; key < 200; key++) {
      wide.begin(mark(key, 0));
    }
    assertThat(wide.seen().violations()).isZero();
    for (int key = 0; key < 200; key++) {
      wide.end(mark(key, 0));
    }
    assertThat(wide.seen()).isEqualTo(new BacklogJudge.Seen(200, 0, 0, 0));
  }

  @Test
  void numbering_and_bytes_go_there_and_back() {
    Numbering numbering = new Numbering(1000, 7);
    for (int record = 0; record < 1000; record++) {
      Payload.Mark mark = Payload.decode(Numbering.encode(numbering.mark(record), 8));
      assertThat(numbering.record(mark)).isEqualTo(record);
    }
  }
}
