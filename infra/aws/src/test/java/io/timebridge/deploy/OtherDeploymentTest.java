package io.timebridge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.deploy.Written.Resource;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The templates of a deployment with a prefix, shards, a domain, a Slack channel and settings. */
class OtherDeploymentTest {
  private static final Names NAMES = new Names("Test_");
  private static final String CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/abc";

  @TempDir static Path folder;

  private static Written written;

  @BeforeAll
  static void synth() throws Exception {
    Path settings = folder.resolve("timebridge.conf");
    Files.writeString(
        settings,
        """
        name-prefix = "Test_"
        first-service.url = "https://first.example"
        first-service.account-id = 4711
        first-service.client-secret = "S3CRET"
        first-service.webhook-secrets = ["S3CRET-1", "S3CRET-2"]
        second-service.url = "http://second.example:8443"
        second-service.sessions = 6
        poller.excluded-client-codes = [INT, "A B"]
        poller.every = 2m
        """);
    written =
        Written.by(
            folder.resolve("out"),
            "--config",
            settings.toString(),
            "--set",
            "deploy.shards=2",
            "--set",
            "deploy.retention-days=30",
            "--set",
            "deploy.workers-at-least=2",
            "--set",
            "deploy.domain-name=hooks.example.org",
            "--set",
            "deploy.certificate-arn=" + CERTIFICATE,
            "--set",
            "deploy.slack-workspace-id=T0123456",
            "--set",
            "deploy.slack-channel-id=C0123456789");
  }

  @Test
  void changes_every_name_in_code_and_templates_together() {
    for (StreamName stream : StreamName.values()) {
      written.one("AWS::Kinesis::Stream", "/Name", NAMES.stream(stream));
      written.one("AWS::DynamoDB::Table", "/TableName", NAMES.application(stream));
    }
    for (TableName table : TableName.values()) {
      written.one("AWS::DynamoDB::Table", "/TableName", NAMES.table(table));
    }
    for (QueueName queue : QueueName.values()) {
      written.one("AWS::SQS::Queue", "/QueueName", NAMES.queue(queue));
    }
    written.one("AWS::SNS::Topic", "/TopicName", NAMES.alertTopic());
    String door = written.template("door").toString();
    for (Route route : DoorStack.webhooks()) {
      assertThat(door).contains("\\\"StreamName\\\":\\\"" + NAMES.stream(route.stream()) + "\\\"");
    }
    assertThat(written.template("work").toString())
        .contains(":table/" + NAMES.table(TableName.COORDINATION))
        .contains("TIMEBRIDGE_NAME_PREFIX")
        .doesNotContain(":table/" + TableName.COORDINATION.tableName());
  }

  @Test
  void has_as_many_shards_as_it_was_told_and_no_more_workers_than_shards() {
    assertThat(written.all("AWS::Kinesis::Stream"))
        .allSatisfy(stream -> {
          assertThat(stream.text("/StreamModeDetails/StreamMode")).isEqualTo("PROVISIONED");
          assertThat(stream.property("/ShardCount").intValue()).isEqualTo(2);
          assertThat(stream.property("/RetentionPeriodHours").intValue()).isEqualTo(720);
        });
    Resource target = written.only("AWS::ApplicationAutoScaling::ScalableTarget");
    assertThat(target.property("/MinCapacity").intValue()).isEqualTo(2);
    assertThat(target.property("/MaxCapacity").intValue()).isEqualTo(2);
  }

  @Test
  void stores_the_settings_under_the_names_that_the_code_reads() {
    Map<String, String> stored = new TreeMap<>();
    String path = "/timebridge/live-Test/";
    for (Resource parameter : written.all("AWS::SSM::Parameter")) {
      assertThat(parameter.text("/Name")).startsWith(path);
      stored.put(
          parameter.text("/Name").substring(path.length()),
          Written.flat(parameter.property("/Value")));
    }
    assertThat(stored)
        .containsEntry("first-service/url", "https://first.example")
        .containsEntry("first-service/account-id", "4711")
        .containsEntry("second-service/sessions", "6")
        .containsEntry("poller/excluded-client-codes", "INT,A B")
        .containsEntry("second-service/username", "<SecondServiceUsername>")
        .doesNotContainKeys("name-prefix", "first-service/client-secret");
    stored.replaceAll((name, value) -> value.startsWith("<") ? "asked-for" : value);
    SettingsLoader.Loaded loaded =
        new SettingsLoader()
            .values(Map.of("ssm.path", "/timebridge/live-Test"), "test")
            .load((aws, below) -> stored);
    assertThat(loaded.settings().firstService().accountId()).isEqualTo(4711);
    assertThat(loaded.settings().secondService().sessions()).isEqualTo(6);
    assertThat(loaded.settings().poller().ticks())
        .as("the schedules have another period than this poller")
        .isEqualTo(Settings.Poller.Ticks.TIMER);
  }

  @Test
  void holds_no_secret() {
    written
        .templates()
        .forEach((stack, template) ->
            assertThat(template.toString()).as(stack).doesNotContain("S3CRET"));
  }

  @Test
  void shows_alerts_in_slack_and_lets_slack_do_nothing() {
    Resource slack = written.only("AWS::Chatbot::SlackChannelConfiguration");
    assertThat(slack.text("/SlackWorkspaceId")).isEqualTo("T0123456");
    assertThat(slack.text("/SlackChannelId")).isEqualTo("C0123456789");
    assertThat(Written.flat(slack.property("/SnsTopicArns/0")))
        .isEqualTo("<" + written.only("AWS::SNS::Topic").id() + ">");
    assertThat(Written.flat(slack.property("/GuardrailPolicies/0"))).endsWith("policy/AWSDenyAll");
    Resource role =
        written.all("AWS::IAM::Role").stream()
            .filter(r -> r.id().startsWith("SlackRole"))
            .findFirst()
            .orElseThrow();
    assertThat(role.property("/Policies").isMissingNode()).isTrue();
    assertThat(role.property("/ManagedPolicyArns").isMissingNode()).isTrue();
  }

  @Test
  void answers_at_its_own_name_only() {
    Resource domain = written.only("AWS::ApiGateway::DomainName");
    assertThat(domain.text("/DomainName")).isEqualTo("hooks.example.org");
    assertThat(domain.text("/RegionalCertificateArn")).isEqualTo(CERTIFICATE);
    assertThat(domain.text("/SecurityPolicy")).isEqualTo("TLS_1_2");
    assertThat(Written.flat(written.only("AWS::ApiGateway::BasePathMapping").property("/Stage")))
        .contains(written.only("AWS::ApiGateway::Stage").id());
    assertThat(
            written
                .only("AWS::ApiGateway::RestApi")
                .property("/DisableExecuteApiEndpoint")
                .booleanValue())
        .isTrue();
  }

  @Test
  void lets_tasks_out_to_the_port_that_a_service_has() {
    JsonNode out = written.only("AWS::EC2::SecurityGroup").property("/SecurityGroupEgress");
    assertThat(out.valueStream().map(e -> e.path("ToPort").intValue()))
        .containsExactlyInAnyOrder(443, 8443);
  }
}
