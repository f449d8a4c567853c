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
import java.util.stream.Stream;

/**
 * What each process may do in AWS: the calls that it makes, and no other. A test holds this list to
 * the calls that running processes were seen to make.
 */
final class Permissions {
  private static final String DYNAMODB = "dynamodb";
  private static final String SQS = "sqs";

  /** Of the setting {@code first-service.webhook-secrets}, below the deployment's path. */
  private static final String WEBHOOK_SECRETS = "/first-service/webhook-secrets";

  /** Of {@code second-service.password}. */
  private static final String PASSWORD = "/second-service/password";

  private Permissions() {}

  /** Who is given a role. */
  enum Who {
    POLLER,
    WORKER,
    /** A person, for the operators' commands. */
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
    record DataStream(StreamName stream) implements Thing {}

    record Table(TableName table) implements Thing {}

    record Index(TableName table, KeysOnlyIndex index) implements Thing {}

    /** The table of a KCL application. */
    record Leases(StreamName stream) implements Thing {}

    record LeaseIndex(StreamName stream, KeysOnlyIndex index) implements Thing {}

    /**
     * A table that KCL would have had for the application before version 3.5, and looks for to move
     * it; there is none.
     */
    record FormerTable(StreamName stream, String ending) implements Thing {}

    record Queue(QueueName queue) implements Thing {}

    record AlertTopic() implements Thing {}

    /** The settings below the deployment's path. */
    record Parameters(String path) implements Thing {}

    /** A single setting, by its whole path. */
    record Parameter(String path) implements Thing {}

    /** What runs the tasks of a process. */
    record Service(String process) implements Thing {}

    /** What a process logs. */
    record Log(String process) implements Thing {}

    /** The stack of all of this. */
    record WorkStack() implements Thing {}

    /** Everything: for an action that cannot be told on what. */
    record Anything() implements Thing {}

    /**
     * Its name within its service, as in an ARN's last part, with the kind before it; where the
     * name is made only with the stack, what it is here.
     */
    default String path(Names names) {
      return switch (this) {
        case DataStream(StreamName stream) -> "stream/" + names.stream(stream);
        case Table(TableName table) -> "table/" + names.table(table);
        case Index(TableName table, KeysOnlyIndex index) ->
            "table/" + names.table(table) + "/index/" + index.name();
        case Leases(StreamName stream) -> "table/" + names.application(stream);
        case LeaseIndex(StreamName stream, KeysOnlyIndex index) ->
            "table/" + names.application(stream) + "/index/" + index.name();
        case FormerTable(StreamName stream, String ending) ->
            "table/" + names.application(stream) + ending;
        case Queue(QueueName queue) -> "queue/" + names.queue(queue);
        case AlertTopic() -> "topic/" + names.alertTopic();
        case Parameters(String path) -> "parameters" + path;
        case Parameter(String path) -> "parameters" + path;
        case Service(String process) -> "service/" + process;
        case Log(String process) -> "log-group/" + process;
        case WorkStack() -> "stack/work";
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
              case OPERATOR -> operator(parameterPath);
            });
    grants.add(
        new Grant(
            "ssm", List.of("GetParametersByPath"), List.of(new Thing.Parameters(parameterPath))));
    return grants;
  }

  private static List<Grant> poller() {
    return List.of(
        kinesis(List.of("PutRecords"), StreamName.JOB_EVENTS),
        table(List.of("Scan", "UpdateItem"), TableName.JOB_DATA),
        table(List.of("GetItem", "PutItem", "UpdateItem"), TableName.COORDINATION),
        new Grant(
            SQS,
            List.of("DeleteMessage", "GetQueueUrl", "ReceiveMessage"),
            List.of(new Thing.Queue(QueueName.TICKS))),
        new Grant("sns", List.of("Publish"), List.of(new Thing.AlertTopic())),
        new Grant("sns", List.of("ListTopics"), List.of(new Thing.Anything())));
  }

  private static List<Grant> worker() {
    List<StreamName> streams = Arrays.asList(StreamName.values());
    return List.of(
        kinesis(
            List.of("DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"),
            StreamName.values()),
        // asks for an entry to be verified
        kinesis(List.of("PutRecord"), StreamName.TIMESHEET_EVENTS),
        table(List.of("DescribeTable"), TableName.values()),
        // the last four also for clean-up, which a worker does by itself
        table(
            List.of("BatchGetItem", "GetItem", "DeleteItem", "PutItem", "Scan", "UpdateItem"),
            TableName.TIMESHEET_ENTRIES),
        table(
            List.of("BatchGetItem", "DeleteItem", "PutItem", "Query", "UpdateItem"),
            TableName.PARKED_EVENTS),
        indexes(TableName.TIMESHEET_ENTRIES, TableName.PARKED_EVENTS),
        table(List.of("GetItem", "Scan"), TableName.LABEL_TASK_MAPPING),
        table(List.of("GetItem", "UpdateItem"), TableName.JOB_DATA),
        table(List.of("GetItem", "PutItem"), TableName.TIMESHEET_BACKUP),
        // also tells of itself, and takes away what dead ones told
        table(
            List.of("DeleteItem", "GetItem", "PutItem", "Scan", "UpdateItem"),
            TableName.COORDINATION),
        new Grant(
            DYNAMODB,
            List.of("DeleteItem", "DescribeTable", "GetItem", "PutItem", "Scan", "UpdateItem"),
            streams.stream().<Thing>map(Thing.Leases::new).toList()),
        new Grant(
            DYNAMODB,
            List.of("Query"),
            streams.stream()
                .flatMap(stream ->
                    TableShape.ofLeases().indexes().stream()
                        .<Thing>map(index -> new Thing.LeaseIndex(stream, index)))
                .toList()),
        new Grant(
            DYNAMODB,
            List.of("DescribeTable"),
            streams.stream()
                .flatMap(stream ->
                    Stream.of("-CoordinatorState", "-WorkerMetricStats")
                        .<Thing>map(ending -> new Thing.FormerTable(stream, ending)))
                .toList()),
        new Grant(
            SQS,
            List.of(
                "ChangeMessageVisibility",
                "DeleteMessage",
                "GetQueueUrl",
                "ReceiveMessage",
                "SendMessage"),
            List.of(new Thing.Queue(QueueName.RETRY))),
        new Grant(
            SQS, List.of("GetQueueUrl"), List.of(new Thing.Queue(QueueName.RETRY_DEAD_LETTERS))),
        new Grant("sns", List.of("Publish"), List.of(new Thing.AlertTopic())),
        new Grant("sns", List.of("ListTopics"), List.of(new Thing.Anything())));
  }

  private static List<Grant> operator(String parameterPath) {
    return Stream.concat(commands(parameterPath).stream(), runBook(parameterPath).stream())
        .toList();
  }

  /** What the steps of docs/OPERATIONS.md take beside the operators' commands. */
  private static List<Grant> runBook(String parameterPath) {
    return List.of(
        kinesis(List.of("IncreaseStreamRetentionPeriod"), StreamName.values()),
        new Grant(
            "ecs",
            List.of("DescribeServices", "UpdateService"),
            Tasks.PROCESSES.stream().<Thing>map(Thing.Service::new).toList()),
        new Grant(
            "logs",
            List.of("FilterLogEvents"),
            Tasks.PROCESSES.stream().<Thing>map(Thing.Log::new).toList()),
        new Grant("cloudformation", List.of("DescribeStacks"), List.of(new Thing.WorkStack())),
        new Grant(
            SQS,
            List.of("PurgeQueue"),
            List.of(
                new Thing.Queue(QueueName.RETRY_DEAD_LETTERS),
                new Thing.Queue(QueueName.TICK_DEAD_LETTERS))),
        new Grant(
            "ssm",
            List.of("PutParameter"),
            List.of(new Thing.Parameter(parameterPath + PASSWORD))));
  }

  private static List<Grant> commands(String parameterPath) {
    return List.of(
        // a record that was kept out is put on its stream again
        kinesis(List.of("PutRecord"), StreamName.values()),
        // clean-up and replay ask how long records are kept, and doctor how all of it is
        kinesis(List.of("DescribeStreamSummary"), StreamName.values()),
        table(List.of("DescribeContinuousBackups", "DescribeTable"), TableName.values()),
        new Grant(
            DYNAMODB,
            List.of("DescribeTable", "GetItem", "Scan"),
            Arrays.stream(StreamName.values()).<Thing>map(Thing.Leases::new).toList()),
        new Grant(
            SQS,
            List.of("GetQueueAttributes", "GetQueueUrl"),
            Arrays.stream(QueueName.values()).<Thing>map(Thing.Queue::new).toList()),
        new Grant("sns", List.of("ListSubscriptionsByTopic"), List.of(new Thing.AlertTopic())),
        new Grant("sns", List.of("ListTopics"), List.of(new Thing.Anything())),
        // lag and replay look behind the checkpoints; replay and reconcile publish
        kinesis(
            List.of("GetRecords", "GetShardIterator", "ListShards", "PutRecords"),
            StreamName.values()),
        // a replay compares with what was applied and backed up
        table(List.of("GetItem", "Scan"), TableName.JOB_DATA),
        table(List.of("GetItem", "Scan"), TableName.TIMESHEET_BACKUP),
        table(
            List.of("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Scan", "UpdateItem"),
            TableName.TIMESHEET_ENTRIES),
        table(List.of("BatchGetItem", "DeleteItem", "PutItem", "Query"), TableName.PARKED_EVENTS),
        indexes(TableName.TIMESHEET_ENTRIES, TableName.PARKED_EVENTS),
        table(List.of("DeleteItem", "GetItem", "PutItem", "Scan"), TableName.LABEL_TASK_MAPPING),
        table(List.of("GetItem", "PutItem", "Scan", "UpdateItem"), TableName.COORDINATION),
        // bootstrap makes a secret where there is none
        new Grant(
            "ssm",
            List.of("PutParameter"),
            List.of(new Thing.Parameter(parameterPath + WEBHOOK_SECRETS))),
        new Grant(SQS, List.of("SendMessage"), List.of(new Thing.Queue(QueueName.RETRY))));
  }

  private static Grant kinesis(List<String> actions, StreamName... streams) {
    return new Grant(
        "kinesis", actions, Arrays.stream(streams).<Thing>map(Thing.DataStream::new).toList());
  }

  private static Grant table(List<String> actions, TableName... tables) {
    return new Grant(
        DYNAMODB, actions, Arrays.stream(tables).<Thing>map(Thing.Table::new).toList());
  }

  private static Grant indexes(TableName... tables) {
    return new Grant(
        DYNAMODB,
        List.of("Query"),
        Arrays.stream(tables)
            .flatMap(table ->
                TableShape.of(table).indexes().stream()
                    .<Thing>map(index -> new Thing.Index(table, index)))
            .toList());
  }
}
