package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.first.Receiver;
import io.timebridge.local.system.AdminRig.Ran;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code ./timebridge bootstrap} against both services, as on the first day of a deployment. */
class BootstrapTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String URL = "https://hooks.example.org/live";
  private static final Map<String, String> NOT_LOGGED_IN =
      Map.of("first-service.access-token", "", "first-service.refresh-token", "");

  @TempDir static Path folder;

  private AdminRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new AdminRig(folder);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private Ran bootstrap(Path config, String... arguments) {
    List<String> all = new ArrayList<>(List.of("bootstrap"));
    all.addAll(List.of(arguments));
    return rig.run(config, all.toArray(String[]::new));
  }

  /** Runs it in the background; the browser is ours. */
  private final class Login {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CompletableFuture<Ran> ran;

    Login(Path config, String... arguments) {
      List<String> all = new ArrayList<>(List.of("bootstrap"));
      all.addAll(List.of(arguments));
      ran =
          CompletableFuture.supplyAsync(
              () -> rig.run(config, out, err, all.toArray(String[]::new)),
              task -> Thread.ofPlatform().daemon().start(task));
    }

    URI address() {
      await().atMost(PATIENCE).until(() -> ran.isDone() || err.toString().contains("/authorize?"));
      return err.toString()
          .lines()
          .filter(line -> line.contains("/1.1/oauth/authorize?"))
          .map(line -> URI.create(line.strip()))
          .findFirst()
          .orElseThrow(() -> new AssertionError(out + "" + err));
    }

    Ran ends() throws Exception {
      return ran.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static HttpResponse<String> browse(URI address) throws Exception {
    try (HttpClient browser =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build()) {
      return browser.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }
  }

  private static Map<String, String> query(URI address) {
    Map<String, String> query = new HashMap<>();
    for (String pair : address.getRawQuery().split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(parts[0], java.net.URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private List<String> hooks() {
    return rig.first
        .state()
        .path("webhooks")
        .valueStream()
        .map(hook ->
            "%s %s %s"
                .formatted(
                    hook.path("url").asString(),
                    hook.path("subscriptions").get(0).asString(),
                    hook.path("active").asBoolean()))
        .sorted()
        .toList();
  }

  private static final List<String> SIX =
      List.of(
          URL + "/new-timesheet-entry hours:created true",
          URL + "/timesheet-backup hours:created true",
          URL + "/timesheet-backups-deletion hours:deleted true",
          URL + "/timesheet-backups-update hours:updated true",
          URL + "/timesheet-deletion hours:deleted true",
          URL + "/timesheet-update hours:updated true");

  private long hook(String url, boolean active, String subscription) throws Exception {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode hook = body.putObject("webhook").put("url", url).put("active", active);
    hook.put("secret_token", "s").putArray("subscriptions").add(subscription);
    return rig.api("POST", "webhooks", body).path("id").longValue();
  }

  @Test
  void logs_in_registers_six_webhooks_and_changes_nothing_the_second_time() throws Exception {
    long client = rig.client("ACME", "Acme, \"& Söhne\"\n🚀");
    rig.job(client, "J-1", "Site", "Design", "Print");
    long label = rig.label("design", 0);
    Map<String, String> settings = new HashMap<>(NOT_LOGGED_IN);
    settings.put("first-service.webhook-secrets", "");
    settings.put("ssm.path", "/timebridge/first-day");
    Path config = rig.config(settings);

    Login login = new Login(config, "--public-url", URL + "/", "--accept-suggestions");
    URI address = login.address();
    assertThat(query(address))
        .containsEntry("response_type", "code")
        .containsEntry("client_id", "timebridge")
        .containsEntry("code_challenge_method", "S256");
    assertThat(query(address).get("redirect_uri")).matches("http://127\\.0\\.0\\.1:\\d+/callback");
    HttpResponse<String> page = browse(address);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).doesNotContain("code-");
    Ran ran = login.ends();
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out())
        .contains(
            "logged in",
            "SecureString",
            "the account's own key aws/ssm",
            "missing        " + URL + "/timesheet-update")
        .contains("1 mapped now")
        .contains("9 changes were made");
    assertThat(hooks()).isEqualTo(SIX);
    Parameter stored = parameter("/timebridge/first-day/first-service/webhook-secrets");
    assertThat(stored.typeAsString()).isEqualTo("SecureString");
    assertThat(stored.value()).startsWith("whsec_");
    assertThat(ran.out() + ran.err()).doesNotContain(stored.value()).doesNotContain("access-");
    assertThat(rig.run(config, "mapping", "list", "--json").json().get(0).path("labelId").asLong())
        .isEqualTo(label);

    int effects = rig.first.ledger(0).size();
    Ran again = bootstrap(config, "--public-url", URL, "--accept-suggestions");
    assertThat(again.exit()).as(again.out() + again.err()).isZero();
    assertThat(again.out()).contains("working, nothing to do", "nothing was changed");
    assertThat(rig.first.ledger(0)).hasSize(effects);
  }

  private Parameter parameter(String name) {
    try (SsmClient ssm = rig.aws.clients().ssm()) {
      return ssm.getParameter(r -> r.name(name).withDecryption(true)).parameter();
    }
  }

  @Test
  void a_dry_run_says_what_would_be_done_and_does_nothing() throws Exception {
    Path config = rig.config(Map.of());
    Ran ran = bootstrap(config, "--public-url", URL, "--dry-run", "--json", "--accept-suggestions");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.json().path("webhooks")).hasSize(6);
    assertThat(ran.json().path("changes").asInt()).isZero();
    assertThat(rig.first.ledger(0)).isEmpty();
    Ran loggedOut = bootstrap(rig.config(NOT_LOGGED_IN), "--public-url", URL, "--dry-run");
    assertThat(loggedOut.exit()).isEqualTo(1);
    assertThat(loggedOut.out()).contains("needed", "TO DO", "nothing was changed");
  }

  @Test
  void repairs_webhooks_that_are_off_doubled_or_of_other_events_and_leaves_others_alone()
      throws Exception {
    hook(URL + "/new-timesheet-entry", false, "hours:created");
    hook(URL + "/timesheet-update", true, "hours:created");
    long one = hook(URL + "/timesheet-deletion", true, "hours:deleted");
    long other = hook(URL + "/timesheet-deletion", true, "hours:deleted");
    hook("https://old.example.org/timesheet-backup", true, "hours:created");
    hook("https://else.example.org/something", true, "hours:created");
    Path config = rig.config(Map.of());
    Ran ran = bootstrap(config, "--public-url", URL, "--json");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.json().path("webhooks").valueStream().map(w -> w.path("found").asString()))
        .containsExactly("off", "other-subscriptions", "doubled", "missing", "missing", "missing");
    assertThat(ran.err()).contains("https://old.example.org/timesheet-backup", "left alone");
    assertThat(hooks()).hasSize(8).containsAll(SIX);
    assertThat(rig.first.state().path("webhooks").valueStream().map(w -> w.path("id").asLong()))
        .as("whose secret is known here cannot be told")
        .doesNotContain(one, other);

    Ran moved =
        bootstrap(config, "--public-url", URL, "--replaces", "https://old.example.org", "--json");
    assertThat(moved.json().path("changes").asInt()).isEqualTo(3);
    assertThat(hooks()).hasSize(7);
    Ran renewed = bootstrap(config, "--public-url", URL, "--renew-webhooks");
    assertThat(renewed.exit()).as(renewed.err()).isZero();
    assertThat(renewed.out()).contains("12 changes were made");
    assertThat(hooks()).hasSize(7).containsAll(SIX);
  }

  @Test
  void a_renewal_that_was_cut_off_is_finished_without_the_flag() throws Exception {
    try (Receiver receiver = new Receiver()) {
      String url = receiver.url("/live");
      Path old = rig.config(Map.of("first-service.webhook-secrets", "whsec_b2xk"));
      Ran before = bootstrap(old, "--public-url", url);
      assertThat(before.exit()).as(before.err()).isZero();
      Path known = rig.config(Map.of());
      rig.first.faults(
          "{\"action\":\"drop-response\",\"match\":\"^POST /1.1/77/webhooks\",\"count\":1}");
      Ran cutOff = bootstrap(known, "--public-url", url, "--renew-webhooks");
      assertThat(cutOff.exit()).as(cutOff.out() + cutOff.err()).isEqualTo(1);
      assertThat(cutOff.err()).contains("run it again with --renew-webhooks");
      assertThat(hooks()).hasSize(7);

      Ran again = bootstrap(known, "--public-url", url);
      assertThat(again.exit()).as(again.out() + again.err()).isZero();
      assertThat(hooks()).hasSize(6);
      assertThat(bootstrap(known, "--public-url", url).out()).contains("nothing was changed");
      signedWithTheKnownSecret(receiver);
    }
  }

  /** Lets FirstService tell all six routes of an entry, and looks at the signatures. */
  private void signedWithTheKnownSecret(Receiver receiver) throws Exception {
    rig.first.post("/__sim/delivery", "{\"scheme\":\"x-signature-hex\"}");
    long user =
        rig.first
            .post("/__sim/users", "{\"email\":\"ada@example.org\",\"name\":\"Ada\"}")
            .path("id")
            .longValue();
    long project = rig.firstProject("Site", rig.firstClient("Acme", ""), "");
    SampleCompany company = new SampleCompany(user, rig.label("Design", 0), project);
    long entry =
        rig.first
            .post("/__sim/entries", company.entry("2026-07-03", 3600, "n"))
            .path("id")
            .longValue();
    rig.first.post("/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":60}".formatted(entry));
    rig.first.post("/__sim/entries", "{\"op\":\"delete\",\"id\":%d}".formatted(entry));
    await().atMost(PATIENCE).until(() -> receiver.arrivals.size() == 6);
    assertThat(receiver.arrivals)
        .extracting(Receiver.Arrival::path)
        .containsExactlyInAnyOrderElementsOf(
            SIX.stream().map(hook -> URI.create(hook.split(" ")[0]).getPath()).toList());
    assertThat(receiver.arrivals)
        .allSatisfy(arrival ->
            assertThat(arrival.header("x-signature"))
                .as(arrival.path())
                .isEqualTo(signature(arrival.body())));
  }

  private String signature(String body) throws Exception {
    String secret = rig.settings.firstService().webhookSecrets().getFirst().reveal();
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void without_a_secret_and_a_place_for_one_it_says_which_setting_to_make() throws Exception {
    Path config = rig.config(Map.of("first-service.webhook-secrets", ""));
    Ran ran = bootstrap(config, "--public-url", URL);
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out()).contains("TO DO", "ssm.path", "first-service.webhook-secrets");
    assertThat(hooks()).isEmpty();
    hook(URL + "/timesheet-update", true, "hours:updated");
    Path withPath =
        rig.config(Map.of("first-service.webhook-secrets", "", "ssm.path", "/timebridge/x"));
    Ran registered = bootstrap(withPath, "--public-url", URL);
    assertThat(registered.exit()).isEqualTo(1);
    assertThat(registered.out()).contains("--renew-webhooks");
    assertThat(hooks()).hasSize(1);
    assertThat(bootstrap(withPath, "--public-url", URL, "--renew-webhooks").exit()).isZero();
    assertThat(hooks()).isEqualTo(SIX);
  }

  @Test
  void an_answer_with_another_state_is_no_login() throws Exception {
    Path config = rig.config(NOT_LOGGED_IN);
    Login login = new Login(config, "--public-url", URL);
    String callback = query(login.address()).get("redirect_uri");
    assertThat(browse(URI.create(callback + "?code=x&state=guessed")).statusCode()).isEqualTo(400);
    Ran ran = login.ends();
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out()).contains("another state", "TO DO", "nothing was changed");
    assertThat(rig.first.ledger(0)).isEmpty();
  }

  @Test
  void takes_a_code_on_a_machine_without_a_browser() throws Exception {
    Path config = rig.config(NOT_LOGGED_IN);
    Ran wrong = bootstrap(config, "--public-url", URL, "--code", "S3CRET-code");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.err()).contains("invalid_grant").doesNotContain("S3CRET-code");
    String code = rig.first.post("/__sim/authorize", "{}").path("code").asString();
    Ran ran = bootstrap(config, "--public-url", URL, "--code", code);
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    assertThat(hooks()).isEqualTo(SIX);
  }

  @Test
  void tells_which_clients_and_projects_are_there_already() throws Exception {
    long acme = rig.client("ACME", "Acme");
    long beta = rig.client("BETA", "Beta");
    long gamma = rig.client("GAM", "Gamma Ltd");
    rig.job(acme, "J-1", "Site", "Design");
    rig.job(beta, "J-2", "Shop", "Design");
    rig.job(gamma, "J-3", "App", "Design");
    rig.firstClient("Acme renamed", Long.toString(acme));
    long free = rig.firstClient("Beta", "");
    rig.firstClient("gamma ltd.", "");
    rig.firstProject("Shop - J-2", free, "");
    Ran ran = bootstrap(rig.config(Map.of()), "--public-url", URL, "--json");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    JsonNode clients = ran.json().path("clients");
    assertThat(clients.path("matched").asInt()).isEqualTo(1);
    assertThat(clients.path("adopted").asInt()).isEqualTo(1);
    assertThat(clients.path("missing").asInt()).isEqualTo(1);
    assertThat(clients.path("others").get(0).path("firstId").asLong()).isEqualTo(free);
    assertThat(clients.path("others").get(1).path("remark").asString())
        .contains("gamma ltd.", "nearly called so");
    assertThat(ran.json().path("projects").path("adopted").asInt()).isEqualTo(1);
    assertThat(ran.json().path("projects").path("missing").asInt()).isEqualTo(2);
  }

  @Test
  void says_which_option_is_wrong() throws Exception {
    Path config = rig.config(Map.of());
    for (String url :
        List.of("http://hooks.example.org", "hooks", "https://u:p@h/", "https://h/?a=1")) {
      Ran ran = bootstrap(config, "--public-url", url);
      assertThat(ran.exit()).as(url).isEqualTo(2);
      assertThat(ran.err()).contains("--public-url", "must be an address").doesNotContain("u:p");
    }
    assertThat(bootstrap(config, "--renew-webhooks").exit()).isEqualTo(2);
    assertThat(bootstrap(config, "--port", "70000").err())
        .contains("--port 70000: must be 0 to 65535");
    Ran help = bootstrap(config, "--help");
    assertThat(help.exit()).isZero();
    assertThat(help.out()).contains("--dry-run", "--json", "--public-url", "--accept-suggestions");
  }
}
