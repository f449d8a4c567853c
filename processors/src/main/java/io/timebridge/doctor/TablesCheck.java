package io.timebridge.doctor;

import io.timebridge.aws.RequiredResources;
import io.timebridge.aws.RequiredResources.KeysOnlyIndex;
import io.timebridge.aws.RequiredResources.TableKey;
import io.timebridge.aws.RequiredResources.TableShape;
import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryStatus;

/**
 * Each table is there, with the keys and indexes of the contract, and can be restored to any second
 * of the last weeks. Lease tables are the check of the workers.
 */
final class TablesCheck {
  private final DynamoDbClient dynamoDb;
  private final Names names;
  private final AwsCommand aws;

  TablesCheck(DynamoDbClient dynamoDb, Names names, AwsCommand aws) {
    this.dynamoDb = dynamoDb;
    this.names = names;
    this.aws = aws;
  }

  /** Whether a table can be restored. */
  private enum Recovery {
    ON,
    OFF,
    /** This DynamoDB does not know of it: one for tests and development. */
    UNKNOWN
  }

  List<Finding> look() {
    List<Finding> findings = new ArrayList<>();
    for (TableName table : TableName.values()) {
      findings.add(look(names.table(table), TableShape.of(table)));
    }
    return findings;
  }

  private Finding look(String name, TableShape shape) {
    Optional<String> problem = RequiredResources.checkTable(dynamoDb, name, shape);
    if (problem.isPresent()) {
      return new Wrong(
          problem.get(),
          problem.get().endsWith("does not exist")
              ? aws.making("dynamodb", making(name, shape))
              : aws.of("dynamodb", "describe-table --table-name " + name));
    }
    return switch (recovery(name)) {
      case ON -> new Well(name + " is there, with point-in-time recovery");
      case OFF ->
          new Warning(
              name + " has no point-in-time recovery: what is lost stays lost",
              aws.of(
                  "dynamodb",
                  "update-continuous-backups --table-name %s --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
                      .formatted(name)));
      case UNKNOWN -> new Well(name + " is there; point-in-time recovery cannot be seen here");
    };
  }

  private Recovery recovery(String name) {
    try {
      PointInTimeRecoveryStatus status =
          dynamoDb
              .describeContinuousBackups(r -> r.tableName(name))
              .continuousBackupsDescription()
              .pointInTimeRecoveryDescription()
              .pointInTimeRecoveryStatus();
      return status == PointInTimeRecoveryStatus.ENABLED ? Recovery.ON : Recovery.OFF;
    } catch (DynamoDbException refused) {
      if ("UnknownOperationException".equals(refused.awsErrorDetails().errorCode())) {
        return Recovery.UNKNOWN;
      }
      throw refused;
    }
  }

  private static String making(String name, TableShape shape) {
    TreeSet<String> attributes = new TreeSet<>(parts(shape.key()));
    shape.indexes().forEach(index -> attributes.addAll(parts(index.key())));
    String definitions =
        String.join(
            " ", attributes.stream().map(a -> "AttributeName=" + a + ",AttributeType=S").toList());
    String indexes =
        shape.indexes().isEmpty()
            ? ""
            : " --global-secondary-indexes "
                + String.join(" ", shape.indexes().stream().map(TablesCheck::index).toList());
    return "create-table --table-name %s --billing-mode PAY_PER_REQUEST --attribute-definitions %s --key-schema %s%s"
        .formatted(name, definitions, String.join(" ", schema(shape.key())), indexes);
  }

  private static List<String> parts(TableKey key) {
    return key.range().map(range -> List.of(key.hash(), range)).orElse(List.of(key.hash()));
  }

  private static List<String> schema(TableKey key) {
    List<String> schema = new ArrayList<>();
    schema.add("AttributeName=" + key.hash() + ",KeyType=HASH");
    key.range().ifPresent(range -> schema.add("AttributeName=" + range + ",KeyType=RANGE"));
    return schema;
  }

  private static String index(KeysOnlyIndex index) {
    return "'IndexName=%s,KeySchema=[%s],Projection={ProjectionType=KEYS_ONLY}'"
        .formatted(
            index.name(),
            String.join(",", schema(index.key()).stream().map(k -> "{" + k + "}").toList()));
  }
}
