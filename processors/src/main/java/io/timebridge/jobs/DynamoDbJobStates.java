package io.timebridge.jobs;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.DynamoDbParkedEvents;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * {@link JobStates} on the rows of table {@link TableName#JOB_DATA}, whose {@code id} is the event
 * key. Touches only its own attributes, and makes the row where it is missing: {@code
 * applied_epoch}, {@code applied_sequence} (zero-padded text), {@code applied_hash} (SHA-256 of the
 * state in the event), {@code applied_state} (the event), {@code project_id} (or {@code
 * client_id}). Reads are consistent.
 */
public final class DynamoDbJobStates implements JobStates {
  private static final String CONDITION =
      "attribute_not_exists(applied_epoch) OR applied_epoch < :epoch"
          + " OR (applied_epoch = :epoch AND applied_sequence <= :sequence)";

  private final DynamoDbClient dynamo;
  private final String table;

  public DynamoDbJobStates(DynamoDbClient dynamo, Names names) {
    this.dynamo = dynamo;
    this.table = names.table(TableName.JOB_DATA);
  }

  @Override
  public Optional<State> read(String key) throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> item =
        DynamoDbCall.run(
            "reading " + key + " in " + table,
            () ->
                dynamo
                    .getItem(get -> get.tableName(table).key(row(key)).consistentRead(true))
                    .item());
    if (!item.containsKey("applied_epoch") || !item.containsKey("applied_sequence")) {
      return Optional.empty();
    }
    AttributeValue remote = item.get(remoteId(key));
    return Optional.of(
        new State(
            Long.parseLong(item.get("applied_epoch").n()),
            new BigInteger(item.get("applied_sequence").s()),
            Optional.ofNullable(item.get("applied_state"))
                .flatMap(state -> JobEvent.decode(state.s().getBytes(StandardCharsets.UTF_8))),
            remote == null ? 0 : Long.parseLong(remote.n())));
  }

  @Override
  public boolean write(String key, State state) throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":epoch", AttributeValue.fromN(Long.toString(state.epoch())));
    values.put(":sequence", AttributeValue.fromS(DynamoDbParkedEvents.sequence(state.sequence())));
    values.put(":remote", AttributeValue.fromN(Long.toString(state.remoteId())));
    String set =
        "SET applied_epoch = :epoch, applied_sequence = :sequence, " + remoteId(key) + " = :remote";
    String expression;
    if (state.applied().isPresent()) {
      JobEvent event = state.applied().get();
      values.put(
          ":state", AttributeValue.fromS(new String(event.encode(), StandardCharsets.UTF_8)));
      values.put(":hash", AttributeValue.fromS(hash(event)));
      expression = set + ", applied_state = :state, applied_hash = :hash";
    } else {
      expression = set + " REMOVE applied_state, applied_hash";
    }
    try {
      DynamoDbCall.run(
          "writing " + key + " in " + table,
          () ->
              dynamo.updateItem(update ->
                  update
                      .tableName(table)
                      .key(row(key))
                      .updateExpression(expression)
                      .conditionExpression(CONDITION)
                      .expressionAttributeValues(values)));
      return true;
    } catch (ConditionalCheckFailedException newerThere) {
      return false;
    }
  }

  /** The same for two events that carry the same state. */
  private static String hash(JobEvent event) {
    try {
      byte[] state = JobStates.bare(event).encode();
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(state));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static Map<String, AttributeValue> row(String key) {
    return Map.of(TableName.JOB_DATA.hashKey(), AttributeValue.fromS(key));
  }

  private static String remoteId(String key) {
    return key.startsWith("client-") ? "client_id" : "project_id";
  }
}
