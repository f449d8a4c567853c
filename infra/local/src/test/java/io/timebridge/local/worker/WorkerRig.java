package io.timebridge.local.worker;

import io.timebridge.admission.Admission;
import io.timebridge.admission.Delivery;
import io.timebridge.admission.Quarantine;
import io.timebridge.aws.AwsClients;
import io.timebridge.local.aws.LocalDynamoDb;
import io.timebridge.local.kinesis.LocalKinesis;
import io.timebridge.ordering.Folding;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.Outcome;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.worker.CheckpointListener;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.WorkerId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** The embedded Kinesis and DynamoDB, and workers on them. */
final class WorkerRig implements AutoCloseable {
  private final LocalKinesis kinesisServer =
      LocalKinesis.start(LocalKinesis.Options.defaults().withThrottling(true));
  private final LocalDynamoDb dynamoDbServer = LocalDynamoDb.start(0);
  final KinesisClient kinesis;
  final DynamoDbClient dynamoDb;

  WorkerRig() {
    AwsClients clients = new AwsClients(settings("").aws());
    kinesis = clients.kinesis();
    dynamoDb = clients.dynamoDb();
  }

  Settings settings(String prefix) {
    return settings(prefix, Map.of());
  }

  Settings settings(String prefix, Map<String, String> others) {
    Map<String, String> values = values(prefix);
    values.putAll(others);
    return new SettingsLoader().values(values, "test").load((aws, path) -> Map.of()).settings();
  }

  /** The settings by key, as another process takes them. */
  Map<String, String> values(String prefix) {
    Map<String, String> values = new HashMap<>();
    values.put("name-prefix", prefix);
    values.put("aws.local", "true");
    values.put("aws.endpoints.kinesis", kinesisServer.endpoint().toString());
    values.put("aws.endpoints.dynamodb", dynamoDbServer.endpoint().toString());
    values.put("aws.endpoints.cloudwatch", "http://127.0.0.1:9");
    values.put("worker.retry-base", "5ms");
    values.put("worker.retry-max", "50ms");
    values.put("worker.checkpoint-every", "200ms");
    return values;
  }

  /** A stream of its own for each prefix. */
  final class Stream {
    private final StreamName stream;
    final Settings settings;
    final List<String> quarantined = new CopyOnWriteArrayList<>();

    Stream(String prefix, int shards) {
      this(StreamName.TIMESHEET_EVENTS, settings(prefix), shards);
    }

    Stream(StreamName stream, Settings settings, int shards) {
      this.stream = stream;
      this.settings = settings;
      kinesis.createStream(r -> r.streamName(name()).shardCount(shards));
      kinesis.waiter().waitUntilStreamExists(r -> r.streamName(name()));
    }

    String name() {
      return settings.names().stream(stream);
    }

    KclApplication<Delivery> worker(Each each) {
      Quarantine quarantine =
          (at, reason, detail, data) -> quarantined.add(at.partitionKey() + " " + reason);
      return application(
          stream, settings, (key, records) -> each.handle(records.getLast()), quarantine);
    }

    void put(String key, int number) {
      Route route =
          switch (stream) {
            case TIMESHEET_EVENTS -> Route.VERIFY;
            case TIMESHEET_BACKUP -> Route.TIMESHEET_BACKUP;
            case JOB_EVENTS -> Route.JOB_CHANGE;
          };
      put(key, EnvelopeCodec.encode(envelope(route, key, number)));
    }

    void put(String key, byte[] data) {
      while (true) {
        try {
          kinesis.putRecord(
              r -> r.streamName(name()).partitionKey(key).data(SdkBytes.fromByteArray(data)));
          return;
        } catch (
            software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException
                full) {
          Thread.onSpinWait();
        }
      }
    }

    List<Shard> shards() {
      return kinesis.listShards(r -> r.streamName(name())).shards();
    }

    List<Shard> openShards() {
      return shards().stream()
          .filter(s -> s.sequenceNumberRange().endingSequenceNumber() == null)
          .toList();
    }

    void awaitActive() {
      kinesis.waiter().waitUntilStreamExists(r -> r.streamName(name()));
    }

    /** Shard -> checkpoint, as the lease table has it. */
    Map<String, String> checkpoints() {
      Map<String, String> checkpoints = new HashMap<>();
      dynamoDb
          .scanPaginator(
              r -> r.tableName(settings.names().application(stream)).consistentRead(true))
          .items()
          .forEach(row -> {
            AttributeValue checkpoint = row.get("checkpoint");
            if (checkpoint != null) {
              checkpoints.put(row.get("leaseKey").s(), checkpoint.s());
            }
          });
      return checkpoints;
    }
  }

  /** Handles one record. */
  interface Each {
    Outcome handle(StreamRecord record) throws InterruptedException;
  }

  /** A worker of one stream that takes every envelope and folds nothing. */
  static KclApplication<Delivery> application(
      StreamName stream, Settings settings, Handler<StreamRecord> handler, Quarantine quarantine) {
    AwsClients aws = new AwsClients(settings.aws());
    Settings.Worker worker = settings.worker();
    return new KclApplication<>(
        new KclApplication.Source(
            settings.names().stream(stream),
            settings.names().application(stream),
            WorkerId.create()),
        new KclApplication.Options(
            new KeyLanes.Limits(
                worker.inFlight(), worker.heldPerShard(), 1 << 20, worker.held(), 16 << 20),
            worker.checkpointEvery(),
            worker.retryBase(),
            worker.retryMax(),
            worker.stopWithin(),
            worker.failover()),
        new KclApplication.Clients(
            aws.kinesisAsync(),
            aws.dynamoDbAsync(),
            aws.configure("cloudwatch", CloudWatchAsyncClient.builder()).build()),
        new Admission(stream, envelope -> Optional.empty(), quarantine)
            .work(handler, Folding.none(), CheckpointListener.NONE));
  }

  private static Envelope envelope(Route route, String key, int number) {
    return new Envelope(
        key + "/" + number,
        Envelope.Source.TIMEBRIDGE,
        route,
        key,
        Instant.now().truncatedTo(ChronoUnit.MILLIS),
        Map.of(),
        Integer.toString(number).getBytes(StandardCharsets.UTF_8),
        null);
  }

  /** The number a record was put with. */
  static int number(StreamRecord record) {
    return Integer.parseInt(new String(record.envelope().body(), StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    kinesis.close();
    dynamoDb.close();
    kinesisServer.close();
    dynamoDbServer.close();
  }
}
