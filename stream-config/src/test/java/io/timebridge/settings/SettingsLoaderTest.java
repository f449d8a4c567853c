package io.timebridge.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.timebridge.settings.SettingsLoader.Effective;
import io.timebridge.settings.SettingsLoader.InvalidSettings;
import io.timebridge.settings.SettingsLoader.Loaded;
import io.timebridge.settings.SettingsLoader.ParameterSource;
import io.timebridge.stream.StreamName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {
  @TempDir private Path folder;

  private static Map<String, String> noSsm(Settings.Aws aws, String path) {
    throw new IllegalStateException("SSM must not be asked");
  }

  private static Loaded load(SettingsLoader loader) {
    return loader.load(SettingsLoaderTest::noSsm);
  }

  private static List<String> problems(SettingsLoader loader) {
    return problems(loader, SettingsLoaderTest::noSsm);
  }

  private static List<String> problems(SettingsLoader loader, ParameterSource ssm) {
    InvalidSettings invalid = catchThrowableOfType(InvalidSettings.class, () -> loader.load(ssm));
    assertThat(invalid).isNotNull();
    invalid.problems().forEach(problem -> assertThat(invalid).hasMessageContaining(problem));
    return invalid.problems();
  }

  private static SettingsLoader with(String key, String text) {
    return new SettingsLoader().values(Map.of(key, text), "a test");
  }

  private static Effective effective(Loaded loaded, String key) {
    return loaded.effective().stream().filter(e -> e.key().equals(key)).findFirst().orElseThrow();
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  static List<Setting<?>> every() {
    return Keys.all();
  }

  @ParameterizedTest
  @MethodSource("every")
  void has_a_default_that_its_own_reader_takes(Setting<?> setting) {
    boolean mayBeEmpty = setting.allowed().endsWith(", or empty");
    if (!setting.defaultText().isEmpty() || !mayBeEmpty) {
      assertThat(setting.reader().apply(setting.defaultText())).isNotNull();
    }
    assertThat(setting.key()).matches("[a-z0-9]+(-[a-z0-9]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)*");
    assertThat(setting.doc()).endsWith(".");
    assertThat(setting.allowed()).isNotBlank();
    assertThat(effective(load(new SettingsLoader()), setting.key()).source()).isEqualTo("default");
  }

  @ParameterizedTest
  @MethodSource("every")
  void takes_the_default_of_every_setting_from_the_environment(Setting<?> setting) {
    Loaded loaded =
        load(
            new SettingsLoader()
                .environment(Map.of(setting.environmentName(), setting.defaultText())));
    assertThat(loaded.settings()).isEqualTo(load(new SettingsLoader()).settings());
  }

  @Test
  void gives_every_setting_a_key_and_a_variable_of_its_own() {
    Set<String> keys = new HashSet<>();
    Set<String> variables = new HashSet<>();
    for (Setting<?> setting : Keys.all()) {
      assertThat(keys.add(setting.key())).isTrue();
      assertThat(variables.add(setting.environmentName())).isTrue();
    }
  }

  @Test
  void works_without_any_source() {
    Settings settings = load(new SettingsLoader()).settings();
    assertThat(settings.aws().region()).isEqualTo("us-east-1");
    assertThat(settings.aws().endpoints()).isEmpty();
    assertThat(settings.worker().apps()).containsExactlyInAnyOrder(StreamName.values());
    assertThat(settings.timesheet().rounding()).isEmpty();
    assertThat(settings.secondService().span()).isEqualTo(Duration.ofSeconds(40));
    assertThat(settings.secondService().notAppliedStatuses()).containsExactly(429);
  }

  @Test
  void reads_a_hocon_file_with_lists_durations_and_nesting() throws Exception {
    Path file =
        write(
            "timebridge.conf",
            """
            # a comment
            aws.region = eu-central-1
            second-service {
              url = "https://second.example/base/"
              call-timeout = 3s
              calls-per-second = 7
              not-applied-statuses = [429, 503]
            }
            timesheet { rounding = 15m, excluded-parent-labels = "11, 12" }
            worker.apps = [timesheets]
            """);
    Settings settings = load(new SettingsLoader().file(file, true)).settings();
    assertThat(settings.aws().region()).isEqualTo("eu-central-1");
    assertThat(settings.secondService().url()).isEqualTo(URI.create("https://second.example/base"));
    assertThat(settings.secondService().gate().callTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.secondService().gate().callsPerSecond()).isEqualTo(7);
    assertThat(settings.secondService().notAppliedStatuses()).containsExactlyInAnyOrder(429, 503);
    assertThat(settings.timesheet().rounding()).contains(Duration.ofMinutes(15));
    assertThat(settings.timesheet().excludedParentLabels()).containsExactlyInAnyOrder(11L, 12L);
    assertThat(settings.worker().apps()).containsExactly(StreamName.TIMESHEET_EVENTS);
  }

  @Test
  void lets_each_later_source_win() throws Exception {
    Path file = write("timebridge.conf", "gateway.port = 1001\nname-prefix = file-");
    write(
        ".timebridge/up.conf",
        """
        up.pid = %d
        up.started = "%s"
        settings { gateway.port = 1002, aws.local = true, aws.region = us-west-2 }
        """
            .formatted(
                ProcessHandle.current().pid(), SettingsLoader.startOf(ProcessHandle.current())));
    Map<String, String> environment =
        Map.of(
            "TIMEBRIDGE_GATEWAY_PORT", "1003",
            "TIMEBRIDGE_AWS_REGION", "eu-west-1",
            "TIMEBRIDGE_SSM_PATH", "/timebridge/live",
            "TIMEBRIDGE_JAVA_OPTS", "-Xmx1g",
            "PATH", "/bin");
    List<String> asked = new ArrayList<>();
    Loaded loaded =
        SettingsLoader.standard(folder, Optional.empty(), environment)
            .load((aws, path) -> {
              asked.add(aws.region() + " " + aws.local() + " " + path);
              return Map.of("gateway/port", "1004", "second-service/password", "S3CRET");
            });
    assertThat(asked).containsExactly("eu-west-1 true /timebridge/live");
    assertThat(loaded.settings().gateway().port()).isEqualTo(1004);
    assertThat(loaded.settings().names().prefix()).isEqualTo("file-");
    assertThat(loaded.settings().secondService().password().reveal()).isEqualTo("S3CRET");
    assertThat(effective(loaded, "gateway.port").source())
        .isEqualTo("ssm /timebridge/live/gateway/port");
    assertThat(effective(loaded, "aws.region").source())
        .isEqualTo("environment TIMEBRIDGE_AWS_REGION");
    assertThat(effective(loaded, "name-prefix").source()).isEqualTo(file.toString());
    assertThat(effective(loaded, "aws.local").source()).endsWith("up.conf");
    assertThat(effective(loaded, "poller.every").source()).isEqualTo("default");
    assertThat(loaded.effective()).extracting(Effective::key).doesNotHaveDuplicates();
  }

  @Test
  void ignores_the_file_of_a_local_system_whose_number_another_process_has_by_now()
      throws Exception {
    write(
        ".timebridge/up.conf",
        "up.pid = %d\nup.started = \"2001-01-01T00:00:00Z\"\nsettings { gateway.port = 1002 }"
            .formatted(ProcessHandle.current().pid()));
    Settings settings =
        load(SettingsLoader.standard(folder, Optional.empty(), Map.of())).settings();
    assertThat(settings.gateway().port()).isEqualTo(8080);
  }

  @Test
  void leaves_a_running_local_system_out_when_a_file_is_named() throws Exception {
    write(
        ".timebridge/up.conf",
        "up.pid = %d\nup.started = \"%s\"\nsettings { gateway.port = 1002 }"
            .formatted(
                ProcessHandle.current().pid(), SettingsLoader.startOf(ProcessHandle.current())));
    write("live.conf", "poller.every = 5s");
    Settings settings =
        load(SettingsLoader.standard(folder, Optional.of(folder.resolve("live.conf")), Map.of()))
            .settings();
    assertThat(settings.gateway().port()).isEqualTo(8080);
  }

  @Test
  void ignores_the_file_of_a_local_system_that_is_gone() throws Exception {
    write(".timebridge/up.conf", "up.pid = 9223372036854775807\nsettings { gateway.port = 1002 }");
    Settings settings =
        load(SettingsLoader.standard(folder, Optional.empty(), Map.of())).settings();
    assertThat(settings.gateway().port()).isEqualTo(8080);
  }

  @Test
  void empties_an_optional_setting_by_an_empty_text() throws Exception {
    Path file = write("a.conf", "timesheet.rounding = 15m");
    Settings settings =
        load(new SettingsLoader()
                .file(file, true)
                .environment(Map.of("TIMEBRIDGE_TIMESHEET_ROUNDING", "")))
            .settings();
    assertThat(settings.timesheet().rounding()).isEmpty();
  }

  @Test
  void reports_every_problem_at_once_with_key_value_source_and_range() throws Exception {
    Path file = write("a.conf", "gateway.port = 70000\nsecond-service.sesions = 3");
    List<String> problems =
        problems(
            new SettingsLoader()
                .file(file, true)
                .file(folder.resolve("missing.conf"), true)
                .environment(
                    Map.of(
                        "TIMEBRIDGE_POLLER_EVERY", "1ms",
                        "TIMEBRIDGE_POLER_EVERY", "1m",
                        "TIMEBRIDGE_WORKER_APPS", "timesheets,nothing")));
    assertThat(problems)
        .containsExactlyInAnyOrder(
            "gateway.port = \"70000\" (%s): allowed: 0 to 65535 (0 = any free port)"
                .formatted(file),
            "second-service.sesions (%s): no such setting (did you mean second-service.sessions?)"
                .formatted(file),
            "%s: no such file".formatted(folder.resolve("missing.conf")),
            "poller.every = \"1ms\" (environment TIMEBRIDGE_POLLER_EVERY): allowed: 200ms to 1d (ms, s, m, h, d)",
            "TIMEBRIDGE_POLER_EVERY: no such setting (did you mean TIMEBRIDGE_POLLER_EVERY?)",
            "worker.apps = \"timesheets,nothing\" (environment TIMEBRIDGE_WORKER_APPS): allowed: timesheets, backup, jobs, separated by commas");
  }

  @Test
  void cleans_up_never_or_not_too_often() {
    for (String text : List.of("0s", "0ms", "1h", "45d", "365d")) {
      Settings settings = load(with("cleanup.every", text)).settings();
      assertThat(settings.cleanup().every()).as(text).isEqualTo(Setting.readDuration(text));
    }
    for (String text : List.of("1ms", "1s", "59m", "366d", "-1s", "PT-1H")) {
      assertThat(problems(with("cleanup.every", text)))
          .containsExactly(
              "cleanup.every = \"%s\" (a test): allowed: 0s, or 1h to 365d (ms, s, m, h, d)"
                  .formatted(text));
    }
  }

  @Test
  void compares_at_a_time_of_day_or_at_any() {
    Settings.Reconcile usual = load(with("reconcile.days", "31")).settings().reconcile();
    assertThat(usual.notBefore()).contains(java.time.LocalTime.of(2, 0));
    assertThat(usual.repair()).isEqualTo(Settings.Reconcile.Repair.LOST);
    assertThat(load(with("reconcile.not-before", "")).settings().reconcile().notBefore()).isEmpty();
    assertThat(problems(with("reconcile.not-before", "24:00")))
        .containsExactly(
            "reconcile.not-before = \"24:00\" (a test): allowed: a time of day in UTC, as in 02:00; empty = any time");
    assertThat(problems(with("reconcile.repair", "true")))
        .containsExactly("reconcile.repair = \"true\" (a test): allowed: off, lost or all");
  }

  @Test
  void suggests_nothing_for_a_key_that_resembles_none() {
    assertThat(problems(with("completely.different.thing", "1")))
        .containsExactly(
            "completely.different.thing (a test): no such setting; `./timebridge settings` lists all");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gateway.port|-1",
        "gateway.port|eighty",
        "gateway.port|''",
        "gateway.port|99999999999",
        "first-service.account-id|-1",
        "aws.local|yes",
        "aws.region|nowhere",
        "name-prefix|a b",
        "second-service.url|ftp://x",
        "second-service.url|http://",
        "second-service.url|not an address",
        "second-service.url|http://host/?q=1",
        "second-service.url|http://host/#f",
        "first-service.send-within|11m",
        "first-service.lands-within|99ms",
        "first-service.visible-within|2h",
        "second-service.send-within|5",
        "second-service.send-within|-5s",
        "second-service.send-within|PT-5S",
        "second-service.send-within|11m",
        "second-service.not-applied-statuses|200",
        "second-service.not-applied-statuses|4xx",
        "timesheet.rounding|1ms",
        "timesheet.excluded-parent-labels|a",
        "ssm.path|no/slash",
        "timesheet.hour-decimals|5"
      })
  void refuses_what_is_not_allowed_and_names_it(String key, String text) {
    assertThat(problems(with(key, text)))
        .singleElement()
        .asString()
        .startsWith("%s = \"%s\" (a test): allowed: ".formatted(key, text));
  }

  @Test
  void waits_for_a_foreign_intent_as_long_as_its_call_can_take() {
    Settings settings =
        load(new SettingsLoader()
                .values(
                    Map.of(
                        "first-service.send-within", "1s",
                        "first-service.lands-within", "20s",
                        "first-service.visible-within", "300ms"),
                    "a test"))
            .settings();
    assertThat(settings.firstService().span()).isEqualTo(Duration.ofMillis(21_300));
    assertThat(settings.secondService().span()).isEqualTo(Duration.ofSeconds(40));
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, 500",
    "5s, 5000",
    "2m, 120000",
    "1h, 3600000",
    "7 d, 604800000",
    "PT5S, 5000",
    "3S, 3000"
  })
  void reads_durations_in_every_unit(String text, long millis) {
    assertThat(Setting.readDuration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void masks_secrets_among_the_effective_values() {
    Loaded loaded =
        load(
            new SettingsLoader()
                .values(
                    Map.of(
                        "second-service.password", "S3CRET",
                        "first-service.webhook-secrets", "S3CRET-1,S3CRET-2"),
                    "a test"));
    assertThat(effective(loaded, "second-service.password").shown()).isEqualTo("********");
    assertThat(effective(loaded, "first-service.client-secret").shown()).isEqualTo("(not set)");
    assertThat(loaded.effective().toString()).doesNotContain("S3CRET");
    assertThat(loaded.settings().toString()).doesNotContain("S3CRET");
    assertThat(loaded.settings().firstService().webhookSecrets())
        .extracting(Secret::reveal)
        .containsExactly("S3CRET-1", "S3CRET-2");
  }

  @Test
  void shows_no_password_that_an_address_carries() {
    assertThat(problems(with("second-service.url", "http://tim:S3CRET@host/")))
        .containsExactly(
            "second-service.url = \"http://***@host/\" (a test): allowed: an http or https address without query");
  }

  @Test
  void shows_a_refused_value_on_one_line_and_cut() {
    String problem = problems(with("gateway.port", "1\n2" + "x".repeat(10_000))).getFirst();
    assertThat(problem).contains("\"1 2xxx").hasSizeLessThan(400).doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "second-service.password = \"S3CRET",
        "second-service { password = S3CRET",
        "second-service.password = S3CRET }",
        "second-service.password = ${S3CRET}",
        "second-service.password : = S3CRET = x",
        "second-service.password = \"S3CRET\" \"x\" : y"
      })
  void quotes_nothing_of_a_file_that_cannot_be_read(String text) throws Exception {
    Path file = write("a.conf", text);
    assertThat(problems(new SettingsLoader().file(file, true)))
        .singleElement()
        .asString()
        .startsWith(file.toString())
        .contains("not readable as HOCON")
        .doesNotContain("S3CRET");
  }

  @Test
  void quotes_nothing_of_a_running_file_that_cannot_be_read() throws Exception {
    write(".timebridge/up.conf", "settings { second-service.password = \"S3CRET");
    assertThat(problems(SettingsLoader.standard(folder, Optional.empty(), Map.of())))
        .singleElement()
        .asString()
        .contains("up.conf", "not readable")
        .doesNotContain("S3CRET");
  }

  @Test
  void lets_a_parameter_replace_a_value_that_is_not_allowed() {
    SettingsLoader loader =
        new SettingsLoader().values(Map.of("ssm.path", "/tb", "gateway.port", "wrong"), "a test");
    Loaded loaded = loader.load((aws, path) -> Map.of("gateway/port", "81"));
    assertThat(loaded.settings().gateway().port()).isEqualTo(81);
  }

  @Test
  void reports_bad_parameters_like_any_other_value() {
    assertThat(
            problems(
                with("ssm.path", "/tb"),
                (aws, path) -> Map.of("gateway/port", "x", "gateway/prt", "1")))
        .containsExactlyInAnyOrder(
            "gateway.port = \"x\" (ssm /tb/gateway/port): allowed: 0 to 65535 (0 = any free port)",
            "gateway.prt (ssm /tb/gateway/prt): no such setting (did you mean gateway.port?)");
  }

  @Test
  void does_not_ask_ssm_with_aws_settings_that_are_wrong() {
    SettingsLoader loader =
        new SettingsLoader().values(Map.of("ssm.path", "/tb", "aws.region", "nowhere"), "a test");
    assertThat(problems(loader)).singleElement().asString().startsWith("aws.region");
  }

  @Test
  void reads_a_named_file_and_misses_it_when_it_is_not_there() throws Exception {
    Path named = write("other.conf", "gateway.port = 99");
    write("timebridge.conf", "gateway.port = 98");
    assertThat(
            load(SettingsLoader.standard(folder, Optional.of(named), Map.of()))
                .settings()
                .gateway()
                .port())
        .isEqualTo(99);
    assertThat(
            problems(
                SettingsLoader.standard(folder, Optional.of(folder.resolve("no.conf")), Map.of())))
        .containsExactly(folder.resolve("no.conf") + ": no such file");
  }

  @Test
  void names_a_setting_in_the_environment_and_in_parameter_store_as_it_reads_it_there() {
    assertThat(SettingsLoader.environmentName("worker.in-flight"))
        .isEqualTo("TIMEBRIDGE_WORKER_IN_FLIGHT");
    assertThat(SettingsLoader.parameterName("/timebridge/live", "worker.in-flight"))
        .isEqualTo("/timebridge/live/worker/in-flight")
        .isEqualTo(SettingsLoader.parameterName("/timebridge/live/", "worker.in-flight"));
    for (String key : SettingsLoader.keys()) {
      String below = SettingsLoader.parameterName("/p", key).substring("/p/".length());
      assertThat(below.replace('/', '.')).isEqualTo(key);
    }
    assertThatThrownBy(() -> SettingsLoader.parameterName("/p", "worker.colour"))
        .hasMessageContaining("worker.colour");
  }
}
