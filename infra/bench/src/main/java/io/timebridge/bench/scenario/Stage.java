package io.timebridge.bench.scenario;

import io.timebridge.bench.process.Child;
import io.timebridge.bench.process.ChildFailed;
import io.timebridge.bench.server.Ready;
import io.timebridge.bench.server.ServerMain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * The AWS emulators in a process of their own, the limits of a shard off, and the parent's clients
 * of them. The clients are thread-safe.
 */
public final class Stage implements AutoCloseable {
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

  private final Child server;
  private final AwsAt aws;
  private final KinesisClient kinesis;
  private final DynamoDbClient dynamoDb;

  private Stage(Child server, AwsAt aws) {
    this.server = server;
    this.aws = aws;
    this.kinesis = aws.kinesisClient();
    this.dynamoDb = aws.dynamoDbClient();
  }

  /**
   * Returns when they answer.
   *
   * @param logs folder for their log
   * @param heap of their process, as of {@code -Xmx}
   */
  public static Stage start(Path logs, String heap)
      throws IOException, ChildFailed, InterruptedException {
    Child server = Child.start("aws", logs, heap, ServerMain.class, "aws");
    try {
      Ready ready = server.await("ready", Ready.class, STARTS_WITHIN);
      return new Stage(
          server,
          new AwsAt(
              Objects.requireNonNull(ready.addresses().get("kinesis")),
              Objects.requireNonNull(ready.addresses().get("dynamodb"))));
    } catch (ChildFailed | InterruptedException | RuntimeException failed) {
      server.close();
      throw failed;
    }
  }

  public AwsAt aws() {
    return aws;
  }

  public KinesisClient kinesis() {
    return kinesis;
  }

  /** Makes a stream and returns when it can be used. */
  public void createStream(String stream, int shards) {
    kinesis.createStream(r -> r.streamName(stream).shardCount(shards));
    kinesis.waiter().waitUntilStreamExists(r -> r.streamName(stream));
  }

  /** An application's leases as they are now. */
  public List<Lease> leases(String application) {
    return Lease.all(dynamoDb, application);
  }

  @Override
  public void close() {
    kinesis.close();
    dynamoDb.close();
    server.close();
  }
}
