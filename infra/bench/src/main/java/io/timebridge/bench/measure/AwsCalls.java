package io.timebridge.bench.measure;

import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * Sees every call that any AWS client of this JVM sends to DynamoDB, KCL's included, each attempt
 * of its own. The SDK finds it by {@code
 * software/amazon/awssdk/global/handlers/execution.interceptors} and makes one per client, which is
 * why the calls are kept in one place for all. Thread-safe.
 */
public final class AwsCalls implements ExecutionInterceptor {
  private static final Queue<Call> CALLS = new ConcurrentLinkedQueue<>();

  private record Call(long atNanos, String what) {}

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    if ("DynamoDb".equals(attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME))) {
      String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
      CALLS.add(new Call(System.nanoTime(), what(operation, context)));
    }
  }

  /** Operation and table; an update that writes a checkpoint is told from a lease's renewal. */
  private static String what(String operation, Context.BeforeTransmission context) {
    String table =
        context.request().getValueForField("TableName", String.class).orElse("several tables");
    boolean checkpoint =
        context.request() instanceof UpdateItemRequest update
            && update.attributeUpdates().containsKey("checkpoint");
    return operation + (checkpoint ? " (checkpoint) " : " ") + table;
  }

  /** How often each operation was called on each table, from one moment up to another. */
  public static Map<String, Long> between(long fromNanos, long toNanos) {
    Map<String, Long> counts = new TreeMap<>();
    for (Call call : CALLS) {
      if (call.atNanos() - fromNanos >= 0 && call.atNanos() - toNanos < 0) {
        counts.merge(call.what(), 1L, Long::sum);
      }
    }
    return counts;
  }
}
