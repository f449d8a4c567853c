package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.sim.Http;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./timebridge up} with settings of a person's own. */
class UpSettingsTest {
  @TempDir Path folder;

  private record Ran(int exit, String err) {}

  private static Ran up(String... arguments) {
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("up"));
    all.addAll(List.of(arguments));
    int exit =
        Timebridge.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            all.toArray(String[]::new));
    return new Ran(exit, err.toString());
  }

  @Test
  void takes_what_is_set_and_what_is_in_a_file() throws Exception {
    Files.writeString(folder.resolve("mine.conf"), "metrics.port = 0\nlog.format = text\n");
    try (Processes processes = new Processes(folder)) {
      String said =
          processes.said(
              "stop with Ctrl-C",
              "up",
              "--port-base",
              "0",
              "--empty",
              "--config",
              "mine.conf",
              "--set",
              "log.format=json");
      List<URI> metrics =
          Pattern.compile("^  metrics +(http://\\S+)$", Pattern.MULTILINE)
              .matcher(said)
              .results()
              .map(found -> URI.create(found.group(1)))
              .toList();
      assertThat(metrics).as(said).hasSize(3).doesNotHaveDuplicates();
      List<String> kinds = List.of("gateway", "worker", "poller");
      for (int i = 0; i < kinds.size(); i++) {
        assertThat(new Http(metrics.get(i)).get("", Map.of()).body())
            .contains("timebridge_process_info{process=\"" + kinds.get(i) + "\"} 1");
      }
      assertThat(Files.readString(folder.resolve(".timebridge/up.conf")))
          .as("for the other commands, which have ports of their own")
          .contains("log.format = \"json\"")
          .doesNotContain("metrics.port");
      assertThat(Files.readAllLines(Path.of("target", "processes", "00-up.log")))
          .as("its log")
          .anyMatch(line -> line.startsWith("{"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "second-service.url=http://127.0.0.1:1",
        "first-service.webhook-secrets=whsec_x",
        "aws.endpoints.sns=http://127.0.0.1:1",
        "gateway.port=1",
        "ssm.path=/x"
      })
  void refuses_what_it_makes_itself(String setting) throws Exception {
    String key = setting.replaceAll("=.*", "");
    Ran ran = up("--set", setting);
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains(key + " cannot be given: `up` makes it itself");
    Path file = folder.resolve("timebridge.conf");
    Files.writeString(file, setting.replace("=", " = \"") + "\"\n");
    assertThat(up("--config", file.toString())).isEqualTo(new Ran(2, ran.err()));
  }

  @Test
  void says_what_it_cannot_use() {
    Ran misspelt = up("--set", "metrics.prot=0");
    assertThat(misspelt.exit()).isEqualTo(2);
    assertThat(misspelt.err()).contains("metrics.prot", "did you mean metrics.port?");
    Ran wrong = up("--set", "poller.every=never");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("poller.every", "command line");
    Ran missing = up("--config", folder.resolve("none.conf").toString());
    assertThat(missing.exit()).isEqualTo(2);
    assertThat(missing.err()).contains("none.conf: no such file");
  }

  @Test
  void knows_every_setting_that_it_makes() throws Exception {
    try (Simulators services = Simulators.start(Ports.ANY, Simulators.Behaviour.calm(1))) {
      assertThat(services.settings().keySet())
          .allMatch(LocalSystem::isOwn)
          .isEqualTo(Simulators.KEYS);
    }
  }
}
