package io.timebridge.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanesOrderTest {
  private static LanesOrder order(int concurrency, int seconds, int shards, int hotKey) {
    return new LanesOrder(
        Duration.ofMillis(100),
        concurrency,
        1000,
        seconds,
        0,
        shards,
        hotKey,
        true,
        List.of(),
        1,
        Feed.KINESIS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--latency 100|--latency must be a whole number with ms or s behind it, like 100ms: 100",
        "--latency 0ms|--latency must be 1ms to 10s: 0ms",
        "--latency 11s|--latency must be 1ms to 10s: 11000ms",
        "--concurrency 0|--concurrency must be 1 to 10000: 0",
        "--concurrency many|Invalid value for option '--concurrency'",
        "--keys 100001|--keys must be 1 to 100000: 100001",
        "--keys 1 --hot-key 30|--keys must be 2 to 100000: 1",
        "--seconds 601|--seconds must be 1 to 600: 601",
        "--warm-up 61|--warm-up must be 0 to 60: 61",
        "--shards 65|--shards must be 1 to 64: 65",
        "--hot-key 91|--hot-key must be 0 to 90: 91",
        "--forks 0|--forks must be 1 to 20: 0",
        "--peers kcl,kafka|--peers must be kcl, cpc, both with a comma between them, or none: kcl,kafka",
        "--feed file|--feed must be kinesis or direct: file"
      })
  void ends_with_code_2_and_says_what_is_allowed_when_options_are_unusable(
      String options, String said) {
    StringWriter err = new StringWriter();
    int code =
        Bench.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            ("bench lanes " + options).split(" "));

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains(said);
  }

  @Test
  void says_in_its_help_what_the_figures_mean() {
    StringWriter out = new StringWriter();

    int code =
        Bench.run(
            new PrintWriter(out, true),
            new PrintWriter(new StringWriter()),
            "bench",
            "lanes",
            "--help");

    assertThat(code).isZero();
    assertThat(out.toString()).contains("timebridge bench lanes", "middle 80 %", "efficiency");
  }

  @Test
  void puts_in_more_records_than_the_ideal_rate_would_use_up() {
    assertThat(order(100, 30, 1, 0).records()).isBetween(39_000, 40_000);
  }

  @Test
  void puts_in_the_hot_keys_records_beside_as_many_of_the_others() {
    assertThat(order(100, 30, 1, 50).records()).isBetween(78_000, 79_000);
  }

  @Test
  void stops_at_what_the_emulator_can_hold() {
    assertThat(order(1000, 600, 1, 0).records()).isEqualTo(LanesOrder.MOST_RECORDS);
  }

  @Test
  void lets_plain_kcl_end_after_200_records_per_shard() {
    assertThat(order(100, 30, 4, 0).plainKclRecords()).isEqualTo(800);
  }

  @Test
  void knows_each_peer_once() {
    assertThat(Peer.list("cpc,kcl,cpc")).containsExactly(Peer.CPC, Peer.KCL);
    assertThat(Peer.list("none")).isEmpty();
  }
}
