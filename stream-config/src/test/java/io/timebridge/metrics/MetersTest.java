package io.timebridge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.timebridge.process.CannotStart;
import io.timebridge.settings.Settings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MetersTest {
  private static final Settings.Metrics ANY_PORT =
      new Settings.Metrics("127.0.0.1", Optional.of(0));

  @Test
  void serves_what_is_counted_by_its_conventional_name_and_unit() throws Exception {
    AtomicInteger elsewhere = new AtomicInteger(3);
    try (Meters meters = Meters.start(ANY_PORT, "worker")) {
      meters.counter("things.told", "Told", "what", "raised").increment(2);
      meters.total("things.done", "Done", elsewhere::get);
      meters.gauge("thing.behind.seconds", "Behind", () -> 1.5, "stream", "s");
      meters
          .times("thing.call", "Calls", Meters.CALL, "outcome", "answered")
          .record(Duration.ofMillis(30));
      meters.amounts("thing.size", "Sizes", "bytes").record(7);
      assertThat(get(meters.address().orElseThrow()).body().lines())
          .contains(
              "timebridge_process_info{process=\"worker\"} 1",
              "timebridge_things_told_total{what=\"raised\"} 2.0",
              "timebridge_things_done_total 3.0",
              "timebridge_thing_behind_seconds{stream=\"s\"} 1.5",
              "timebridge_thing_call_seconds_bucket{outcome=\"answered\",le=\"0.025\"} 0",
              "timebridge_thing_call_seconds_bucket{outcome=\"answered\",le=\"0.05\"} 1",
              "timebridge_thing_call_seconds_count{outcome=\"answered\"} 1",
              "timebridge_thing_size_bytes_sum 7.0")
          .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""));
    }
  }

  @Test
  void asks_for_states_at_each_scrape_also_after_a_collection() {
    AtomicInteger state = new AtomicInteger(1);
    try (Meters meters = Meters.start(ANY_PORT, "worker")) {
      meters.gauge("state", "State", state::get);
      meters.total("count", "Count", state::get);
      state.set(9);
      System.gc();
      assertThat(meters.scrape())
          .contains("\ntimebridge_state 9.0\n")
          .contains("\ntimebridge_count_total 9.0\n");
    }
  }

  @Test
  void rows_come_and_go_and_are_left_out_when_there_are_too_many() {
    Map<String, Double> shards = new HashMap<>(Map.of("a", 1.0, "b", 2.0));
    try (Meters meters = Meters.start(ANY_PORT, "worker")) {
      meters.rows("shard", "Shards", "shard", 3, () -> shards, "stream", "s");
      assertThat(rows(meters)).isEqualTo(2);
      shards.remove("a");
      assertThat(meters.scrape()).contains("timebridge_shard{shard=\"b\",stream=\"s\"} 2.0");
      assertThat(rows(meters)).isEqualTo(1);
      for (int i = 0; i < 5_000; i++) {
        shards.put("shard-" + i, 0.0);
      }
      assertThat(rows(meters)).isZero();
      shards.keySet().removeIf(shard -> shard.startsWith("shard-"));
      assertThat(rows(meters)).isEqualTo(1);
    }
  }

  private static long rows(Meters meters) {
    return meters.scrape().lines().filter(line -> line.startsWith("timebridge_shard{")).count();
  }

  @Test
  void answers_nothing_but_metrics_and_only_to_get() throws Exception {
    try (Meters meters = Meters.start(ANY_PORT, "worker")) {
      URI at = meters.address().orElseThrow();
      assertThat(get(at).headers().firstValue("Content-Type"))
          .contains("text/plain; version=0.0.4; charset=utf-8");
      assertThat(get(at.resolve("/")).statusCode()).isEqualTo(404);
      assertThat(get(at.resolve("/metrics/..%2fhealth")).statusCode()).isEqualTo(404);
      HttpRequest post =
          HttpRequest.newBuilder(at).POST(HttpRequest.BodyPublishers.ofString("x")).build();
      assertThat(send(post).statusCode()).isEqualTo(405);
    }
  }

  @Test
  void has_no_thread_and_no_series_when_off() {
    try (Meters meters = Meters.start(new Settings.Metrics("127.0.0.1", Optional.empty()), "x")) {
      Counter counter = meters.counter("things", "Things");
      counter.increment();
      assertThat(counter.count()).isZero();
      assertThat(meters.isOn()).isFalse();
      assertThat(meters.address()).isEmpty();
      assertThat(meters.scrape()).isEmpty();
    }
  }

  @Test
  void says_which_settings_to_change_when_the_port_is_taken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Settings.Metrics settings =
          new Settings.Metrics("127.0.0.1", Optional.of(taken.getLocalPort()));
      assertThatThrownBy(() -> Meters.start(settings, "worker"))
          .isInstanceOf(CannotStart.class)
          .hasMessageContaining("metrics.port")
          .hasMessageContaining(Integer.toString(taken.getLocalPort()));
    }
  }

  private static HttpResponse<String> get(URI uri) throws Exception {
    return send(HttpRequest.newBuilder(uri).build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }
}
