package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromQlTest {
  @Test
  void finds_metrics_and_the_labels_asked_of_them() {
    assertThat(
            PromQl.used(
                "histogram_quantile(0.99, sum by (le, stream) (rate(a_bucket{x=\"by b\"}[5m]))) > 0 or time() - max(c)"))
        .isEqualTo(Map.of("a_bucket", Set.of("le", "stream", "x"), "c", Set.of("le", "stream")));
  }

  @Test
  void reads_samples_with_and_without_labels() {
    assertThat(PromQl.scraped("# HELP a b\na{x=\"1,y=\\\"2\\\"\",z=\"\"} 1.0\nb 2\n"))
        .isEqualTo(Map.of("a", Set.of("x", "z"), "b", Set.of()));
  }
}
