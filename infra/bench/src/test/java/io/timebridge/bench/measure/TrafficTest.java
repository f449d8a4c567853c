package io.timebridge.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrafficTest {
  private static List<Payload.Mark> take(Traffic traffic, int count) {
    return IntStream.range(0, count).mapToObj(i -> traffic.next()).toList();
  }

  @Test
  void lets_the_keys_take_turns_and_counts_within_each() {
    assertThat(take(new Traffic(3, 0), 5))
        .containsExactly(
            new Payload.Mark(0, 0),
            new Payload.Mark(1, 0),
            new Payload.Mark(2, 0),
            new Payload.Mark(0, 1),
            new Payload.Mark(1, 1));
  }

  @Test
  void gives_the_hot_key_its_share_evenly_and_the_others_the_rest_in_turns() {
    List<Payload.Mark> marks = take(new Traffic(8, 30), 100);

    assertThat(marks.subList(0, 50)).filteredOn(m -> m.key() == Traffic.HOT_KEY).hasSize(15);
    assertThat(marks).filteredOn(m -> m.key() == Traffic.HOT_KEY).hasSize(30);
    for (int key = 1; key < 8; key++) {
      int other = key;
      assertThat(marks).filteredOn(m -> m.key() == other).hasSize(10);
    }
  }

  @Test
  void writes_key_and_number_into_a_record_of_300_bytes() {
    Payload.Mark mark = new Payload.Mark(99_999, 1_234_567);
    byte[] record = Payload.encode(mark);

    assertThat(record).hasSize(300);
    assertThat(Payload.decode(record)).isEqualTo(mark);
    assertThat(Payload.decode(ByteBuffer.allocate(310).put(10, record).position(10).slice()))
        .isEqualTo(mark);
  }
}
