package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.metrics.Meters;
import io.timebridge.reconcile.Result;
import io.timebridge.reconcile.ResultStore;
import io.timebridge.settings.Settings;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DriftMetersTest {
  private final Meters meters =
      Meters.start(new Settings.Metrics("127.0.0.1", Optional.of(0)), "worker");

  @AfterEach
  void close() {
    meters.close();
  }

  /** What some process has kept. */
  private record Found(String json) implements ResultStore {
    @Override
    public void keep(Result result) {
      throw new AssertionError("nothing is kept here");
    }

    @Override
    public Optional<JsonNode> last() {
      return Optional.of(JsonMapper.builder().build().readTree(json));
    }
  }

  @Test
  void says_what_another_process_found_and_nothing_before_it_was_looked_at() throws Exception {
    DriftMeters drift =
        new DriftMeters(
            new Found(
                """
                {"ended":"2026-07-03T02:11:00Z","drifts":7,"kinds":{"missing":5,"hours":2}}
                """),
            meters);
    assertThat(scraped()).contains("timebridge_reconcile_drift_entries{kind=\"missing\"} NaN");
    drift.last();
    assertThat(scraped())
        .contains(
            "timebridge_reconcile_drift_entries{kind=\"missing\"} 5.0",
            "timebridge_reconcile_drift_entries{kind=\"hours\"} 2.0",
            "timebridge_reconcile_drift_entries{kind=\"double\"} 0.0",
            "timebridge_reconcile_differing_entries 7.0",
            "timebridge_reconcile_ended_timestamp_seconds 1.78304466E9");
  }

  private List<String> scraped() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(meters.address().orElseThrow()).build(),
              HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .toList();
    }
  }
}
