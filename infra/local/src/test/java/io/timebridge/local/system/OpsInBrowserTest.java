package io.timebridge.local.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.ops.Chromium;
import io.timebridge.local.ops.Person;
import io.timebridge.local.sim.SimControl;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;

/**
 * {@code timebridge ops} beside a running system, used by a person with a browser; judged by what
 * SecondService carried out.
 */
class OpsInBrowserTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final LocatorAssertions.ContainsTextOptions SOON =
      new LocatorAssertions.ContainsTextOptions().setTimeout(30_000);
  private static final String EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>";

  @TempDir static Path folder;

  private static Chromium chromium;
  private static LocalSystem system;
  private static Processes processes;
  private static URI address;
  private static DynamoDbClient dynamoDb;
  private static DynamoDbTaskMapping mapping;
  private static SimControl first;
  private static SampleCompany company;

  @BeforeAll
  static void start() throws Exception {
    chromium = Chromium.start();
    LocalSystem.Options calm = LocalSystem.Options.calm(Ports.ANY, 1);
    system =
        LocalSystem.start(
            new LocalSystem.Options(
                calm.ports(),
                calm.behaviour(),
                1,
                Map.of("retry.backoff", "30m", "worker.status-every", "1s")),
            progress -> {});
    Files.writeString(
        folder.resolve("timebridge.conf"), SettingsText.lines(system.settingsByKey()));
    processes = new Processes(folder);
    Processes.Started ops = processes.start("ops", "--port", "0", "--config", "timebridge.conf");
    address = URI.create(ops.readyLine().replaceAll(".*(http://[^ ]+).*", "$1"));
    first = system.simulators().first();
    dynamoDb = system.aws().dynamoDb();
    mapping = new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system());
    company = SampleCompany.found(first, system.simulators().second(), mapping, PATIENCE);
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable part : new AutoCloseable[] {processes, dynamoDb, system, chromium}) {
      close(part);
    }
  }

  private static void close(@org.jspecify.annotations.Nullable AutoCloseable part) {
    try {
      if (part != null) {
        part.close();
      }
    } catch (Exception notClosed) { // the others still have to be
      throw new IllegalStateException(notClosed);
    }
  }

  /** Parked, with its first try in vain. */
  private static long parked(String label) {
    long id =
        first
            .post("/__sim/labels", "{\"name\":\"%s\",\"parent_id\":null}".formatted(label))
            .path("id")
            .longValue();
    SampleCompany whose = new SampleCompany(company.userId(), id, company.projectId());
    return first
        .post("/__sim/entries", whose.entry("2026-07-03", 3600, EVIL))
        .path("id")
        .longValue();
  }

  private static List<JsonNode> timesheets(long entry) {
    return system
        .simulators()
        .second()
        .state()
        .path("timesheets")
        .valueStream()
        .filter(t -> t.path("strDescription").asString("").endsWith("[TB#" + entry + "]"))
        .toList();
  }
}
