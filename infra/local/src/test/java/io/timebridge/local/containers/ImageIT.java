package io.timebridge.local.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame.OutputType;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is in the images, and what is not. */
class ImageIT {
  private static final String AGAIN = "timebridge:it-again";

  @BeforeAll
  static void build() throws Exception {
    Images.require();
  }

  /** What a command says that runs in a container of its own. */
  private static String run(String image, String... command) {
    try (GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withImagePullPolicy(name -> false)
            .withCreateContainerCmdModifier(create -> create.withEntrypoint(""))
            .withStartupCheckStrategy(new OneShotStartupCheckStrategy())
            .withCommand(command)) {
      container.start();
      return container.getLogs(OutputType.STDOUT);
    }
  }

  private static String shell(String image, String script) {
    return run(image, "/bin/sh", "-c", script);
  }

  @Test
  void what_ships_contains_nothing_that_may_not_be_passed_on() {
    assertThat(shell(Images.PRODUCT, "ls /opt/timebridge /opt/timebridge/lib").lines())
        .contains("bom.json")
        .anyMatch(name -> name.startsWith("processors-"))
        .noneMatch(name -> name.matches("(?i)(dynamodblocal|elasticmq|sqlite|local|bench).*"));
    assertThat(shell(Images.LOCAL, "ls /opt/timebridge/local/lib").lines())
        .anyMatch(name -> name.startsWith("DynamoDBLocal"));
    assertThat(labels(Images.LOCAL)).containsKey("io.timebridge.publish");
    assertThat(labels(Images.PRODUCT)).doesNotContainKey("io.timebridge.publish");
  }

  private static java.util.Map<String, String> labels(String image) {
    InspectImageResponse inspected = DockerClientFactory.lazyClient().inspectImageCmd(image).exec();
    return Objects.requireNonNull(Objects.requireNonNull(inspected.getConfig()).getLabels());
  }

  @Test
  void the_bill_of_materials_names_every_jar() {
    JsonNode bom =
        JsonMapper.shared().readTree(run(Images.PRODUCT, "cat", "/opt/timebridge/bom.json"));
    TreeSet<String> named = new TreeSet<>();
    named.add(jar(bom.path("metadata").path("component")));
    bom.path("components").forEach(component -> named.add(jar(component)));
    assertThat(named)
        .containsExactlyElementsOf(
            new TreeSet<>(run(Images.PRODUCT, "ls", "/opt/timebridge/lib").lines().toList()));
  }

  private static String jar(JsonNode component) {
    return component.path("name").asString() + "-" + component.path("version").asString() + ".jar";
  }

  @Test
  void the_operators_commands_run_and_nobody_is_root() {
    assertThat(
            shell(
                Images.PRODUCT,
                "id -u; /opt/timebridge/runtime/bin/java @/opt/timebridge/java-options io.timebridge.cli.Timebridge --help"))
        .startsWith("10001\n")
        .contains("gateway", "poller", "worker", "dlq", "login", "cleanup", "settings")
        .doesNotContain("local-aws", "chaos");
  }

  @Test
  void a_running_process_can_be_looked_into() {
    assertThat(
            shell(
                Images.PRODUCT,
                """
                cd /opt/timebridge/runtime/bin
                ./java -XX:-UsePerfData -m jdk.httpserver -p 0 >/dev/null & process=$!
                until ./jcmd $process Thread.print 2>/dev/null; do kill -0 $process || exit 1; done
                ./jcmd $process GC.heap_dump /run/timebridge/heap
                ls /run/timebridge
                """))
        .contains("Full thread dump", "Heap dump file created", "\nheap\n");
  }

  @Test
  void the_same_sources_give_the_same_files() throws Exception {
    Images.build(List.of("--no-cache", "--tag", AGAIN));
    DockerClient docker = DockerClientFactory.lazyClient();
    try {
      String files = "find /opt/timebridge -type f -exec sha256sum {} + | sort";
      assertThat(shell(AGAIN, files)).isEqualTo(shell(Images.PRODUCT, files)).contains("modules");
    } finally {
      docker.removeImageCmd(AGAIN).exec();
    }
  }
}
