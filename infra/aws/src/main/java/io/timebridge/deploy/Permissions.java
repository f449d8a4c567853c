package io.timebridge.deploy;

import io.timebridge.aws.RequiredResources.KeysOnlyIndex;
import io.timebridge.aws.RequiredResources.TableShape;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What each process may do in AWS: the calls that it makes, and no other. A test holds this list to
 * the calls that running processes were seen to make.
 */
final class Permissions {
  private Permissions() {}

  /** Who is given a role. */
  enum Who {
    POLLER,
    WORKER,
    /** A person, for the commands {@code settings}, {@code dlq}, {@code login}, {@code cleanup}. */
    OPERATOR
  }

  /** Actions of one service on some things. */
  record Grant(String service, List<String> actions, List<Thing> things) {
    Grant {
      actions = List.copyOf(actions);
      things = List.copyOf(things);
    }
  }

  /** What an action is done to. */
  sealed interface Thing {
    record Stream(StreamName stream) implements Thing {}

    record Table(TableName table) implements Thing {}

    record Index(TableName table, KeysOnlyIndex index) implements Thing {}

    /** The table of a KCL application. */
    record Leases(StreamName stream) implements Thing {}

    record LeaseIndex(StreamName stream, KeysOnlyIndex index) implements Thing {}

    record Queue(QueueName queue) implements Thing {}

    record AlertTopic() implements Thing {}

    /** The settings below the deployment's path. */
    record Parameters(String path) implements Thing {}

    /** Everything: for an action that cannot be told on what. */
    record Anything() implements Thing {}

    /** Its name within its service, as in an ARN's last part, with the kind before it. */
    default String path(Names names) {
      return switch (this) {
        case Stream(StreamName stream) -> "stream/" + names.stream(stream);
        case Table(TableName table) -> "table/" + names.table(table);
        case Index(TableName table, KeysOnlyIndex index) ->
            "table/" + names.table(table) + "/index/" + index.name();
        case Leases(StreamName stream) -> "table/" + names.application(stream);
        case LeaseIndex(StreamName stream, KeysOnlyIndex index) ->
            "table/" + names.application(stream) + "/index/" + index.name();
        case Queue(QueueName queue) -> "queue/" + names.queue(queue);
        case AlertTopic() -> "topic/" + names.alertTopic();
        case Parameters(String path) -> "parameters" + path;
        case Anything() -> "*";
      };
    }
  }

  static List<Grant> of(Who who, String parameterPath) {
    List<Grant> grants =
        new ArrayList<>(
            switch (who) {
              case POLLER -> poller();
              case WORKER -> worker();
              case OPERATOR -> operator();
            });
    grants.add(
        new Grant(
            "ssm",
            List.of("GetParametersByPath"),
            List.of(new Thing.Parameters(parameterPath))));
    return grants;
  }

  private static List<Grant> poller() {
    return List.of(
        new Grant(
            "kinesis",
            List.of("DescribeStreamSummary", "PutRecords"),
            List.of(new Thing.Stream(StreamName.JOB_EVENTS))),
        new Grant(
            "dynamodb",
            List.of("Scan", "UpdateItem"),
            List.of(new Thing.Table(TableName.JOB_DATA))),
        new Grant(
            "dynamodb",
            List.of("GetItem", "PutItem", "UpdateItem"),
            List.of(new Thing.Table(TableName.COORDINATION))));
  }

  private static List<Grant> worker() {
    List<Thing> streams =
        Arrays.stream(StreamName.values()).<Thing>map(Thing.Stream::new).toList();
    List<Thing> tables = Arrays.stream(TableName.values()).<Thing>map(Thing.Table::new).toList();
    List<Thing> leases =
        Arrays.stream(StreamName.values()).<Thing>map(Thing.Leases::new).toList();
    List<Thing> leaseIndexes =
        Arrays.stream(StreamName.values())
            .<Thing>flatMap(stream ->
                TableShape.ofLeases().indexes().stream()
                    .map(index -> new Thing.LeaseIndex(stream, index)))
            .toList();
    return List.of(
        new Grant(
            "kinesis",
            List.of("DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"),
            streams),
        new Grant(
            "kinesis",
            List.of("PutRecord"),
            List.of(new Thing.Stream(StreamName.TIMESHEET_EVENTS))),
        new Grant("dynamodb", List.of("DescribeTable"), tables),
        new Grant(
            "dynamodb",
            List.of("DeleteItem", "DescribeTable", "GetItem", "PutItem", "Scan", "UpdateItem"),
            leases),
        new Grant("dynamodb", List.of("Query"), leaseIndexes),
        new Grant(
            "dynamodb",
            List.of("GetItem", "UpdateItem"),
            List.of(new Thing.Table(TableName.TIMESHEET_ENTRIES))));
  }

  private static List<Grant> operator() {
    return List.of();
  }
}
