package io.timebridge.local.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

class LocalDynamoDbTest {
  private static LocalDynamoDb server;
  private static DynamoDbClient dynamoDb;

  @BeforeAll
  static void start() {
    server = LocalDynamoDb.start(0);
    dynamoDb = LocalClients.of("dynamodb", server.endpoint()).dynamoDb();
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
    server.close();
  }

  @Test
  void refuses_a_conditional_write_when_its_condition_does_not_hold() {
    createTable("conditional");
    put("conditional", "1", "first");

    assertThatThrownBy(() ->
            dynamoDb.putItem(r ->
                r.tableName("conditional")
                    .item(Map.of("id", s("1"), "text", s("second")))
                    .conditionExpression("attribute_not_exists(id)")))
        .isInstanceOf(ConditionalCheckFailedException.class);
    assertThat(get("conditional", "1")).containsEntry("text", s("first"));
  }

  @Test
  void writes_all_or_nothing_in_a_transaction() {
    createTable("transactional");
    put("transactional", "there", "before");

    assertThatThrownBy(() ->
            dynamoDb.transactWriteItems(r ->
                r.transactItems(
                    putOf("new", "attribute_not_exists(id)"),
                    putOf("there", "attribute_not_exists(id)"))))
        .isInstanceOf(TransactionCanceledException.class);
    assertThat(get("transactional", "new")).isEmpty();
  }

  @Test
  void answers_many_callers_at_once() throws Exception {
    createTable("crowded");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> puts =
          IntStream.range(0, 200)
              .<Future<?>>mapToObj(n -> threads.submit(() -> put("crowded", "k" + n, "v" + n)))
              .toList();
      for (Future<?> put : puts) {
        put.get();
      }
    }
    assertThat(dynamoDb.scan(r -> r.tableName("crowded")).count()).isEqualTo(200);
  }

  @Test
  void refuses_calls_that_touch_items_while_it_is_throttled_and_none_afterwards() {
    createTable("scarce");
    server.throttle(1, 7);
    try (DynamoDbClient impatient =
        LocalClients.of("dynamodb", server.endpoint())
            .configure("dynamodb", DynamoDbClient.builder())
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build()) {
      assertThatThrownBy(() ->
              impatient.putItem(
                  r -> r.tableName("scarce").item(Map.of("id", s("1"), "text", s("refused")))))
          .isInstanceOf(ProvisionedThroughputExceededException.class);
      assertThat(impatient.listTables().tableNames()).contains("scarce");
    } finally {
      server.throttle(0, 7);
    }
    assertThat(get("scarce", "1")).as("a refused write writes nothing").isEmpty();
    put("scarce", "1", "taken");
    assertThat(get("scarce", "1")).containsEntry("text", s("taken"));
  }

  @Test
  void names_the_error_when_a_table_is_not_there() {
    assertThatThrownBy(() -> get("nowhere", "1")).isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void keeps_nothing_and_shares_nothing_when_two_run_side_by_side() {
    createTable("mine");
    try (LocalDynamoDb other = LocalDynamoDb.start(0);
        DynamoDbClient client = LocalClients.of("dynamodb", other.endpoint()).dynamoDb()) {
      assertThat(client.listTables().tableNames()).isEmpty();
    }
    assertThat(dynamoDb.listTables().tableNames()).contains("mine");
  }

  @Test
  void leaves_no_native_library_behind_even_when_the_jvm_is_killed(@TempDir Path temporary)
      throws IOException, InterruptedException {
    Process killed =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "--enable-native-access=ALL-UNNAMED",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StartAndHalt.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(killed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(killed.waitFor()).as(output).isEqualTo(StartAndHalt.CODE);
    assertThat(temporary).isEmptyDirectory();
  }

  /** Ends its JVM as a kill does: no hooks, no deletion at exit. */
  static final class StartAndHalt {
    static final int CODE = 42;

    private StartAndHalt() {}

    public static void main(String[] args) {
      LocalDynamoDb started = LocalDynamoDb.start(0);
      Runtime.getRuntime().halt(started.endpoint().getPort() > 0 ? CODE : 1);
    }
  }

  @Test
  void names_the_port_when_it_is_taken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, LoopbackServer.loopback())) {
      assertThatThrownBy(() -> LocalDynamoDb.start(taken.getLocalPort()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("dynamodb cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  private static void createTable(String name) {
    LocalClients.createTable(dynamoDb, name, "id");
  }

  private static TransactWriteItem putOf(String id, String condition) {
    return TransactWriteItem.builder()
        .put(p ->
            p.tableName("transactional").item(Map.of("id", s(id))).conditionExpression(condition))
        .build();
  }

  private static void put(String table, String id, String text) {
    dynamoDb.putItem(r -> r.tableName(table).item(Map.of("id", s(id), "text", s(text))));
  }

  private static Map<String, AttributeValue> get(String table, String id) {
    return dynamoDb
        .getItem(r -> r.tableName(table).key(Map.of("id", s(id))).consistentRead(true))
        .item();
  }

  private static AttributeValue s(String text) {
    return AttributeValue.fromS(text);
  }
}
