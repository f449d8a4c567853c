package io.timebridge.local.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.aws.LocalDynamoDb;
import io.timebridge.local.kinesis.LocalKinesis;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** What docs/LANES.md shows is the code that is compiled here, and it runs as it stands there. */
@Timeout(120)
class LanesPageTest {
  private static final int KEYS = 20;
  private static final int RECORDS = 400;

  private static final Path EXAMPLE =
      Path.of("src/test/java/io/timebridge/local/lanes/PrintOrders.java");
  private static final Pattern BLOCK =
      Pattern.compile("```java\\n(final class|public|/\\*\\*)(.*?)```", Pattern.DOTALL);

  @Test
  void the_page_shows_the_example_as_it_is() throws IOException {
    String page = Files.readString(Path.of("../../docs/LANES.md"));
    var block = BLOCK.matcher(page);
    assertThat(block.find()).as("a java block").isTrue();
    String shown = block.group(1) + block.group(2);
    assertThat(Files.readString(EXAMPLE)).contains(shown);
    assertThat(shown.lines()).hasSizeLessThanOrEqualTo(30);
  }

  @Test
  void the_example_prints_every_record_in_order_per_key(@TempDir Path folder) throws Exception {
    System.setProperty("aws.cborEnabled", "false");
    try (LocalKinesis kinesis = LocalKinesis.start(LocalKinesis.Options.defaults());
        LocalDynamoDb dynamoDb = LocalDynamoDb.start(0);
        KinesisClient client = client(kinesis.endpoint())) {
      client.createStream(r -> r.streamName("orders").shardCount(2));
      client.waiter().waitUntilStreamExists(r -> r.streamName("orders"));
      Process example = start(kinesis.endpoint(), dynamoDb.endpoint(), folder);
      try (BufferedReader out = example.inputReader()) {
        for (int i = 0; i < RECORDS; i++) {
          String key = "customer-" + i % KEYS;
          SdkBytes data = SdkBytes.fromUtf8String(Integer.toString(i));
          client.putRecord(r -> r.streamName("orders").partitionKey(key).data(data));
        }
        Map<String, List<Integer>> printed = new HashMap<>();
        for (int i = 0; i < RECORDS; i++) {
          String[] words = out.readLine().split(" ");
          printed.computeIfAbsent(words[0], k -> new ArrayList<>()).add(Integer.valueOf(words[1]));
        }
        assertThat(printed).hasSize(KEYS);
        printed.values().forEach(numbers -> assertThat(numbers).isSorted().hasSize(RECORDS / KEYS));
        example.outputWriter().close();
        assertThat(example.waitFor(Duration.ofSeconds(60))).as("it ends when told to").isTrue();
      } finally {
        example.destroyForcibly();
      }
    }
  }

  private static KinesisClient client(URI endpoint) {
    return KinesisClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  private static Process start(URI kinesis, URI dynamoDb, Path folder) throws IOException {
    Path log = folder.resolve("example.log");
    ProcessBuilder example =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-Daws.cborEnabled=false",
            "-Dlogback.configurationFile=" + quiet(folder),
            "-cp",
            System.getProperty("java.class.path"),
            PrintOrders.class.getName());
    example
        .environment()
        .putAll(
            Map.of(
                "AWS_ENDPOINT_URL_KINESIS", kinesis.toString(),
                "AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.toString(),
                "AWS_REGION", "us-east-1",
                "AWS_ACCESS_KEY_ID", "local",
                "AWS_SECRET_ACCESS_KEY", "local"));
    return example.redirectError(log.toFile()).start();
  }

  /** Logs go to standard error: what the example prints is looked at. */
  private static Path quiet(Path folder) throws IOException {
    Path file = folder.resolve("logback.xml");
    String xml =
        """
        <configuration>
          <appender name="err" class="ch.qos.logback.core.ConsoleAppender">
            <target>System.err</target>
            <encoder><pattern>%d %-5level %logger{0} %msg%n</pattern></encoder>
          </appender>
          <root level="WARN"><appender-ref ref="err"/></root>
        </configuration>
        """;
    return Files.writeString(file, xml, StandardCharsets.UTF_8);
  }
}
