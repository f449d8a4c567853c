package io.timebridge.bench.backlog;

import io.timebridge.bench.measure.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/** Puts all records, each key's in order: every key has one of the threads. */
final class Filler {
  private static final int THREADS = 4;
  private static final int MOST_PER_CALL = 500;
  private static final int MOST_BYTES_PER_CALL = 4 << 20;

  private final KinesisClient kinesis;
  private final String stream;
  private final BacklogOrder order;
  private final Numbering numbering;

  Filler(KinesisClient kinesis, String stream, BacklogOrder order) {
    this.kinesis = kinesis;
    this.stream = stream;
    this.order = order;
    this.numbering = new Numbering(order.records(), order.keys());
  }

  /**
   * Returns when all of them are in the stream.
   *
   * @throws IllegalStateException when one was not taken
   */
  void fill() throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> fillings = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int mine = thread;
        fillings.add(threads.submit(() -> fill(mine)));
      }
      try {
        for (Future<?> filling : fillings) {
          filling.get();
        }
      } catch (ExecutionException failed) {
        threads.shutdownNow();
        throw new IllegalStateException("the stream was not filled: " + failed, failed);
      }
    }
  }

  private void fill(int thread) {
    int perCall = Math.min(MOST_PER_CALL, MOST_BYTES_PER_CALL / order.bytes());
    List<PutRecordsRequestEntry> entries = new ArrayList<>(perCall);
    for (int record = 0; record < order.records(); record++) {
      Payload.Mark mark = numbering.mark(record);
      if (mark.key() % THREADS == thread) {
        entries.add(
            PutRecordsRequestEntry.builder()
                .partitionKey(Payload.partitionKey(mark.key()))
                .data(SdkBytes.fromByteArrayUnsafe(Numbering.encode(mark, order.bytes())))
                .build());
      }
      if (entries.size() == perCall) {
        put(entries);
        entries.clear();
      }
    }
    if (!entries.isEmpty()) {
      put(entries);
    }
  }

  private void put(List<PutRecordsRequestEntry> entries) {
    PutRecordsResponse answer = kinesis.putRecords(r -> r.streamName(stream).records(entries));
    if (answer.failedRecordCount() != 0) {
      throw new IllegalStateException(answer.failedRecordCount() + " records were not taken");
    }
  }
}
