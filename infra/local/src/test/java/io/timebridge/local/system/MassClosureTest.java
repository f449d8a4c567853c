package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.sim.Http;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Many jobs end at once, or only seem to: a person decides, and both services' books judge. */
class MassClosureTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;

  private record Ran(int exit, String out, String err) {}

  private Ran jobs(LocalSystem system, String... arguments) throws Exception {
    Path config = folder.resolve("timebridge.conf");
    Files.writeString(config, SettingsText.lines(system.settingsByKey()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("jobs", "confirm-closures"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--config", config.toString()));
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    return new Ran(exit, out.toString(), err.toString());
  }

  private static List<String> told(LocalSystem system) throws Exception {
    URI sns = system.settings().aws().endpoints().get("sns");
    return Http.json(new Http(sns).send("GET", "/__admin/messages?after=0", "", Map.of()))
        .path("messages")
        .valueStream()
        .map(m -> JSON.readTree(m.path("message").asString()))
        .filter(m -> m.path("metadata").path("threadId").asString().contains("closures"))
        .map(m -> m.path("content").path("title").asString())
        .toList();
  }

  @Test
  void jobs_that_a_person_confirms_are_archived_and_no_others_and_none_is_deleted()
      throws Exception {
    LocalSystem.Options calm = LocalSystem.Options.calm(Ports.ANY, 1);
    try (LocalSystem system =
        LocalSystem.start(
            new LocalSystem.Options(
                calm.ports(), calm.behaviour(), 1, Map.of("poller.every", "300ms")),
            progress -> {})) {
      JobsOfBoth both = JobsOfBoth.of(system);
      List<Long> ids =
          both.found(30, "Job %d \"of\" 'many' \u201cquotes\u201d `and` \u00abmore\u00bb");
      await().atMost(PATIENCE).until(() -> both.live().size() == 30);

      Ran nothing = jobs(system);
      assertThat(nothing.exit()).isZero();
      assertThat(nothing.err()).contains("no jobs are missing");

      List<Long> ended = ids.subList(0, 12);
      ended.forEach(both::close);
      await().atMost(PATIENCE).until(() -> missing(system) == 12);
      JsonNode shown = JSON.readTree(jobs(system, "--json").out());
      String fingerprint = shown.path("fingerprint").asString();
      assertThat(shown.path("open").asInt()).isEqualTo(30);
      assertThat(shown.path("jobs").valueStream().map(j -> j.path("id").longValue()))
          .containsExactlyElementsOf(ended);
      await().atMost(PATIENCE).until(() -> told(system).size() == 1);
      assertThat(both.live()).as("nobody has confirmed").hasSize(30);

      // the set changes after it was shown
      both.close(ids.get(12));
      await().atMost(PATIENCE).until(() -> missing(system) == 13);
      Ran late = jobs(system, fingerprint);
      assertThat(late.exit()).isEqualTo(1);
      assertThat(late.err()).contains("refused: other jobs are missing by now");
      assertThat(jobs(system, "no-fingerprint").exit()).isEqualTo(2);

      Ran table = jobs(system);
      assertThat(table.out()).contains("13 of 30 open jobs are missing", "of\" 'many'");
      String exact = JSON.readTree(jobs(system, "--json").out()).path("fingerprint").asString();
      Ran dry = jobs(system, exact, "--dry-run", "--json");
      assertThat(dry.exit()).as(dry.err()).isZero();
      assertThat(JSON.readTree(dry.out()).path("accepted").asBoolean()).isTrue();
      assertThat(JSON.readTree(dry.out()).path("dryRun").asBoolean()).isTrue();
      Ran other = jobs(system, "0123456789abcdef", "--json");
      assertThat(other.exit()).isEqualTo(1);
      assertThat(JSON.readTree(other.out()).path("accepted").asBoolean(true)).isFalse();
      assertThat(JSON.readTree(jobs(system, "--json").out()).has("confirmed")).isFalse();

      Ran accepted = jobs(system, exact);
      assertThat(accepted.exit()).as(accepted.err()).isZero();
      await().atMost(PATIENCE).until(() -> both.live().size() == 17);
      await().atMost(PATIENCE).until(() -> told(system).size() == 2);
      assertThat(told(system))
          .containsExactly(
              "SecondService lists far fewer jobs: none is closed",
              "SecondService's list of jobs can be believed again");
      assertThat(both.archived()).isEqualTo(new TreeSet<>(ids.subList(0, 13)));
      assertThat(both.deletions()).isEmpty();
      assertThat(jobs(system, exact).exit()).as("it is used up").isEqualTo(1);

      // they come back by themselves
      ids.subList(0, 13).forEach(both::reopen);
      await().atMost(PATIENCE).until(() -> both.live().size() == 30);
      assertThat(both.archived()).isEmpty();
    }
  }

  private int missing(LocalSystem system) throws Exception {
    return JSON.readTree(jobs(system, "--json").out()).path("missing").asInt();
  }
}
