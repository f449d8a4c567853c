package io.timebridge.local.calls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;

/**
 * Writes down, once each, which action of IAM this process needs on what: one line {@code
 * service:Action resource}, in a file named by the system property {@value #FILE}. Does nothing
 * without it. The SDK makes one per client, so what was seen is kept in one place for all.
 * Thread-safe.
 */
public final class CallRecorder implements ExecutionInterceptor {
  /** The file that lines are added to. */
  public static final String FILE = "timebridge.calls.file";

  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  /** Which stream an iterator reads; {@code GetRecords} names none. */
  private static final Map<String, String> ITERATORS = new ConcurrentHashMap<>();

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    String file = System.getProperty(FILE);
    if (file == null) {
      return;
    }
    String service =
        attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME).toLowerCase(Locale.ROOT);
    String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
    for (String what : needed(operation, context.request())) {
      String line = service + ":" + what;
      if (SEEN.add(line)) {
        append(Path.of(file), line);
      }
    }
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    if (System.getProperty(FILE) == null) {
      return;
    }
    if (context.request() instanceof GetShardIteratorRequest asked
        && context.response() instanceof GetShardIteratorResponse given) {
      ITERATORS.put(given.shardIterator(), asked.streamName());
    } else if (context.request() instanceof GetRecordsRequest read
        && context.response() instanceof GetRecordsResponse records
        && records.nextShardIterator() != null) {
      Optional.ofNullable(ITERATORS.remove(read.shardIterator()))
          .ifPresent(stream -> ITERATORS.put(records.nextShardIterator(), stream));
    }
  }

  private static List<String> needed(String operation, SdkRequest request) {
    return switch (request) {
      case TransactWriteItemsRequest transaction ->
          transaction.transactItems().stream().map(CallRecorder::needed).toList();
      case BatchGetItemRequest batch ->
          batch.requestItems().keySet().stream().map(t -> operation + " table/" + t).toList();
      case BatchWriteItemRequest batch ->
          batch.requestItems().keySet().stream().map(t -> operation + " table/" + t).toList();
      default -> List.of(operation + " " + resource(request));
    };
  }

  /** Each part of a transaction needs its own action. */
  private static String needed(TransactWriteItem item) {
    List<String> needed = new ArrayList<>();
    Optional.ofNullable(item.put()).ifPresent(p -> needed.add("PutItem table/" + p.tableName()));
    Optional.ofNullable(item.update())
        .ifPresent(u -> needed.add("UpdateItem table/" + u.tableName()));
    Optional.ofNullable(item.delete())
        .ifPresent(d -> needed.add("DeleteItem table/" + d.tableName()));
    Optional.ofNullable(item.conditionCheck())
        .ifPresent(c -> needed.add("ConditionCheckItem table/" + c.tableName()));
    return needed.getFirst();
  }

  private static String resource(SdkRequest request) {
    Optional<String> table = field(request, "TableName");
    if (table.isPresent()) {
      return "table/"
          + table.get()
          + field(request, "IndexName").map(i -> "/index/" + i).orElse("");
    }
    if (request instanceof GetRecordsRequest read) {
      return "stream/" + ITERATORS.getOrDefault(read.shardIterator(), "unknown");
    }
    return field(request, "StreamName")
        .map(s -> "stream/" + s)
        .or(() -> field(request, "QueueName").map(q -> "queue/" + q))
        .or(() -> field(request, "QueueUrl").map(q -> "queue/" + last(q, '/')))
        .or(() -> field(request, "TopicArn").map(t -> "topic/" + last(t, ':')))
        .or(() -> field(request, "Path").map(p -> "parameters" + p))
        .orElse("*");
  }

  private static Optional<String> field(SdkRequest request, String name) {
    return request.getValueForField(name, String.class);
  }

  private static String last(String text, char separator) {
    return text.substring(text.lastIndexOf(separator) + 1);
  }

  private static void append(Path file, String line) {
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException notWritten) {
      throw new UncheckedIOException(notWritten);
    }
  }
}
