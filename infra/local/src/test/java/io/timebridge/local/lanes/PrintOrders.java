package io.timebridge.local.lanes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.timebridge.ordering.Outcome;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.WorkerId;
import java.io.IOException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/** Prints the records of a stream: in order per partition key, a hundred keys at a time. */
final class PrintOrders {
  public static void main(String[] args) throws IOException {
    var source = new KclApplication.Source("orders", "print-orders", WorkerId.create());
    var clients =
        new KclApplication.Clients(
            KinesisAsyncClient.create(),
            DynamoDbAsyncClient.create(),
            CloudWatchAsyncClient.create());
    var work =
        new KclApplication.Work<String>(
            raw -> new String(raw.data(), UTF_8),
            (key, records) -> {
              System.out.println(key + " " + records.getLast());
              return new Outcome.Applied("printed");
            });
    try (var orders =
        new KclApplication<>(source, KclApplication.Options.defaults(), clients, work)) {
      orders.start();
      System.in.read(); // until somebody presses return
    }
    System.exit(0); // KCL leaves idle threads behind
  }
}
