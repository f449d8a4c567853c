package io.timebridge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What docs/DEPLOY.md and docs/OPERATIONS.md say of the stacks is so. */
class RunBookTest {
  private static final Path DOCS = Path.of("..", "..", "docs");

  @TempDir static Path folder;

  private static Written written;

  @BeforeAll
  static void synth() {
    written = Written.by(folder);
  }

  private static List<MatchResult> found(String file, String pattern) throws IOException {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(Files.readString(DOCS.resolve(file)))
        .results()
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** The CDK drops a parameter whose stack it does not find by its own name. */
  @Test
  void parameters_are_given_by_the_names_that_the_stacks_have() throws IOException {
    List<MatchResult> given = found("DEPLOY.md", "--parameters ([^ :`]+):(\\w+)=");
    assertThat(given).hasSizeGreaterThan(1);
    for (MatchResult parameter : given) {
      String part = written.part(parameter.group(1));
      assertThat(written.template(part).path("Parameters").has(parameter.group(2)))
          .as(parameter.group())
          .isTrue();
    }
  }

  @Test
  void outputs_that_a_step_asks_for_are_those_of_the_stack() throws IOException {
    List<MatchResult> asked = found("OPERATIONS.md", "\\$\\(out (\\w+)\\)");
    asked.addAll(found("DEPLOY.md", "\\$\\(out (\\w+)\\)"));
    assertThat(asked)
        .hasSizeGreaterThan(5)
        .extracting(output -> output.group(1))
        .allSatisfy(output ->
            assertThat(written.template("work").path("Outputs").propertyNames()).contains(output));
  }

  @Test
  void every_alarm_names_its_page() throws IOException {
    Set<String> pages =
        found("OPERATIONS.md", "^### (.+)$").stream()
            .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    List<Written.Resource> told =
        written.all("AWS::CloudWatch::Alarm").stream()
            .filter(alarm -> Written.flat(alarm.property("/AlarmActions/0")).contains("Alerts"))
            .toList();
    assertThat(told)
        .isNotEmpty()
        .extracting(alarm -> alarm.text("/AlarmDescription").split("docs/OPERATIONS.md#", -1))
        .allSatisfy(parts -> assertThat(pages).contains(parts[parts.length - 1]));
  }

  @Test
  void the_collector_scrapes_where_a_task_serves() throws IOException {
    String collector = Files.readString(Path.of("..", "dashboards", "collector.yaml"));
    for (Written.Resource task : written.all("AWS::ECS::TaskDefinition")) {
      for (JsonNode variable : task.property("/ContainerDefinitions/0/Environment")) {
        if (variable.path("Name").asString().equals("TIMEBRIDGE_METRICS_PORT")) {
          assertThat(collector).contains("['127.0.0.1:" + variable.path("Value").asString() + "']");
        }
      }
    }
  }

  /** The steps, and not what whoever deploys does. */
  @Test
  void the_operator_may_do_what_the_steps_say() throws IOException {
    String steps =
        Files.readString(DOCS.resolve("OPERATIONS.md"))
            + Files.readString(DOCS.resolve("SETUP.md"))
            + section("DEPLOY.md", "Become the operator");
    Set<String> needed =
        Pattern.compile("(fix: )?aws ([a-z]+) ([a-z-]+)")
            .matcher(steps)
            .results()
            .filter(command -> command.group(1) == null)
            .map(command -> action(command.group(2), command.group(3)))
            .filter(action -> !action.equals("sts:AssumeRole"))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> permitted =
        Permissions.of(Permissions.Who.OPERATOR, Deployment.PARAMETERS).stream()
            .flatMap(grant -> grant.actions().stream().map(a -> grant.service() + ":" + a))
            .collect(Collectors.toSet());
    assertThat(needed).hasSizeGreaterThan(7).isSubsetOf(permitted);
  }

  @Test
  void a_service_may_be_started_anew_and_not_be_made_to_run_something_else() {
    JsonNode update =
        written
            .one("AWS::IAM::Policy", "/PolicyName", "operator")
            .property("/PolicyDocument/Statement")
            .valueStream()
            .filter(statement -> statement.path("Action").toString().contains("UpdateService"))
            .findFirst()
            .orElseThrow();
    assertThat(
            update
                .at("/Condition/ArnLikeIfExists")
                .path("ecs:task-definition")
                .valueStream()
                .map(arn -> Written.flat(arn).replaceFirst(".*:task-definition/", "")))
        .containsExactlyInAnyOrderElementsOf(
            written.all("AWS::ECS::TaskDefinition").stream()
                .map(task -> task.text("/Family") + ":*")
                .toList());
  }

  private static String section(String file, String heading) throws IOException {
    String text = Files.readString(DOCS.resolve(file));
    int begin = text.indexOf("\n## " + heading + "\n");
    assertThat(begin).as(heading).isPositive();
    return text.substring(begin, text.indexOf("\n## ", begin + 1));
  }

  /** What IAM calls a command of AWS's command line. */
  private static String action(String service, String command) {
    if (service.equals("logs") && command.equals("tail")) {
      return "logs:FilterLogEvents";
    }
    return service
        + ":"
        + Arrays.stream(command.split("-"))
            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .collect(Collectors.joining());
  }
}
