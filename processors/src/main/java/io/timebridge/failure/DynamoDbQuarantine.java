package io.timebridge.failure;

import io.timebridge.admission.Quarantine;
import io.timebridge.admission.StreamPosition;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Quarantined records in table {@link TableName#PARKED_EVENTS}, under {@code
 * quarantine-<stream>-<shard>} in stream order. Kept whole up to 64 KiB; beyond that their hash,
 * size and first KiB. Nothing replays them by itself. Thread-safe.
 */
public final class DynamoDbQuarantine implements Quarantine {
  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbQuarantine.class);
  private static final int MAX_WHOLE = 64 * 1024;
  private static final int PREFIX = 1024;

  private final DynamoDbClient dynamo;
  private final String table;
  private final InstantSource clock;

  public DynamoDbQuarantine(DynamoDbClient dynamo, Names names, InstantSource clock) {
    this.dynamo = dynamo;
    this.table = names.table(TableName.PARKED_EVENTS);
    this.clock = clock;
  }

  @Override
  public void quarantine(StreamPosition at, Reason reason, String detail, byte[] data)
      throws InterruptedException {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(
        "key", AttributeValue.fromS("quarantine-" + at.stream().streamName() + "-" + at.shard()));
    item.put("sequence", AttributeValue.fromS(DynamoDbParkedEvents.sequence(at.sequence())));
    item.put(
        "reason", AttributeValue.fromS("quarantine-" + reason.name().toLowerCase(Locale.ROOT)));
    item.put("detail", AttributeValue.fromS(detail));
    item.put("partition_key", AttributeValue.fromS(at.partitionKey()));
    item.put("size", AttributeValue.fromN(Integer.toString(data.length)));
    item.put("sha256", AttributeValue.fromS(sha256(data)));
    item.put("first_failure", AttributeValue.fromS(clock.instant().toString()));
    byte[] kept = data.length <= MAX_WHOLE ? data : Arrays.copyOf(data, PREFIX);
    item.put("data", AttributeValue.fromB(SdkBytes.fromByteArray(kept)));
    try {
      DynamoDbCall.run(
          "quarantining in " + table, () -> dynamo.putItem(r -> r.tableName(table).item(item)));
    } catch (StoreTrouble trouble) {
      throw new IllegalStateException(trouble.getMessage(), trouble);
    }
    LOG.warn(
        "quarantined: stream={} shard={} seq={} reason={}: {}",
        at.stream().streamName(),
        at.shard(),
        at.sequence(),
        reason,
        detail);
  }

  private static String sha256(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }
}
