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

  /** Of an entry whose label has no task yet. */
  private static Entry tracked(String label) {
    long id =
        first
            .post("/__sim/labels", "{\"name\":\"%s\",\"parent_id\":null}".formatted(label))
            .path("id")
            .longValue();
    SampleCompany whose = new SampleCompany(company.userId(), id, company.projectId());
    return new Entry(
        first.post("/__sim/entries", whose.entry("2026-07-03", 3600, EVIL)).path("id").longValue(),
        id);
  }

  private record Entry(long id, long label) {}

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

  private static void press(Page page, String button) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button).setExact(true))
        .click();
  }

  @Test
  void a_parked_entry_is_booked_after_its_label_is_mapped_and_it_is_redriven_on_the_page()
      throws Exception {
    try (Person person = chromium.open(address)) {
      Page page = person.to("/parked");
      page.evaluate("() => { window.same = true; }");
      Entry entry = tracked("Welding <img src=x onerror=alert(3)>");
      assertThat(page.locator("#parked-list")).containsText(Long.toString(entry.id()), SOON);
      assertThat(page.evaluate("() => window.same")).as("without a reload").isEqualTo(true);
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(Long.toString(entry.id())))
          .click();
      assertThat(page.locator(".facts")).containsText("UNMAPPED_LABEL");
      assertThat(page.locator(".facts")).containsText("label:" + entry.label());
      assertThat(timesheets(entry.id())).isEmpty();
      mapping.map(entry.label(), new TaskMapping.TaskRef.ByName("Design"), "test");
      press(page, "Redrive");
      assertThat(page.locator("main")).containsText("was woken");
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(timesheets(entry.id())).hasSize(1));
      page.navigate("/parked/" + entry.id());
      assertThat(page.locator("#key")).containsText("Nothing waits under this key", SOON);
      page.navigate("/parked");
      assertThat(page.locator("#parked-list")).not().containsText(Long.toString(entry.id()), SOON);

      page.navigate("/entry");
      page.getByLabel("FirstService's id").fill(Long.toString(entry.id()));
      page.keyboard().press("Enter");
      assertThat(page.locator("#stands")).containsText("booked");
      assertThat(page.locator(".facts")).containsText("1 h");
      assertThat(page.locator(".timeline")).containsText("parked");
      assertThat(person.dialogs()).isEmpty();
      assertThat(person.complaints()).allMatch(said -> said.contains("status of 404"));
      assertThat(person.asked()).containsExactly(address.toString());
    }
  }

  @Test
  void a_parked_entry_is_given_up_only_with_a_reason_and_a_yes() {
    try (Person person = chromium.open(address)) {
      Entry entry = tracked("Brazing");
      Page page = person.to("/parked");
      assertThat(page.locator("#parked-list")).containsText(Long.toString(entry.id()), SOON);
      page.navigate("/parked/" + entry.id());
      page.getByText("Give up what waits").click();
      press(page, "Discard");
      assertThat(page.locator("#why:invalid")).hasCount(1);
      page.locator("#why").fill("never mind " + EVIL);
      page.keyboard().press("Enter");
      assertThat(page.locator(".notice")).containsText("1 event of " + entry.id());
      assertThat(page.locator("#key")).containsText("never mind " + EVIL);
      assertThat(page.locator("#key")).containsText("by ops page of");
      assertThat(person.dialogs()).containsExactly("Give up all that waits of this key?");
      page.getByText("The story of this entry").click();
      assertThat(page.locator(".timeline")).containsText("given up");
      assertThat(timesheets(entry.id())).isEmpty();
      assertThat(person.complaints()).isEmpty();
    }
  }

  @Test
  void shows_workers_charts_jobs_and_the_pollers_last_look() {
    try (Person person = chromium.open(address)) {
      Page page = person.to("/");
      assertThat(page.locator("#overview-lower")).containsText("calls go through", SOON);
      page.reload();
      assertThat(page.locator("[data-drawn] canvas")).hasCount(9);
      page.navigate("/shards?app=timesheets");
      assertThat(page.locator("#shards tbody tr")).hasCount(1);
      page.navigate("/jobs");
      assertThat(page.locator("#jobs-summary")).containsText("at work");
      assertThat(page.locator("#jobs-summary")).containsText("Last look");
      assertThat(page.locator("#jobs-list")).containsText("Acme \"& Söhne\"");
      page.getByLabel("Show").selectOption("clients");
      press(page, "Filter");
      assertThat(page.locator("#jobs-list tbody tr")).hasCount(1);
      page.navigate("/alerts");
      assertThat(page.locator("h1")).hasText("Alerts");
      assertThat(person.complaints()).isEmpty();
      assertThat(person.asked()).containsExactly(address.toString());
    }
  }

  @Test
  void does_not_start_where_others_reach_it_without_a_token() {
    StringWriter err = new StringWriter();
    int exit =
        Timebridge.run(
            new PrintWriter(new StringWriter(), true),
            new PrintWriter(err, true),
            "ops",
            "--host",
            "0.0.0.0",
            "--port",
            "0",
            "--config",
            folder.resolve("timebridge.conf").toString());
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("ops.host is 0.0.0.0", "ops.token is not set", "127.0.0.1");
  }
}
