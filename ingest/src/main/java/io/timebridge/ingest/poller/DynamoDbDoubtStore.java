package io.timebridge.ingest.poller;

import io.timebridge.stream.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * {@link DoubtStore} as the row {@code poller-closures} of the table {@link
 * TableName#COORDINATION}. At most some 350 KB, of the 400 KB that DynamoDB takes.
 */
final class DynamoDbDoubtStore implements DoubtStore {
  private static final Map<String, AttributeValue> KEY =
      Map.of(TableName.COORDINATION.hashKey(), Attributes.of("poller-closures"));
  private static final String OWN_EPOCH =
      "attribute_not_exists(poller_epoch) OR poller_epoch <= :epoch";
  private static final String FORGET_CONFIRMATION = "confirmed_jobs, confirmed_at, confirmed_by";

  private final DynamoDbClient client;
  private final String table;

  DynamoDbDoubtStore(DynamoDbClient client, String table) {
    this.client = client;
    this.table = table;
  }

  @Override
  public Row read() {
    Map<String, AttributeValue> item =
        call(() -> client.getItem(r -> r.tableName(table).key(KEY).consistentRead(true)).item());
    return item.isEmpty()
        ? Row.NONE
        : new Row(
            item.containsKey("episode") ? Attributes.number(item, "episode") : 0,
            item.containsKey("fingerprint") ? Optional.of(doubt(item)) : Optional.empty(),
            item.containsKey("confirmed_jobs")
                ? Optional.of(confirmation(item))
                : Optional.empty());
  }

  private static Doubt doubt(Map<String, AttributeValue> item) {
    AttributeValue jobs = item.get("missing_jobs");
    AttributeValue shown = item.get("shown_jobs");
    return new Doubt(
        Attributes.number(item, "episode"),
        Attributes.text(item, "fingerprint"),
        Instant.ofEpochMilli(Attributes.number(item, "missing_since")),
        Math.toIntExact(Attributes.number(item, "open_jobs")),
        Math.toIntExact(Attributes.number(item, "missing_count")),
        jobs == null ? Set.of() : Doubt.unpacked(jobs.b().asByteArrayUnsafe()),
        shown == null
            ? List.of()
            : shown.l().stream().map(AttributeValue::m).map(DynamoDbDoubtStore::shown).toList(),
        Attributes.text(item, "obstacle"));
  }

  private static Doubt.Shown shown(Map<String, AttributeValue> map) {
    return new Doubt.Shown(
        Attributes.number(map, "id"),
        Attributes.text(map, "code"),
        Attributes.text(map, "name"),
        Attributes.text(map, "client"));
  }

  private static Confirmation confirmation(Map<String, AttributeValue> item) {
    AttributeValue jobs = item.get("confirmed_jobs");
    if (jobs == null) {
      throw new IllegalStateException("asked only where it is there");
    }
    return new Confirmation(
        Doubt.unpacked(jobs.b().asByteArrayUnsafe()),
        Instant.ofEpochMilli(Attributes.number(item, "confirmed_at")),
        Attributes.text(item, "confirmed_by"));
  }

  @Override
  public boolean save(Doubt doubt, long epoch) {
    return written(() ->
        client.updateItem(r ->
            r.tableName(table)
                .key(KEY)
                .updateExpression(
                    "SET episode = :episode, fingerprint = :fingerprint, missing_since = :since,"
                        + " open_jobs = :open, missing_count = :count, missing_jobs = :jobs,"
                        + " shown_jobs = :shown, obstacle = :obstacle, poller_epoch = :epoch")
                .conditionExpression(OWN_EPOCH)
                .expressionAttributeValues(
                    Map.of(
                        ":episode", Attributes.of(doubt.episode()),
                        ":fingerprint", Attributes.of(doubt.fingerprint()),
                        ":since", Attributes.of(doubt.since().toEpochMilli()),
                        ":open", Attributes.of(doubt.open()),
                        ":count", Attributes.of(doubt.missing()),
                        ":jobs", packed(doubt),
                        ":shown",
                            AttributeValue.fromL(
                                doubt.shown().stream().map(DynamoDbDoubtStore::shown).toList()),
                        ":obstacle", Attributes.of(doubt.obstacle()),
                        ":epoch", Attributes.of(epoch)))));
  }

  private static AttributeValue packed(Doubt doubt) {
    return AttributeValue.fromB(SdkBytes.fromByteArray(Doubt.packed(doubt.jobs())));
  }

  private static AttributeValue shown(Doubt.Shown job) {
    return AttributeValue.fromM(
        Map.of(
            "id", Attributes.of(job.id()),
            "code", Attributes.of(job.code()),
            "name", Attributes.of(job.name()),
            "client", Attributes.of(job.client())));
  }

  @Override
  public boolean clear(boolean over, long epoch) {
    return written(() ->
        client.updateItem(r ->
            r.tableName(table)
                .key(KEY)
                .updateExpression(
                    "SET poller_epoch = :epoch REMOVE "
                        + FORGET_CONFIRMATION
                        + (over
                            ? ", fingerprint, missing_since, open_jobs, missing_count, missing_jobs,"
                                + " shown_jobs, obstacle"
                            : ""))
                .conditionExpression(OWN_EPOCH)
                .expressionAttributeValues(Map.of(":epoch", Attributes.of(epoch)))));
  }

  @Override
  public boolean confirm(Doubt doubt, Instant at, String by) {
    return written(() ->
        client.updateItem(r ->
            r.tableName(table)
                .key(KEY)
                .updateExpression(
                    "SET confirmed_jobs = :jobs, confirmed_at = :at, confirmed_by = :by")
                .conditionExpression("fingerprint = :fingerprint AND obstacle = :none")
                .expressionAttributeValues(
                    Map.of(
                        ":jobs", packed(doubt),
                        ":at", Attributes.of(at.toEpochMilli()),
                        ":by", Attributes.of(by),
                        ":fingerprint", Attributes.of(doubt.fingerprint()),
                        ":none", Attributes.of("")))));
  }

  private boolean written(Runnable write) {
    return call(() -> {
      try {
        write.run();
        return true;
      } catch (ConditionalCheckFailedException othersRow) {
        return false;
      }
    });
  }

  private <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException unavailable) {
      throw new StoreUnavailable("table " + table + ": " + unavailable.getMessage(), unavailable);
    }
  }
}
