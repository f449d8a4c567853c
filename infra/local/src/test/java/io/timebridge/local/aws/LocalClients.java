package io.timebridge.local.aws;

import io.timebridge.aws.AwsClients;
import io.timebridge.settings.Settings;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** The project's own clients, led to a local service. */
final class LocalClients {
  private LocalClients() {}

  static AwsClients of(String service, URI endpoint) {
    return of(Map.of(service, endpoint));
  }

  /** Makes a table with one string key. */
  static void createTable(DynamoDbClient dynamoDb, String name, String hash) {
    dynamoDb.createTable(r ->
        r.tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .keySchema(KeySchemaElement.builder().attributeName(hash).keyType(KeyType.HASH).build())
            .attributeDefinitions(
                AttributeDefinition.builder()
                    .attributeName(hash)
                    .attributeType(ScalarAttributeType.S)
                    .build()));
  }

  static AwsClients of(Map<String, URI> endpoints) {
    return new AwsClients(new Settings.Aws("us-east-1", endpoints, true));
  }
}
