package io.timebridge.jobs;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * {@link JobStates} on the rows of table {@link TableName#JOB_DATA}, whose {@code id} is the event
 * key. Touches only its own attributes ({@link JobRowCodec}), and makes the row where it is
 * missing; the poller keeps its own in the same row. A reservation is a row of its own, {@code
 * adopted-<thing>}, with its {@code owner}. Reads are consistent; a failed condition returns the
 * row, so that no second read is needed to see whether it was our own lost answer.
 */
public final class DynamoDbJobStates implements JobStates {
  private static final String REV_AS_SEEN = "rev = :seen";
  private static final String NO_REV = "attribute_not_exists(rev)";
  private static final String TOKEN_IS_MINE = "intent.#token = :token";

  private final DynamoDbClient dynamo;
  private final String table;

  public DynamoDbJobStates(DynamoDbClient dynamo, Names names) {
    this.dynamo = dynamo;
    this.table = names.table(TableName.JOB_DATA);
  }

  /** One conditional write: what it sets and removes, and when. */
  private static final class Change {
    private final Map<String, AttributeValue> values = new HashMap<>();
    private final StringBuilder set = new StringBuilder("SET ");
    private String remove = "";
    private String condition = "";
    private Map<String, String> names = Map.of();

    static Change ifRev(long seen) {
      Change change = new Change();
      change.condition = seen == 0 ? NO_REV : REV_AS_SEEN;
      if (seen > 0) {
        change.values.put(":seen", JobRowCodec.number(seen));
      }
      change.set.append("rev = :rev");
      change.values.put(":rev", JobRowCodec.number(seen + 1));
      return change;
    }

    static Change ifToken(String token) {
      Change change = new Change();
      change.condition = TOKEN_IS_MINE;
      change.names = Map.of("#token", "token");
      change.values.put(":token", fromS(token));
      change.set.append("rev = rev + :one");
      change.values.put(":one", JobRowCodec.number(1));
      return change;
    }

    Change set(Map<String, AttributeValue> attributes) {
      attributes.forEach((name, value) -> {
        set.append(", ").append(name).append(" = :").append(name);
        values.put(":" + name, value);
      });
      return this;
    }

    Change result(String key, Result result) {
      remove =
          result.applied().isPresent()
              ? " REMOVE intent"
              : " REMOVE intent, applied_state, applied_hash";
      return set(JobRowCodec.result(key, result));
    }

    Change withoutIntent() {
      remove = " REMOVE intent";
      return this;
    }
  }

  @Override
  public JobRow read(String key) throws StoreTrouble, InterruptedException {
    return JobRowCodec.row(
        key,
        DynamoDbCall.run(
            "reading " + key + " in " + table,
            () ->
                dynamo
                    .getItem(get -> get.tableName(table).key(row(key)).consistentRead(true))
                    .item()));
  }

  @Override
  public boolean begin(String key, JobRow seen, JobRow.Intent intent, Position tried)
      throws StoreTrouble, InterruptedException {
    Change change =
        Change.ifRev(seen.rev())
            .set(JobRowCodec.intent(intent))
            .set(JobRowCodec.remoteId(key, seen.remoteId()))
            .set(JobRowCodec.tried(seen.tried().orLater(tried)));
    return write(
        "announcing a call for",
        key,
        change,
        row -> row.intent().filter(intent::equals).isPresent());
  }

  @Override
  public boolean finish(String key, String token, Result result)
      throws StoreTrouble, InterruptedException {
    Change change = Change.ifToken(token).result(key, result);
    return write("writing the result of", key, change, row -> holds(row, result));
  }

  @Override
  public boolean note(String key, JobRow seen, Result result)
      throws StoreTrouble, InterruptedException {
    Change change = Change.ifRev(seen.rev()).result(key, result);
    return write("writing", key, change, row -> holds(row, result));
  }

  @Override
  public void release(String key, String token) throws StoreTrouble, InterruptedException {
    boolean _ = write("releasing", key, Change.ifToken(token).withoutIntent(), row -> false);
  }

  @Override
  public boolean claim(String thing, String key) throws StoreTrouble, InterruptedException {
    try {
      DynamoDbCall.run(
          "reserving " + thing + " in " + table,
          () ->
              dynamo.updateItem(update ->
                  update
                      .tableName(table)
                      .key(row("adopted-" + thing))
                      .updateExpression("SET #owner = :owner")
                      .conditionExpression("attribute_not_exists(#owner) OR #owner = :owner")
                      .expressionAttributeNames(Map.of("#owner", "owner"))
                      .expressionAttributeValues(Map.of(":owner", fromS(key)))));
      return true;
    } catch (ConditionalCheckFailedException anothers) {
      return false;
    }
  }

  private static boolean holds(JobRow row, Result result) {
    return row.intent().isEmpty()
        && new Result(row.seen(), row.applied(), row.remoteId()).equals(result);
  }

  /** {@code mine} tells our own write, whose answer was lost, from somebody else's. */
  private boolean write(String what, String key, Change change, Predicate<JobRow> mine)
      throws StoreTrouble, InterruptedException {
    try {
      DynamoDbCall.run(
          what + " " + key + " in " + table,
          () ->
              dynamo.updateItem(update -> {
                update
                    .tableName(table)
                    .key(row(key))
                    .updateExpression(change.set + change.remove)
                    .conditionExpression(change.condition)
                    .expressionAttributeValues(change.values)
                    .returnValuesOnConditionCheckFailure(
                        ReturnValuesOnConditionCheckFailure.ALL_OLD);
                if (!change.names.isEmpty()) {
                  update.expressionAttributeNames(change.names);
                }
              }));
      return true;
    } catch (ConditionalCheckFailedException failed) {
      return failed.hasItem() && mine.test(JobRowCodec.row(key, failed.item()));
    }
  }

  private static Map<String, AttributeValue> row(String key) {
    return Map.of(TableName.JOB_DATA.hashKey(), fromS(key));
  }
}
