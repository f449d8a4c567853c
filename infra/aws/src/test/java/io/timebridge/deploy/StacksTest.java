package io.timebridge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.aws.RequiredResources;
import io.timebridge.aws.RequiredResources.TableShape;
import io.timebridge.deploy.Written.Resource;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import io.timebridge.stream.Tick;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The templates of a deployment of which nothing is said. */
class StacksTest {
  private static final Names NAMES = new Names("");
  private static final String KEY = "timebridge-data:ExportsOutputFnGetAttKey";

  @TempDir static Path folder;

  private static Written written;

  @BeforeAll
  static void synth() {
    written = Written.by(folder);
  }

  // ---- as a whole

  @Test
  void every_reference_leads_somewhere() {
    Set<String> exports = new TreeSet<>();
    written
        .templates()
        .values()
        .forEach(
            t -> t.path("Outputs").forEach(o -> exports.add(o.at("/Export/Name").asString(""))));
    written
        .templates()
        .forEach((stack, template) -> {
          Set<String> known = new TreeSet<>();
          template.path("Resources").properties().forEach(r -> known.add(r.getKey()));
          template.path("Parameters").properties().forEach(p -> known.add(p.getKey()));
          Written.references(
              template,
              (kind, name) -> {
                if (kind.equals("Fn::ImportValue")) {
                  assertThat(exports).contains(name);
                } else if (!name.startsWith("AWS::")) {
                  assertThat(known).as(stack).contains(name);
                }
              });
        });
  }

  @Test
  void names_neither_account_nor_region_nor_a_secret() {
    written
        .templates()
        .forEach((stack, template) -> {
          // permissions name where two secrets are put
          String text =
              template
                  .toString()
                  .replace("/first-service/webhook-secrets\"", "\"")
                  .replace("/second-service/password\"", "\"");
          assertThat(text).as(stack).doesNotContainPattern("\\b[0-9]{12}\\b");
          assertThat(text)
              .as(stack)
              .doesNotContain(
                  "us-east-1", "password", "client-secret", "webhook-secrets", "refresh-token");
        });
  }

  @Test
  void keeps_everything_that_holds_data_when_a_stack_is_deleted_or_replaced() {
    for (String type :
        List.of(
            "AWS::Kinesis::Stream",
            "AWS::DynamoDB::Table",
            "AWS::SQS::Queue",
            "AWS::SNS::Topic",
            "AWS::KMS::Key",
            "AWS::ECR::Repository")) {
      assertThat(written.all(type))
          .isNotEmpty()
          .allSatisfy(r -> {
            assertThat(r.json().path("DeletionPolicy").asString()).isEqualTo("Retain");
            assertThat(r.json().path("UpdateReplacePolicy").asString()).isEqualTo("Retain");
          });
    }
  }

  // ---- data

  @Test
  void makes_what_the_code_requires_and_nothing_else() {
    RequiredResources all = RequiredResources.everything();
    assertThat(names("AWS::Kinesis::Stream", "/Name"))
        .containsExactlyInAnyOrderElementsOf(all.streams().stream().map(NAMES::stream).toList());
    List<String> tables = new ArrayList<>(all.tables().stream().map(NAMES::table).toList());
    all.leaseTables().forEach(stream -> tables.add(NAMES.application(stream)));
    assertThat(names("AWS::DynamoDB::Table", "/TableName"))
        .containsExactlyInAnyOrderElementsOf(tables);
    assertThat(names("AWS::SQS::Queue", "/QueueName"))
        .containsExactlyInAnyOrderElementsOf(all.queues().stream().map(NAMES::queue).toList());
    assertThat(names("AWS::SNS::Topic", "/TopicName")).containsExactly("aws-errors");
  }

  private static List<String> names(String type, String path) {
    return written.all(type).stream().map(r -> r.text(path)).toList();
  }

  @Test
  void keeps_streams_seven_days_on_demand_and_encrypted() {
    assertThat(written.all("AWS::Kinesis::Stream"))
        .allSatisfy(stream -> {
          assertThat(stream.property("/RetentionPeriodHours").intValue()).isEqualTo(168);
          assertThat(stream.text("/StreamModeDetails/StreamMode")).isEqualTo("ON_DEMAND");
          assertThat(stream.property("/ShardCount").isMissingNode()).isTrue();
          assertThat(stream.text("/StreamEncryption/EncryptionType")).isEqualTo("KMS");
          assertThat(Written.flat(stream.property("/StreamEncryption/KeyId"))).startsWith("<Key");
        });
  }

  @Test
  void gives_every_table_its_keys_and_indexes_and_keeps_it_safe() {
    for (TableName table : TableName.values()) {
      hasShape(NAMES.table(table), TableShape.of(table));
    }
    for (StreamName stream : StreamName.values()) {
      hasShape(NAMES.application(stream), TableShape.ofLeases());
    }
  }

  private static void hasShape(String name, TableShape shape) {
    Resource table = written.one("AWS::DynamoDB::Table", "/TableName", name);
    assertThat(keys(table.property("/KeySchema"))).isEqualTo(keys(shape.key()));
    Map<String, String> indexes =
        table
            .property("/GlobalSecondaryIndexes")
            .valueStream()
            .collect(
                Collectors.toMap(
                    i -> i.path("IndexName").asString(),
                    i ->
                        keys(i.path("KeySchema"))
                            + " "
                            + i.at("/Projection/ProjectionType").asString()));
    assertThat(indexes)
        .isEqualTo(
            shape.indexes().stream()
                .collect(
                    Collectors.toMap(
                        RequiredResources.KeysOnlyIndex::name, i -> keys(i.key()) + " KEYS_ONLY")));
    assertThat(table.property("/AttributeDefinitions"))
        .allSatisfy(a -> assertThat(a.path("AttributeType").asString()).isEqualTo("S"));
    assertThat(table.text("/BillingMode")).isEqualTo("PAY_PER_REQUEST");
    assertThat(table.property("/DeletionProtectionEnabled").booleanValue()).isTrue();
    assertThat(
            table
                .property("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled")
                .booleanValue())
        .isTrue();
    assertThat(table.text("/SSESpecification/SSEType")).isEqualTo("KMS");
    // a row that waits must not go away by itself
    assertThat(table.property("/TimeToLiveSpecification").isMissingNode()).isTrue();
  }

  private static String keys(JsonNode schema) {
    return schema
        .valueStream()
        .map(k -> k.path("KeyType").asString() + "=" + k.path("AttributeName").asString())
        .collect(Collectors.joining(" "));
  }

  private static String keys(RequiredResources.TableKey key) {
    return "HASH=" + key.hash() + key.range().map(r -> " RANGE=" + r).orElse("");
  }

  @Test
  void redrives_wake_ups_to_a_fifo_queue_and_ticks_to_a_standard_one() {
    for (QueueName name : QueueName.values()) {
      Resource queue = written.one("AWS::SQS::Queue", "/QueueName", NAMES.queue(name));
      assertThat(queue.property("/FifoQueue").asBoolean(false)).isEqualTo(name.isFifo());
      assertThat(queue.property("/ContentBasedDeduplication").asBoolean(false)).isFalse();
      assertThat(Written.flat(queue.property("/KmsMasterKeyId"))).startsWith("<Key");
      assertThat(queue.property("/VisibilityTimeout").intValue()).isEqualTo(30);
    }
    redrives(QueueName.RETRY, QueueName.RETRY_DEAD_LETTERS, QueueName.MAX_RECEIVE_COUNT);
    redrives(QueueName.TICKS, QueueName.TICK_DEAD_LETTERS, 3);
    for (QueueName dead : List.of(QueueName.RETRY_DEAD_LETTERS, QueueName.TICK_DEAD_LETTERS)) {
      Resource queue = written.one("AWS::SQS::Queue", "/QueueName", NAMES.queue(dead));
      assertThat(queue.property("/MessageRetentionPeriod").intValue()).isEqualTo(14 * 86_400);
      assertThat(queue.property("/RedrivePolicy").isMissingNode()).isTrue();
    }
    assertThat(QueueName.TICK_DEAD_LETTERS.isFifo())
        .as("a schedule's own must be standard")
        .isFalse();
  }

  private static void redrives(QueueName from, QueueName to, int receives) {
    Resource target = written.one("AWS::SQS::Queue", "/QueueName", NAMES.queue(to));
    JsonNode policy =
        written.one("AWS::SQS::Queue", "/QueueName", NAMES.queue(from)).property("/RedrivePolicy");
    assertThat(policy.path("maxReceiveCount").intValue()).isEqualTo(receives);
    assertThat(Written.flat(policy.path("deadLetterTargetArn")))
        .isEqualTo("<" + target.id() + ".Arn>");
  }

  @Test
  void asks_for_what_no_default_can_be_right_for() {
    JsonNode parameters = written.template("data").path("Parameters");
    DataStack.ASKED_FOR.forEach((setting, parameter) -> {
      assertThat(parameters.has(parameter)).as(parameter).isTrue();
      Resource stored =
          written.one(
              "AWS::SSM::Parameter", "/Name", "/timebridge/live/" + setting.replace('.', '/'));
      assertThat(Written.flat(stored.property("/Value"))).isEqualTo("<" + parameter + ">");
    });
    assertThat(written.all("AWS::SSM::Parameter")).hasSize(DataStack.ASKED_FOR.size() + 1);
  }

  @Test
  void the_poller_looks_when_the_schedules_say_so() {
    Resource stored = written.one("AWS::SSM::Parameter", "/Name", "/timebridge/live/poller/ticks");
    assertThat(stored.text("/Value")).isEqualTo("queue");
  }

  @Test
  void has_no_slack_channel_and_no_domain_unless_they_are_given() {
    assertThat(written.all("AWS::Chatbot::SlackChannelConfiguration")).isEmpty();
    assertThat(written.all("AWS::ApiGateway::DomainName")).isEmpty();
    assertThat(
            written
                .only("AWS::ApiGateway::RestApi")
                .property("/DisableExecuteApiEndpoint")
                .asBoolean(false))
        .isFalse();
  }

  // ---- the door

  @Test
  void puts_every_webhook_on_its_stream_by_the_tested_template() {
    List<Resource> methods = written.all("AWS::ApiGateway::Method");
    assertThat(methods).hasSize(6);
    for (Route route : Arrays.stream(Route.values()).filter(Route::isWebhook).toList()) {
      Resource path = written.one("AWS::ApiGateway::Resource", "/PathPart", route.path());
      Resource method =
          methods.stream()
              .filter(m -> Written.flat(m.property("/ResourceId")).equals("<" + path.id() + ">"))
              .findFirst()
              .orElseThrow();
      assertThat(method.text("/HttpMethod")).isEqualTo("POST");
      JsonNode integration = method.property("/Integration");
      assertThat(integration.path("Type").asString()).isEqualTo("AWS");
      assertThat(Written.flat(integration.path("Uri")))
          .endsWith(":kinesis:action/PutRecord")
          .contains("<AWS::Region>");
      assertThat(integration.path("PassthroughBehavior").asString()).isEqualTo("NEVER");
      assertThat(integration.path("RequestTemplates").propertyNames())
          .containsExactly("application/json");
      assertThat(integration.at("/RequestTemplates").path("application/json").asString())
          .isEqualTo(WebhookTemplates.request(NAMES, route));
      assertThat(Written.flat(integration.path("Credentials"))).matches("<PutRecords.*\\.Arn>");
      assertThat(method.property("/RequestModels").path("application/json").isMissingNode())
          .isFalse();
      assertThat(Written.flat(method.property("/RequestValidatorId"))).startsWith("<");
    }
    assertThat(
            written
                .only("AWS::ApiGateway::RequestValidator")
                .property("/ValidateRequestBody")
                .booleanValue())
        .isTrue();
  }

  @Test
  void makes_a_success_of_nothing_but_a_200_of_kinesis() {
    assertThat(written.all("AWS::ApiGateway::Method"))
        .allSatisfy(method -> {
          List<JsonNode> answers =
              method.property("/Integration/IntegrationResponses").valueStream().toList();
          assertThat(answers)
              .filteredOn(a -> a.path("StatusCode").asString().startsWith("2"))
              .singleElement()
              .satisfies(a -> assertThat(a.path("SelectionPattern").asString()).isEqualTo("200"));
          assertThat(answers)
              .filteredOn(a -> !a.has("SelectionPattern"))
              .singleElement()
              .satisfies(a -> assertThat(a.path("StatusCode").asString()).isEqualTo("503"));
          Set<String> declared =
              method
                  .property("/MethodResponses")
                  .valueStream()
                  .map(r -> r.path("StatusCode").asString())
                  .collect(Collectors.toSet());
          assertThat(answers)
              .allSatisfy(a -> assertThat(declared).contains(a.path("StatusCode").asString()));
        });
  }

  @Test
  void throttles_the_stage_and_each_route_and_logs_no_body() {
    Resource stage = written.only("AWS::ApiGateway::Stage");
    List<JsonNode> settings = stage.property("/MethodSettings").valueStream().toList();
    assertThat(settings).hasSize(7);
    assertThat(settings)
        .allSatisfy(s -> {
          assertThat(s.path("ThrottlingRateLimit").intValue()).isPositive();
          assertThat(s.path("ThrottlingBurstLimit").intValue()).isPositive();
          assertThat(s.path("DataTraceEnabled").booleanValue()).isFalse();
        });
    assertThat(stage.text("/AccessLogSetting/Format"))
        .contains("$context.extendedRequestId", "$context.status")
        .doesNotContain("body", "header", "$input");
    assertThat(written.all("AWS::Logs::LogGroup"))
        .allSatisfy(log -> assertThat(log.property("/RetentionInDays").intValue()).isPositive());
  }

  @Test
  void blocks_what_is_too_large_to_be_looked_at_and_who_asks_too_often() {
    Resource firewall = written.only("AWS::WAFv2::WebACL");
    assertThat(
            firewall.text("/AssociationConfig/RequestBody/API_GATEWAY/DefaultSizeInspectionLimit"))
        .isEqualTo("KB_64");
    JsonNode size = firewall.property("/Rules/0/Statement/SizeConstraintStatement");
    assertThat(size.path("Size").intValue()).isEqualTo(65_536);
    assertThat(size.path("ComparisonOperator").asString()).isEqualTo("GT");
    assertThat(size.at("/FieldToMatch/Body/OversizeHandling").asString()).isEqualTo("MATCH");
    assertThat(firewall.property("/Rules/0/Action/Block/CustomResponse/ResponseCode").intValue())
        .isEqualTo(413);
    assertThat(firewall.text("/Rules/1/Statement/RateBasedStatement/AggregateKeyType"))
        .isEqualTo("IP");
    assertThat(firewall.property("/Rules/1/Action/Block/CustomResponse/ResponseCode").intValue())
        .isEqualTo(429);
    assertThat(Written.flat(written.only("AWS::WAFv2::WebACLAssociation").property("/ResourceArn")))
        .contains(written.only("AWS::ApiGateway::Stage").id());
  }

  @Test
  void says_by_itself_only_what_the_gateway_would_say() {
    assertThat(written.all("AWS::ApiGateway::GatewayResponse"))
        .hasSize(9)
        .allSatisfy(r ->
            assertThat(r.property("/ResponseTemplates").path("application/json").asString())
                .startsWith("{\"error\":{\"code\":\"")
                .doesNotContain("$context"));
  }

  // ---- the work

  @Test
  void ticks_each_minute_each_night_and_each_45_days() {
    Map<String, Resource> schedules =
        written.all("AWS::Scheduler::Schedule").stream()
            .collect(Collectors.toMap(s -> s.text("/Target/Input"), s -> s));
    assertThat(schedules.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Tick.values()).map(Tick::message).toList());
    Map<Tick, String> expected =
        Map.of(
            Tick.NEW_JOBS, "rate(1 minute)",
            Tick.JOB_UPDATES, "rate(1 minute)",
            Tick.CLEANUP, "rate(45 days)",
            Tick.RECONCILE, "cron(30 2 * * ? *)");
    expected.forEach((tick, when) -> {
      Resource schedule = schedules.get(tick.message());
      assertThat(Tick.of(schedule.text("/Target/Input"))).contains(tick);
      assertThat(schedule.text("/ScheduleExpression")).isEqualTo(when);
      assertThat(schedule.text("/ScheduleExpressionTimezone")).isEqualTo("UTC");
      assertThat(schedule.text("/FlexibleTimeWindow/Mode")).isEqualTo("OFF");
      assertThat(schedule.text("/State")).isIn("", "ENABLED");
      assertThat(Written.flat(schedule.property("/Target/Arn"))).contains("timebridgeticks");
      assertThat(Written.flat(schedule.property("/Target/DeadLetterConfig/Arn")))
          .contains("timebridgeticksdlq");
    });
  }

  @Test
  void tasks_are_run_as_the_image_is_made() throws IOException {
    String dockerfile = Files.readString(Path.of("..", "image", "Dockerfile"));
    assertThat(written.all("AWS::ECS::TaskDefinition"))
        .hasSize(2)
        .allSatisfy(d -> {
          JsonNode container = d.property("/ContainerDefinitions/0");
          assertThat(dockerfile)
              .contains("\nUSER " + container.path("User").asString() + "\n")
              .contains(
                  "\nVOLUME " + container.at("/MountPoints/0/ContainerPath").asString() + "\n")
              .contains(
                  "CMD "
                      + container
                          .at("/HealthCheck/Command")
                          .toString()
                          .replaceFirst("\"CMD\",", "")
                          .replace("\",\"", "\", \""));
        });
  }

  @Test
  void runs_tasks_without_root_without_a_public_address_and_on_a_read_only_disk() {
    List<Resource> definitions = written.all("AWS::ECS::TaskDefinition");
    assertThat(definitions).hasSize(2);
    assertThat(definitions)
        .allSatisfy(d -> {
          JsonNode container = d.property("/ContainerDefinitions/0");
          assertThat(container.path("ReadonlyRootFilesystem").booleanValue()).isTrue();
          assertThat(container.path("User").asString()).matches("[1-9][0-9]*:[1-9][0-9]*");
          assertThat(container.at("/LinuxParameters/Capabilities/Drop/0").asString())
              .isEqualTo("ALL");
          assertThat(container.at("/LogConfiguration/LogDriver").asString()).isEqualTo("awslogs");
          assertThat(Written.flat(container.path("Image"))).endsWith(":<ImageTag>");
          assertThat(
                  container.path("Environment").valueStream().map(e -> e.path("Name").asString()))
              .containsExactly(
                  "TIMEBRIDGE_SSM_PATH",
                  "TIMEBRIDGE_AWS_REGION",
                  "TIMEBRIDGE_METRICS_PORT",
                  "TIMEBRIDGE_LOG_FORMAT");
        });
    assertThat(written.all("AWS::ECS::Service"))
        .hasSize(2)
        .allSatisfy(s ->
            assertThat(s.text("/NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp"))
                .isEqualTo("DISABLED"));
    assertThat(written.all("AWS::EC2::SecurityGroup"))
        .allSatisfy(g -> {
          assertThat(g.property("/SecurityGroupIngress").isMissingNode()).isTrue();
          assertThat(g.property("/SecurityGroupEgress"))
              .allSatisfy(e -> assertThat(e.path("ToPort").intValue()).isEqualTo(443));
        });
  }

  @Test
  void adds_workers_by_steps_on_the_time_behind_and_never_more_than_shards() {
    Resource target = written.only("AWS::ApplicationAutoScaling::ScalableTarget");
    assertThat(target.property("/MinCapacity").intValue()).isEqualTo(1);
    assertThat(target.property("/MaxCapacity").intValue()).isEqualTo(Deployment.SHARDS_ON_DEMAND);
    assertThat(written.all("AWS::ApplicationAutoScaling::ScalingPolicy"))
        .hasSize(2)
        .allSatisfy(p -> assertThat(p.text("/PolicyType")).isEqualTo("StepScaling"));
    assertThat(written.all("AWS::CloudWatch::Alarm"))
        .filteredOn(a -> a.property("/Metrics").isArray())
        .hasSize(2)
        .allSatisfy(a ->
            assertThat(a.property("/Metrics").toString())
                .contains("GetRecords.IteratorAgeMilliseconds")
                .contains(Arrays.stream(StreamName.values()).map(NAMES::stream).toList()));
  }

  @Test
  void tells_the_topic_what_is_behind_dead_or_silent_and_when_it_is_over() {
    List<Resource> alarms =
        written.all("AWS::CloudWatch::Alarm").stream()
            .filter(a -> !a.property("/Metrics").isArray())
            .toList();
    assertThat(alarms)
        .hasSize(2 * StreamName.values().length + 3)
        .allSatisfy(a -> {
          assertThat(Written.flat(a.property("/AlarmActions/0"))).contains("Alerts");
          assertThat(Written.flat(a.property("/OKActions/0"))).contains("Alerts");
        });
    for (StreamName stream : StreamName.values()) {
      List<Resource> ages =
          alarms.stream()
              .filter(a -> a.text("/Dimensions/0/Value").equals(NAMES.stream(stream)))
              .toList();
      assertThat(ages)
          .extracting(a -> a.property("/Threshold").longValue())
          .containsExactlyInAnyOrder(600_000L, 302_400_000L);
      assertThat(ages)
          .filteredOn(a -> a.property("/Threshold").longValue() == 600_000L)
          .singleElement()
          .satisfies(a -> assertThat(a.text("/TreatMissingData")).isEqualTo("breaching"));
    }
    for (QueueName dead : List.of(QueueName.RETRY_DEAD_LETTERS, QueueName.TICK_DEAD_LETTERS)) {
      assertThat(alarms)
          .filteredOn(a -> a.text("/Dimensions/0/Value").equals(NAMES.queue(dead)))
          .singleElement()
          .satisfies(a -> assertThat(a.property("/Threshold").intValue()).isZero());
    }
    Resource looks = written.only("AWS::Logs::MetricFilter");
    assertThat(alarms)
        .filteredOn(
            a -> a.text("/MetricName").equals(looks.text("/MetricTransformations/0/MetricName")))
        .singleElement()
        .satisfies(a -> assertThat(a.text("/TreatMissingData")).isEqualTo("breaching"));
  }

  // ---- roles

  @Test
  void gives_the_api_nothing_but_putting_records_on_the_webhooks_streams() {
    Resource role =
        written.all("AWS::IAM::Role").stream()
            .filter(r -> r.id().startsWith("PutRecords"))
            .findFirst()
            .orElseThrow();
    List<JsonNode> statements =
        role.property("/Policies/0/PolicyDocument/Statement").valueStream().toList();
    assertThat(statements)
        .extracting(s -> s.path("Action").asString())
        .containsExactly("kinesis:PutRecord", "kms:GenerateDataKey");
    assertThat(flatList(statements.getFirst().path("Resource")))
        .containsExactlyInAnyOrder(
            "arn:<AWS::Partition>:kinesis:<AWS::Region>:<AWS::AccountId>:stream/timesheet-events",
            "arn:<AWS::Partition>:kinesis:<AWS::Region>:<AWS::AccountId>:stream/timesheet-backup");
    assertThat(Written.flat(statements.getLast().path("Resource"))).startsWith("<import " + KEY);
  }

  @Test
  void gives_each_process_what_its_permissions_list() {
    for (Permissions.Who who : Permissions.Who.values()) {
      Set<String> expected = new TreeSet<>();
      for (Permissions.Grant grant : Permissions.of(who, Deployment.PARAMETERS)) {
        for (Permissions.Thing thing : grant.things()) {
          grant
              .actions()
              .forEach(a -> expected.add(grant.service() + ":" + a + " " + thing.path(NAMES)));
        }
      }
      Resource policy =
          written.one("AWS::IAM::Policy", "/PolicyName", who.name().toLowerCase(Locale.ROOT));
      Set<String> given = new TreeSet<>();
      for (JsonNode statement : policy.property("/PolicyDocument/Statement")) {
        for (String action : flatList(statement.path("Action"))) {
          for (String arn : flatList(statement.path("Resource"))) {
            if (!action.startsWith("kms:")) {
              given.add(action + " " + path(arn));
            }
          }
        }
      }
      assertThat(given).as(who.name()).isEqualTo(expected);
      assertThat(policy.property("/Roles")).hasSize(1);
    }
  }

  /** What is named only when the stack is made: its logical id. */
  private static final Pattern MADE =
      Pattern.compile("<(poller|worker)(?:(Service)[0-9A-F]+|log[0-9A-F]+\\.Arn)>");

  /** As {@link Permissions.Thing#path} has it. */
  private static String path(String arn) {
    if (arn.equals("*")) {
      return arn;
    }
    String rest =
        arn.replaceFirst("arn:<AWS::Partition>:[a-z]+:<AWS::Region>:<AWS::AccountId>:", "");
    if (arn.contains(":sqs:")) {
      return "queue/" + rest;
    }
    if (arn.contains(":sns:")) {
      return "topic/" + rest;
    }
    Matcher made = MADE.matcher(rest);
    if (made.matches()) {
      return (made.group(2) != null ? "service/" : "log-group/") + made.group(1);
    }
    if (arn.contains(":cloudformation:")) {
      return rest.replaceFirst("timebridge-work/\\*$", "work");
    }
    return rest.startsWith("parameter/")
        ? "parameters" + rest.substring("parameter".length()).replaceFirst("/\\*$", "")
        : rest;
  }

  private static List<String> flatList(JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(Written::flat).toList()
        : List.of(Written.flat(node));
  }

  @Test
  void lets_only_the_services_that_need_it_and_people_with_mfa_take_a_role() {
    Set<String> principals = new TreeSet<>();
    for (Resource role : written.all("AWS::IAM::Role")) {
      for (JsonNode statement : role.property("/AssumeRolePolicyDocument/Statement")) {
        JsonNode principal = statement.path("Principal");
        principals.add(principal.has("Service") ? principal.path("Service").asString() : "account");
        if (!principal.has("Service")) {
          assertThat(statement.at("/Condition/Bool").path("aws:MultiFactorAuthPresent").asString())
              .isEqualTo("true");
        }
      }
    }
    assertThat(principals)
        .containsExactly(
            "account",
            "apigateway.amazonaws.com",
            "ecs-tasks.amazonaws.com",
            "scheduler.amazonaws.com",
            "vpc-flow-logs.amazonaws.com");
  }
}
