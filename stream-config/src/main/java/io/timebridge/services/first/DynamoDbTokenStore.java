package io.timebridge.services.first;

import io.timebridge.settings.Secret;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The token pair in one row of {@link TableName#COORDINATION}: {@code generation}, {@code access},
 * {@code refresh}, {@code expires_at} (epoch milliseconds) and, while somebody refreshes, {@code
 * refreshing_by} and {@code refreshing_until} (epoch milliseconds). Reads are consistent, writes
 * conditional. Thread-safe.
 */
public final class DynamoDbTokenStore implements TokenStore {
  /** Name of the row. */
  public static final String ROW = "first-service-token";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;

  /**
   * @param dynamoDb stays the caller's to close
   */
  public DynamoDbTokenStore(DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.COORDINATION);
    this.clock = clock;
  }

  @Override
  public Optional<Stored> load() throws Unavailable, InterruptedException {
    return call(
        "read",
        () -> {
          Map<String, AttributeValue> row =
              dynamoDb.getItem(r -> r.tableName(table).key(key()).consistentRead(true)).item();
          return stored(row);
        });
  }

  private static Optional<Stored> stored(Map<String, AttributeValue> row) {
    if (!row.containsKey("generation")) {
      return Optional.empty(); // never stored, or only leased so far
    }
    Optional<Instant> expiresAt =
        Optional.ofNullable(row.get("expires_at"))
            .map(AttributeValue::n)
            .map(n -> Instant.ofEpochMilli(Long.parseLong(n)));
    return Optional.of(
        new Stored(
            Long.parseLong(row.get("generation").n()),
            new TokenPair(secret(row, "access"), secret(row, "refresh"), expiresAt)));
  }

  @Override
  public boolean replace(long generationSeen, TokenPair pair)
      throws Unavailable, InterruptedException {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":next", number(generationSeen + 1));
    values.put(":access", AttributeValue.fromS(pair.access().reveal()));
    values.put(":refresh", AttributeValue.fromS(pair.refresh().reveal()));
    Map<String, String> names = names("generation", "access", "refresh", "expires_at");
    names.putAll(names("refreshing_by", "refreshing_until"));
    String set = "SET #generation = :next, #access = :access, #refresh = :refresh";
    String remove = " REMOVE #refreshing_by, #refreshing_until";
    if (pair.expiresAt().isPresent()) {
      values.put(":expires_at", number(pair.expiresAt().get().toEpochMilli()));
      set += ", #expires_at = :expires_at";
    } else {
      remove += ", #expires_at";
    }
    String condition = "attribute_not_exists(#generation)";
    if (generationSeen > 0) {
      values.put(":seen", number(generationSeen));
      condition = "#generation = :seen";
    }
    return update("store", set + remove, condition, names, values);
  }

  @Override
  public boolean lease(String holder, Duration duration) throws Unavailable, InterruptedException {
    Instant now = clock.instant();
    return update(
        "lease",
        "SET #refreshing_by = :me, #refreshing_until = :until",
        "attribute_not_exists(#refreshing_by) OR #refreshing_by = :me OR #refreshing_until <= :now",
        names("refreshing_by", "refreshing_until"),
        Map.of(
            ":me", AttributeValue.fromS(holder),
            ":until", number(now.plus(duration).toEpochMilli()),
            ":now", number(now.toEpochMilli())));
  }

  @Override
  public void release(String holder) throws Unavailable, InterruptedException {
    update(
        "release",
        "REMOVE #refreshing_by, #refreshing_until",
        "#refreshing_by = :me",
        names("refreshing_by", "refreshing_until"),
        Map.of(":me", AttributeValue.fromS(holder)));
  }

  /** False when the condition does not hold. */
  private boolean update(
      String what,
      String update,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values)
      throws Unavailable, InterruptedException {
    UpdateItemRequest request =
        UpdateItemRequest.builder()
            .tableName(table)
            .key(key())
            .updateExpression(update)
            .conditionExpression(condition)
            .expressionAttributeNames(names)
            .expressionAttributeValues(values)
            .build();
    return call(
        what,
        () -> {
          try {
            dynamoDb.updateItem(request);
            return true;
          } catch (ConditionalCheckFailedException somebodyElse) {
            return false;
          }
        });
  }

  private interface SdkCall<T> {
    T make();
  }

  private <T> T call(String what, SdkCall<T> call) throws Unavailable, InterruptedException {
    try {
      return call.make();
    } catch (AbortedException aborted) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while DynamoDB was asked");
      }
      throw unavailable(what, aborted);
    } catch (SdkException failed) {
      throw unavailable(what, failed);
    }
  }

  private Unavailable unavailable(String what, SdkException cause) {
    return new Unavailable(
        "FirstService's tokens: cannot %s row %s of table %s".formatted(what, ROW, table), cause);
  }

  private static Map<String, AttributeValue> key() {
    return Map.of(TableName.COORDINATION.hashKey(), AttributeValue.fromS(ROW));
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  private static Secret secret(Map<String, AttributeValue> row, String attribute) {
    AttributeValue value = row.get(attribute);
    return new Secret(value == null || value.s() == null ? "" : value.s());
  }

  /** Placeholders for attribute names, some of which DynamoDB reserves. */
  private static Map<String, String> names(String... attributes) {
    Map<String, String> names = new HashMap<>();
    for (String attribute : attributes) {
      names.put("#" + attribute, attribute);
    }
    return names;
  }
}
