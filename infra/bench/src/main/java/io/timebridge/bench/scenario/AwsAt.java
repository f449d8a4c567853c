package io.timebridge.bench.scenario;

import io.timebridge.aws.AwsClients;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.settings.Settings;
import io.timebridge.worker.KclApplication;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Where the AWS emulators listen, and clients of them.
 *
 * @param kinesis address
 * @param dynamodb address
 */
public record AwsAt(String kinesis, String dynamodb) {
  /** A port of this machine that nobody listens at: KCL's metrics are off, nothing asks for it. */
  private static final URI NOBODY = URI.create("http://127.0.0.1:9");

  private AwsClients clients() {
    return new AwsClients(
        new Settings.Aws(
            "us-east-1",
            Map.of(
                "kinesis",
                URI.create(kinesis),
                "dynamodb",
                URI.create(dynamodb),
                "cloudwatch",
                NOBODY),
            true));
  }

  /** A new client; its caller closes it. */
  public KinesisClient kinesisClient() {
    return clients().kinesis();
  }

  /** A new client; its caller closes it. */
  public DynamoDbClient dynamoDbClient() {
    return clients().dynamoDb();
  }

  /** For one application, which closes them. */
  public KclApplication.Clients forKcl() {
    AwsClients aws = clients();
    return new KclApplication.Clients(
        aws.kinesisAsync(),
        aws.dynamoDbAsync(),
        aws.configure("cloudwatch", CloudWatchAsyncClient.builder()).build());
  }

  /** The product's defaults, with another number of keys in flight. */
  public static KclApplication.Options options(int concurrency) {
    KclApplication.Options defaults = KclApplication.Options.defaults();
    KeyLanes.Limits limits = defaults.limits();
    return defaults.with(
        new KeyLanes.Limits(
            concurrency,
            limits.heldPerShard(),
            limits.heldBytesPerShard(),
            limits.held(),
            limits.heldBytes()));
  }
}
