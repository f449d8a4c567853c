package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The samples of how metrics come to Prometheus. */
class ScrapeSamplesTest {
  private static final Path DASHBOARDS = Path.of("..", "..", "infra", "dashboards");

  private static Object at(Object yaml, Object... path) {
    Object at = yaml;
    for (Object step : path) {
      at = step instanceof Integer index ? ((List<?>) at).get(index) : ((Map<?, ?>) at).get(step);
      assertThat(at).as("%s", List.of(path)).isNotNull();
    }
    return at;
  }

  private static Object sample(String name) throws Exception {
    return new Load(LoadSettings.builder().build())
        .loadFromString(Files.readString(DASHBOARDS.resolve(name)));
  }

  private static List<Object> list(Object yaml) {
    return new ArrayList<>((List<?>) yaml);
  }

  @Test
  void prometheus_loads_the_rules_and_scrapes_each_process_once() throws Exception {
    Object prometheus = sample("prometheus.yaml");
    assertThat(list(at(prometheus, "rule_files"))).containsExactly("alerts.yaml");
    assertThat(list(at(prometheus, "scrape_configs", 0, "static_configs", 0, "targets")))
        .hasSize(3)
        .doesNotHaveDuplicates();
  }

  /** Its own address is the same in every task. */
  @Test
  void the_collector_names_the_task_and_writes_what_it_scrapes() throws Exception {
    Object collector = sample("collector.yaml");
    assertThat(at(collector, "processors", "resource", "attributes", 0))
        .isEqualTo(
            Map.of(
                "key", "service.instance.id",
                "from_attribute", "aws.ecs.task.arn",
                "action", "upsert"));
    Object pipeline = at(collector, "service", "pipelines", "metrics");
    assertThat(list(at(pipeline, "processors"))).containsExactly("resourcedetection", "resource");
    for (String kind : List.of("receivers", "processors", "exporters")) {
      for (Object part : list(at(pipeline, kind))) {
        assertThat(at(collector, kind, part)).as("%s", part).isInstanceOf(Map.class);
      }
    }
  }
}
