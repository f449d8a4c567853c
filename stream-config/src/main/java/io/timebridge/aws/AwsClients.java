package io.timebridge.aws;

import io.timebridge.settings.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.KinesisClientBuilder;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Makes AWS clients: region, endpoints and credentials from the settings, time-outs that fit a
 * stream worker. Each call makes a new client, which its caller closes. Thread-safe.
 *
 * <p>Endpoints that the settings do not name are left to the SDK, which honours {@code
 * AWS_ENDPOINT_URL} and {@code AWS_ENDPOINT_URL_<SERVICE>}.
 */
public final class AwsClients {
  /** Connections of one client: more than the keys in flight of a worker by default. */
  private static final int MAX_CONNECTIONS = 256;

  private final Settings.Aws aws;
  private final boolean ownKinesis;

  public AwsClients(Settings.Aws aws) {
    this.aws = aws;
    this.ownKinesis =
        aws.endpoints().containsKey("kinesis")
            || Stream.of("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS")
                .anyMatch(name -> System.getenv(name) != null);
    if (ownKinesis) {
      // The local Kinesis speaks JSON only; the switch must be set before the first client is made.
      System.setProperty("aws.cborEnabled", "false");
    }
  }

  public KinesisClient kinesis() {
    return configure("kinesis", KinesisClient.builder().httpClientBuilder(http())).build();
  }

  /** Which makes each call once: for those who would rather wait than take what others need. */
  public KinesisClient kinesisOnce() {
    KinesisClientBuilder builder =
        configure("kinesis", KinesisClient.builder().httpClientBuilder(http()));
    return builder
        .overrideConfiguration(
            builder.overrideConfiguration().toBuilder()
                .retryStrategy(AwsRetryStrategy.doNotRetry())
                .build())
        .build();
  }

  /** For KCL. Over HTTP/1.1 where an endpoint is set: HTTP/2 without TLS is not spoken there. */
  public KinesisAsyncClient kinesisAsync() {
    NettyNioAsyncHttpClient.Builder http =
        NettyNioAsyncHttpClient.builder().maxConcurrency(MAX_CONNECTIONS);
    if (ownKinesis) {
      http.protocol(Protocol.HTTP1_1);
    }
    return configure("kinesis", KinesisAsyncClient.builder().httpClientBuilder(http)).build();
  }

  public DynamoDbClient dynamoDb() {
    return configure("dynamodb", DynamoDbClient.builder().httpClientBuilder(http())).build();
  }

  public DynamoDbAsyncClient dynamoDbAsync() {
    return configure(
            "dynamodb",
            DynamoDbAsyncClient.builder()
                .httpClientBuilder(
                    NettyNioAsyncHttpClient.builder().maxConcurrency(MAX_CONNECTIONS)))
        .build();
  }

  public SqsClient sqs() {
    return configure("sqs", SqsClient.builder().httpClientBuilder(http())).build();
  }

  public SnsClient sns() {
    return configure("sns", SnsClient.builder().httpClientBuilder(http())).build();
  }

  public SsmClient ssm() {
    return configure("ssm", SsmClient.builder().httpClientBuilder(http())).build();
  }

  public StsClient sts() {
    return configure("sts", StsClient.builder().httpClientBuilder(http())).build();
  }

  /** Applies region, endpoint, credentials and time-outs to a builder of any other service. */
  public <B extends AwsClientBuilder<B, ?>> B configure(String service, B builder) {
    Optional<URI> endpoint = Optional.ofNullable(aws.endpoints().get(service));
    endpoint.ifPresent(builder::endpointOverride);
    return builder
        .region(Region.of(aws.region()))
        .credentialsProvider(credentials())
        .overrideConfiguration(
            ClientOverrideConfiguration.builder()
                .apiCallTimeout(Duration.ofSeconds(20))
                .apiCallAttemptTimeout(Duration.ofSeconds(8))
                .build());
  }

  private AwsCredentialsProvider credentials() {
    return aws.local()
        ? StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"))
        : DefaultCredentialsProvider.builder().build();
  }

  private static ApacheHttpClient.Builder http() {
    return ApacheHttpClient.builder()
        .maxConnections(MAX_CONNECTIONS)
        .connectionTimeout(Duration.ofSeconds(3))
        .socketTimeout(Duration.ofSeconds(10));
  }
}
