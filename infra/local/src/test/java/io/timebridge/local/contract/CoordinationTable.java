package io.timebridge.local.contract;

import io.timebridge.aws.AwsClients;
import io.timebridge.local.aws.LocalDynamoDb;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A real DynamoDB engine with fresh tables of {@link TableName#COORDINATION}. */
public final class CoordinationTable implements AutoCloseable {
  private static final AtomicInteger PREFIX = new AtomicInteger();

  private final LocalDynamoDb server = LocalDynamoDb.start(0);
  private final DynamoDbClient dynamoDb = client();

  /** Another client of the same engine: the caller's to close. */
  public DynamoDbClient client() {
    return new AwsClients(
            new Settings.Aws("us-east-1", Map.of("dynamodb", server.endpoint()), true))
        .dynamoDb();
  }

  public DynamoDbClient dynamoDb() {
    return dynamoDb;
  }

  /** The names of a deployment whose table is there and empty. */
  public Names fresh() {
    Names names = new Names("t" + PREFIX.incrementAndGet() + "-");
    dynamoDb.createTable(t ->
        t.tableName(names.table(TableName.COORDINATION))
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .keySchema(
                KeySchemaElement.builder()
                    .attributeName(TableName.COORDINATION.hashKey())
                    .keyType(KeyType.HASH)
                    .build())
            .attributeDefinitions(
                AttributeDefinition.builder()
                    .attributeName(TableName.COORDINATION.hashKey())
                    .attributeType(ScalarAttributeType.S)
                    .build()));
    return names;
  }

  /** A row as it is; empty when there is none. */
  public Map<String, AttributeValue> row(Names names, String name) {
    return dynamoDb
        .getItem(r ->
            r.tableName(names.table(TableName.COORDINATION))
                .key(Map.of(TableName.COORDINATION.hashKey(), AttributeValue.fromS(name)))
                .consistentRead(true))
        .item();
  }

  @Override
  public void close() {
    dynamoDb.close();
    server.close();
  }
}
