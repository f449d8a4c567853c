package io.timebridge.lag.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.lag.CircuitStatus;
import io.timebridge.lag.Latency;
import io.timebridge.lag.OldestKey;
import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.Sample;
import io.timebridge.lag.ShardStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StatusCodecTest {
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final String SEQUENCE = "4".repeat(56);

  private static ShardStatus shard(int number, String key) {
    List<Sample> window = new ArrayList<>();
    for (int i = 9; i >= 0; i--) {
      window.add(
          new Sample(
              AT.minusSeconds(5L * i),
              Duration.ofMillis(123_456_789 + i),
              1_000_000_000L + i,
              999_999_999L + i,
              1_000_000 + i));
    }
    return new ShardStatus(
        "shardId-%012d".formatted(number),
        100,
        10_000,
        Optional.of(new OldestKey(key, AT.minusSeconds(77), 12)),
        Optional.of(SEQUENCE),
        Optional.of(AT.minusMillis(4)),
        window);
  }

  private static ProcessStatus process(List<ShardStatus> shards) {
    return new ProcessStatus(
        "host:17:00ff00ff",
        "1.2",
        AT.minusSeconds(900),
        AT,
        Duration.ofSeconds(5),
        List.of(
            new CircuitStatus("first-service", CircuitStatus.Position.CLOSED, AT.minusSeconds(900)),
            new CircuitStatus("second-service", CircuitStatus.Position.HALF_OPEN, AT)),
        Map.of("timebridge-timesheets", shards),
        Map.of("timebridge-timesheets", new Latency(new TreeMap<>(Map.of(130L, 7L, 4_500L, 1L)))));
  }

  @Test
  void gives_back_what_was_put_in() {
    ProcessStatus status =
        process(
            List.of(
                shard(0, "4711"),
                new ShardStatus(
                    "shardId-1",
                    0,
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of())));
    List<String> texts = StatusCodec.encode(status);
    assertThat(texts).hasSize(1);
    assertThat(StatusCodec.decode(texts.getFirst())).isEqualTo(status);
  }

  @Test
  void stays_far_below_the_limit_of_an_item_with_a_thousand_shards_of_long_keys() {
    List<ShardStatus> shards = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      shards.add(shard(i, "é".repeat(256)));
    }
    List<String> texts = StatusCodec.encode(process(shards));
    Set<ShardStatus> found = new HashSet<>();
    for (String text : texts) {
      assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(380_000);
      found.addAll(StatusCodec.decode(text).applications().get("timebridge-timesheets"));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(shards);
    assertThat(texts).hasSizeLessThan(8);
  }

  @Test
  void passes_over_what_a_newer_version_says_more() {
    String text = StatusCodec.encode(process(List.of(shard(0, "k")))).getFirst();
    String newer = "{\"colour\":{\"a\":[1]}," + text.substring(1);
    assertThat(StatusCodec.decode(newer)).isEqualTo(StatusCodec.decode(text));
  }

  @Test
  void refuses_what_is_no_word_of_a_worker() {
    assertThatThrownBy(() -> StatusCodec.decode("{")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StatusCodec.decode("{\"at\":1}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
