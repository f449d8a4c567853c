package io.timebridge.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.Stack;

/** The command, as far as it goes without Node.js. */
class SynthTest {
  @TempDir Path folder;

  private record Ran(int exit, String out, String err) {}

  private Ran synth(Map<String, String> environment, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Synth.run(environment, new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Ran(exit, out.toString(), err.toString());
  }

  @Test
  void says_what_is_missing_when_there_is_no_node() {
    Path out = folder.resolve("out");
    Ran ran = synth(Map.of("PATH", folder.toString()), "synth", "--out", out.toString());
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("Node.js", "PATH", "JSII_NODE");
    assertThat(out).doesNotExist();
    assertThat(synth(Map.of("JSII_NODE", folder.resolve("none").toString()), "synth").exit())
        .isEqualTo(1);
  }

  @Test
  void finds_node_on_the_path_or_where_it_is_named() throws Exception {
    Path node = Files.createFile(folder.resolve("node"));
    assertThat(node.toFile().setExecutable(true)).isTrue();
    assertThat(Node.find(Map.of("PATH", "/nowhere:" + folder))).contains(node);
    assertThat(Node.find(Map.of("JSII_NODE", node.toString(), "PATH", ""))).contains(node);
    assertThat(Node.find(Map.of())).isEmpty();
  }

  @Test
  void explains_itself() {
    Ran ran = synth(Map.of(), "synth", "--help");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .contains("--out", "--config", "--set", "aws-cdk@2.1148.1", "docs/DEPLOY.md");
    assertThat(ran.out().replaceAll("\\s+", " ")).containsPattern("Exit codes: 0 .* 1 .* 2 ");
    for (Deployment.Key key : Deployment.Key.values()) {
      assertThat(ran.out()).contains(key.key());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deploy.shards=-1|deploy.shards",
        "deploy.shards=many|deploy.shards",
        "deploy.retention-days=0|deploy.retention-days",
        "deploy.retention-days=366|deploy.retention-days",
        "deploy.workers-at-least=0|deploy.workers-at-least",
        "deploy.workers-at-least=5|deploy.workers-at-least",
        "deploy.domain-name=hooks.example.org|deploy.certificate-arn",
        "deploy.certificate-arn=arn:aws:acm:x|deploy.domain-name",
        "deploy.slack-workspace-id=T0123456|deploy.slack-channel-id",
        "deploy.colour=red|deploy.colour",
        "worker.in-flight=0|worker.in-flight",
        "worker.colour=red|worker.colour",
        "name-prefix=a b|name-prefix",
        "aws.local=true|aws.local"
      })
  void names_what_cannot_be_deployed(String given, String named) {
    Ran ran = synth(Map.of(), "synth", "--set", given);
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains(named);
  }

  @Test
  void never_has_more_workers_than_shards() {
    Ran ran =
        synth(Map.of(), "synth", "--set", "deploy.shards=3", "--set", "deploy.workers-at-most=4");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("deploy.workers-at-most", "1 to 3");
  }

  @Test
  void fails_when_a_rule_of_the_cdk_is_broken() {
    assumeTrue(
        Node.find(System.getenv()).isPresent(), "no Node.js on the PATH: templates cannot be made");
    App app = TimebridgeApp.app(folder);
    Stack stack = new Stack(app, "planted");
    CfnResource.Builder.create(stack, "Broken")
        .type("AWS::SQS::Queue")
        .properties(Map.of("Colour", "red"))
        .build();
    assertThatThrownBy(app::synth).hasMessageContaining("ValidationFailed");
    assertThat(TimebridgeApp.brokenRules(folder))
        .singleElement()
        .asString()
        .contains("planted/Broken", "Colour");
  }
}
