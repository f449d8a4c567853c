package io.timebridge.local.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.timebridge.aws.AwsClients;
import io.timebridge.aws.RequiredResources;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class LocalAwsTest {
  private static final Names NAMES = new Names("t-");

  @Test
  void makes_everything_the_contract_names_and_says_what_is_missing_before() {
    try (LocalAws aws = LocalAws.start()) {
      AwsClients clients = aws.clients();

      List<String> before = Resources.missing(clients, NAMES);
      assertThat(before)
          .hasSize(
              StreamName.values().length * 2
                  + TableName.values().length
                  + QueueName.values().length
                  + 1)
          .contains(
              "Kinesis stream t-timesheet-events does not exist",
              "DynamoDB table t-Timesheet_Entries does not exist",
              "DynamoDB table t-timebridge-timesheets does not exist",
              "SQS queue t-timebridge-retry.fifo does not exist",
              "SNS topic t-aws-errors does not exist");

      aws.createResources(NAMES, 3);
      assertThat(Resources.missing(clients, NAMES)).isEmpty();
      assertThat(Resources.missing(clients, new Names("other-"))).hasSameSizeAs(before);

      has_streams_with_the_shards_and_retention_asked_for(clients);
      has_tables_with_the_keys_and_indexes_of_the_contract(clients);
      has_queues_that_redrive(clients);
      is_idempotent_even_when_called_at_once(aws);
      answers_metrics(clients);
    }
  }

  private static void has_streams_with_the_shards_and_retention_asked_for(AwsClients clients) {
    try (KinesisClient kinesis = clients.kinesis()) {
      for (StreamName stream : StreamName.values()) {
        var summary =
            kinesis
                .describeStreamSummary(r -> r.streamName(NAMES.stream(stream)))
                .streamDescriptionSummary();
        assertThat(summary.openShardCount()).isEqualTo(3);
        assertThat(summary.retentionPeriodHours())
            .isEqualTo((int) StreamName.DEFAULT_RETENTION.toHours());
      }
    }
  }

  private static void has_tables_with_the_keys_and_indexes_of_the_contract(AwsClients clients) {
    try (DynamoDbClient dynamoDb = clients.dynamoDb()) {
      TableDescription entries =
          dynamoDb
              .describeTable(r -> r.tableName(NAMES.table(TableName.TIMESHEET_ENTRIES)))
              .table();
      assertThat(entries.billingModeSummary().billingMode()).isEqualTo(BillingMode.PAY_PER_REQUEST);
      var wake = entries.globalSecondaryIndexes().getFirst();
      assertThat(wake.indexName()).isEqualTo("wake-index");
      assertThat(wake.projection().projectionType()).isEqualTo(ProjectionType.KEYS_ONLY);
      assertThat(wake.keySchema())
          .extracting("attributeName")
          .containsExactly("wake", "wake_since");

      TableDescription parked =
          dynamoDb.describeTable(r -> r.tableName(NAMES.table(TableName.PARKED_EVENTS))).table();
      assertThat(parked.keySchema()).extracting("attributeName").containsExactly("key", "sequence");

      TableDescription leases =
          dynamoDb
              .describeTable(r -> r.tableName(NAMES.application(StreamName.JOB_EVENTS)))
              .table();
      assertThat(leases.keySchema()).extracting("attributeName").containsExactly("leaseKey");
      var owners = leases.globalSecondaryIndexes().getFirst();
      assertThat(owners.indexName()).isEqualTo("LeaseOwnerToLeaseKeyIndex");
      assertThat(owners.keySchema())
          .extracting("attributeName")
          .containsExactly("leaseOwner", "leaseKey");
    }
  }

  private static void has_queues_that_redrive(AwsClients clients) {
    try (SqsClient sqs = clients.sqs()) {
      Map<QueueAttributeName, String> retry = attributes(sqs, QueueName.RETRY);
      assertThat(retry)
          .containsEntry(QueueAttributeName.FIFO_QUEUE, "true")
          .containsEntry(QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "false")
          .containsEntry(QueueAttributeName.VISIBILITY_TIMEOUT, "30");
      assertThat(retry.get(QueueAttributeName.REDRIVE_POLICY))
          .contains("t-timebridge-retry-dlq.fifo")
          .contains(String.valueOf(QueueName.MAX_RECEIVE_COUNT));
      assertThat(attributes(sqs, QueueName.TICKS))
          .doesNotContainEntry(QueueAttributeName.FIFO_QUEUE, "true");
    }
  }

  private static Map<QueueAttributeName, String> attributes(SqsClient sqs, QueueName queue) {
    String url = sqs.getQueueUrl(r -> r.queueName(NAMES.queue(queue))).queueUrl();
    return sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.ALL))
        .attributes();
  }

  private static void is_idempotent_even_when_called_at_once(LocalAws aws) {
    try (DynamoDbClient dynamoDb = aws.clients().dynamoDb()) {
      String table = NAMES.table(TableName.JOB_DATA);
      dynamoDb.putItem(r -> r.tableName(table).item(Map.of("id", AttributeValue.fromS("7"))));
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> calls =
            IntStream.range(0, 3)
                .<Future<?>>mapToObj(n -> threads.submit(() -> aws.createResources(NAMES, 3)))
                .toList();
        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isNull());
      }
      assertThat(dynamoDb.scan(r -> r.tableName(table)).count()).isEqualTo(1);
    }
    assertThat(Resources.missing(aws.clients(), NAMES)).isEmpty();
  }

  private static void answers_metrics(AwsClients clients) {
    try (CloudWatchClient cloudWatch =
        clients.configure("cloudwatch", CloudWatchClient.builder()).build()) {
      assertThat(
              cloudWatch
                  .putMetricData(r ->
                      r.namespace("n")
                          .metricData(
                              MetricDatum.builder().metricName("behind").value(1.0).build()))
                  .sdkHttpResponse()
                  .isSuccessful())
          .isTrue();
    }
  }

  @Test
  void names_a_table_whose_keys_are_not_those_of_the_contract() {
    try (LocalDynamoDb server = LocalDynamoDb.start(0)) {
      AwsClients clients = LocalClients.of("dynamodb", server.endpoint());
      try (DynamoDbClient dynamoDb = clients.dynamoDb()) {
        for (TableName table : Set.of(TableName.PARKED_EVENTS, TableName.TIMESHEET_ENTRIES)) {
          LocalClients.createTable(dynamoDb, NAMES.table(table), table.hashKey());
        }
      }
      assertThat(
              RequiredResources.of(
                      Set.of(),
                      Set.of(
                          TableName.PARKED_EVENTS,
                          TableName.TIMESHEET_ENTRIES,
                          TableName.COORDINATION))
                  .missing(clients, NAMES))
          .containsExactly(
              "index wake-index of DynamoDB table t-Timesheet_Entries does not exist",
              "DynamoDB table t-Parked_Events has the key key instead of key + sequence",
              "DynamoDB table t-Coordination does not exist");
    }
  }

  @Test
  void starts_on_the_ports_it_is_given_and_stops_the_others_when_one_is_taken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, LoopbackServer.loopback())) {
      int free = freePort();
      Map<String, Integer> ports = Map.of("ssm", taken.getLocalPort(), "sns", free);
      assertThatThrownBy(() -> LocalAws.start(LocalAws.Options.defaults().withPorts(ports)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("local-ssm cannot listen on 127.0.0.1:" + taken.getLocalPort());
      assertThat(listens(free)).isFalse();
    }
    assertThatThrownBy(() -> LocalAws.Options.defaults().withPorts(Map.of("s3", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("s3");
  }

  @Test
  void listens_on_loopback_only_and_leaves_no_thread_or_port_when_closed() throws IOException {
    Set<Thread> before = platformThreads();
    int port = freePort();
    LocalAws aws = LocalAws.start(LocalAws.Options.defaults().withPorts(Map.of("dynamodb", port)));
    Map<String, URI> endpoints = aws.endpoints();
    try (aws) {
      assertThat(endpoints).containsOnlyKeys(LocalAws.SERVICES);
      assertThat(endpoints.values())
          .allSatisfy(endpoint -> assertThat(endpoint.getHost()).isEqualTo("127.0.0.1"));
      assertThat(Objects.requireNonNull(endpoints.get("dynamodb")).getPort()).isEqualTo(port);
      assertThat(aws.settingsAws().local()).isTrue();
      assertThat(aws.settingsAws().endpoints()).isEqualTo(endpoints);
      aws.createResources(NAMES, 1);
    }
    aws.close();

    for (URI endpoint : endpoints.values()) {
      assertThat(listens(endpoint.getPort())).isFalse();
    }
    await()
        .untilAsserted(() ->
            assertThat(platformThreads())
                .filteredOn(thread -> !thread.isDaemon() && !before.contains(thread))
                .isEmpty());
  }

  private static Set<Thread> platformThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .filter(thread -> !thread.getName().startsWith("awaitility"))
        .collect(Collectors.toSet());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LoopbackServer.loopback())) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(LoopbackServer.loopback(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
