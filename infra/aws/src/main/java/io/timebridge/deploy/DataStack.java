package io.timebridge.deploy;

import io.timebridge.aws.RequiredResources.KeysOnlyIndex;
import io.timebridge.aws.RequiredResources.TableKey;
import io.timebridge.aws.RequiredResources.TableShape;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.CfnParameter;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.chatbot.CfnSlackChannelConfiguration;
import software.amazon.awscdk.services.dynamodb.CfnTable;
import software.amazon.awscdk.services.ecr.Repository;
import software.amazon.awscdk.services.ecr.RepositoryEncryption;
import software.amazon.awscdk.services.ecr.TagMutability;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kinesis.CfnStream;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sqs.DeadLetterQueue;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.constructs.Construct;

/**
 * What outlives every version of the code: the key, streams, tables, queues, the alert topic and
 * its Slack channel, and the settings in Parameter Store. Nothing of it is deleted with the stack.
 */
final class DataStack extends TimebridgeStack {
  /** A wake-up whose worker went silent comes to another one after this long. */
  private static final Duration VISIBILITY = Duration.seconds(30);

  /** The longest that SQS keeps a message; for what a person has to look at. */
  private static final Duration LONGEST = Duration.days(14);

  /** A tick that nobody took within a day is not worth taking. */
  private static final Duration TICK_RETENTION = Duration.days(1);

  /** Receives of a tick until it is put aside. */
  private static final int MAX_TICK_RECEIVES = 3;

  /** What no deployment can do without, and no default can be right for. */
  static final Map<String, String> ASKED_FOR =
      Map.of(
          "first-service.url", "FirstServiceUrl",
          "first-service.account-id", "FirstServiceAccountId",
          "first-service.client-id", "FirstServiceClientId",
          "second-service.url", "SecondServiceUrl",
          "second-service.organisation", "SecondServiceOrganisation",
          "second-service.username", "SecondServiceUsername");

  private final Key key;
  private final Topic alerts;
  private final Repository images;
  private final Map<QueueName, Queue> queues = new EnumMap<>(QueueName.class);

  DataStack(Construct app, Deployment deployment) {
    super(app, "data", "streams, tables, queues, alerts, settings", deployment);
    this.key = encryption();
    for (StreamName stream : StreamName.values()) {
      stream(stream);
      table(deployment.names().application(stream), TableShape.ofLeases());
    }
    for (TableName table : TableName.values()) {
      table(deployment.names().table(table), TableShape.of(table));
    }
    queues();
    this.alerts = alerts();
    deployment.slack().ifPresent(this::slack);
    parameters();
    this.images = repository();
  }

  /** What everything is encrypted with. */
  Key key() {
    return key;
  }

  /** What the tasks run; here, so that an image can be pushed before there is a task. */
  Repository images() {
    return images;
  }

  Topic alertTopic() {
    return alerts;
  }

  Queue queue(QueueName queue) {
    return Optional.ofNullable(queues.get(queue)).orElseThrow();
  }

  private Repository repository() {
    Repository made =
        Repository.Builder.create(this, "Images")
            .imageScanOnPush(true)
            .imageTagMutability(TagMutability.IMMUTABLE)
            .encryption(RepositoryEncryption.AES_256)
            .removalPolicy(RemovalPolicy.RETAIN)
            .build();
    CfnOutput.Builder.create(this, "ImageRepository")
        .description("Where the product's image is pushed to")
        .value(made.getRepositoryUri())
        .build();
    return made;
  }

  /** The name that a person encrypts secrets with. */
  static String keyAlias(Deployment deployment) {
    return "alias/" + deployment.names().prefix() + "timebridge";
  }

  private Key encryption() {
    Key made =
        Key.Builder.create(this, "Key")
            .alias(keyAlias(deployment()))
            .description("Timebridge: streams, tables, queues, alerts, secrets")
            .enableKeyRotation(true)
            .removalPolicy(RemovalPolicy.RETAIN)
            .build();
    // An alarm that cannot encrypt its message tells nobody.
    made.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .sid("AlarmsToTheTopic")
            .effect(Effect.ALLOW)
            .principals(List.of(new ServicePrincipal("cloudwatch.amazonaws.com")))
            .actions(List.of("kms:Decrypt", "kms:GenerateDataKey"))
            .resources(List.of("*"))
            .conditions(Map.of("StringEquals", Map.of("aws:SourceAccount", getAccount())))
            .build());
    return made;
  }

  private void stream(StreamName stream) {
    CfnStream.Builder builder =
        CfnStream.Builder.create(this, "Stream-" + stream.streamName())
            .name(deployment().names().stream(stream))
            .retentionPeriodHours(deployment().retention().toHours())
            .streamEncryption(
                CfnStream.StreamEncryptionProperty.builder()
                    .encryptionType("KMS")
                    .keyId(key.getKeyArn())
                    .build())
            .streamModeDetails(
                CfnStream.StreamModeDetailsProperty.builder()
                    .streamMode(deployment().shards() == 0 ? "ON_DEMAND" : "PROVISIONED")
                    .build());
    if (deployment().shards() > 0) {
      builder.shardCount(deployment().shards());
    }
    builder.build().applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  /** No table has a TTL: whatever lies there waits for something, or says what was done. */
  private void table(String name, TableShape shape) {
    TreeSet<String> attributes = new TreeSet<>(attributes(shape.key()));
    shape.indexes().forEach(index -> attributes.addAll(attributes(index.key())));
    CfnTable.Builder builder =
        CfnTable.Builder.create(this, "Table-" + name)
            .tableName(name)
            .billingMode("PAY_PER_REQUEST")
            .deletionProtectionEnabled(true)
            .keySchema(schema(shape.key()))
            .attributeDefinitions(
                attributes.stream()
                    .map(attribute ->
                        CfnTable.AttributeDefinitionProperty.builder()
                            .attributeName(attribute)
                            .attributeType("S")
                            .build())
                    .toList())
            .pointInTimeRecoverySpecification(
                CfnTable.PointInTimeRecoverySpecificationProperty.builder()
                    .pointInTimeRecoveryEnabled(true)
                    .build())
            .sseSpecification(
                CfnTable.SSESpecificationProperty.builder()
                    .sseEnabled(true)
                    .sseType("KMS")
                    .kmsMasterKeyId(key.getKeyArn())
                    .build());
    if (!shape.indexes().isEmpty()) {
      builder.globalSecondaryIndexes(shape.indexes().stream().map(DataStack::index).toList());
    }
    builder.build().applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  private static List<String> attributes(TableKey key) {
    return key.range().map(range -> List.of(key.hash(), range)).orElse(List.of(key.hash()));
  }

  private static List<CfnTable.KeySchemaProperty> schema(TableKey key) {
    List<CfnTable.KeySchemaProperty> schema = new ArrayList<>();
    schema.add(part(key.hash(), "HASH"));
    key.range().ifPresent(range -> schema.add(part(range, "RANGE")));
    return schema;
  }

  private static CfnTable.KeySchemaProperty part(String attribute, String type) {
    return CfnTable.KeySchemaProperty.builder().attributeName(attribute).keyType(type).build();
  }

  private static CfnTable.GlobalSecondaryIndexProperty index(KeysOnlyIndex index) {
    return CfnTable.GlobalSecondaryIndexProperty.builder()
        .indexName(index.name())
        .keySchema(schema(index.key()))
        .projection(CfnTable.ProjectionProperty.builder().projectionType("KEYS_ONLY").build())
        .build();
  }

  private void queues() {
    queue(QueueName.RETRY_DEAD_LETTERS, LONGEST, Optional.empty());
    queue(
        QueueName.RETRY,
        LONGEST,
        Optional.of(redrive(QueueName.RETRY_DEAD_LETTERS, QueueName.MAX_RECEIVE_COUNT)));
    queue(QueueName.TICK_DEAD_LETTERS, LONGEST, Optional.empty());
    queue(
        QueueName.TICKS,
        TICK_RETENTION,
        Optional.of(redrive(QueueName.TICK_DEAD_LETTERS, MAX_TICK_RECEIVES)));
  }

  private DeadLetterQueue redrive(QueueName to, int receives) {
    return DeadLetterQueue.builder().queue(queue(to)).maxReceiveCount(receives).build();
  }

  private void queue(QueueName name, Duration retention, Optional<DeadLetterQueue> redrive) {
    Queue.Builder builder =
        Queue.Builder.create(this, "Queue-" + name.queueName())
            .queueName(deployment().names().queue(name))
            .visibilityTimeout(VISIBILITY)
            .retentionPeriod(retention)
            .encryption(QueueEncryption.KMS)
            .encryptionMasterKey(key)
            .enforceSsl(true)
            .removalPolicy(RemovalPolicy.RETAIN);
    if (name.isFifo()) {
      builder.fifo(true).contentBasedDeduplication(false);
    }
    redrive.ifPresent(builder::deadLetterQueue);
    queues.put(name, builder.build());
  }

  private Topic alerts() {
    Topic topic =
        Topic.Builder.create(this, "Alerts")
            .topicName(deployment().names().alertTopic())
            .masterKey(key)
            .enforceSsl(true)
            .build();
    topic.applyRemovalPolicy(RemovalPolicy.RETAIN);
    topic.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .sid("Alarms")
            .effect(Effect.ALLOW)
            .principals(List.of(new ServicePrincipal("cloudwatch.amazonaws.com")))
            .actions(List.of("sns:Publish"))
            .resources(List.of(topic.getTopicArn()))
            .conditions(Map.of("StringEquals", Map.of("aws:SourceAccount", getAccount())))
            .build());
    return topic;
  }

  /** Shows alerts, and may do nothing else: neither its role nor its guardrail allows anything. */
  private void slack(Deployment.Slack slack) {
    Role role =
        Role.Builder.create(this, "SlackRole")
            .assumedBy(new ServicePrincipal("chatbot.amazonaws.com"))
            .description("Timebridge: shows alerts in Slack; may do nothing")
            .build();
    CfnSlackChannelConfiguration.Builder.create(this, "Slack")
        .configurationName(deployment().names().alertTopic())
        .slackWorkspaceId(slack.workspaceId())
        .slackChannelId(slack.channelId())
        .iamRoleArn(role.getRoleArn())
        .snsTopicArns(List.of(alerts.getTopicArn()))
        .guardrailPolicies(List.of("arn:" + getPartition() + ":iam::aws:policy/AWSDenyAll"))
        .loggingLevel("ERROR")
        .build();
  }

  /** What was given is written down; of what is missing, the indispensable is asked for. */
  private void parameters() {
    Map<String, String> values = new LinkedHashMap<>(deployment().parameters());
    if (deployment().settings().poller().every().equals(WorkStack.TICK_EVERY)) {
      values.putIfAbsent("poller.ticks", "queue");
    }
    ASKED_FOR.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(asked -> values.computeIfAbsent(asked.getKey(), k -> ask(asked.getValue(), k)));
    values.forEach((setting, value) ->
        software.amazon.awscdk.services.ssm.CfnParameter.Builder.create(this, "Setting-" + setting)
            .name(SettingsLoader.parameterName(deployment().parameterPath(), setting))
            .type("String")
            .value(value)
            .build());
  }

  private String ask(String parameter, String setting) {
    return CfnParameter.Builder.create(this, parameter)
        .type("String")
        .minLength(1)
        .description("The setting " + setting)
        .build()
        .getValueAsString();
  }
}
