package io.timebridge.bench.system;

import io.timebridge.bench.measure.Job;
import io.timebridge.bench.measure.Payload;
import io.timebridge.bench.measure.Traffic;
import io.timebridge.ordering.Backoff;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.ThreadTimers;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.WorkerParts;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * The worker's record processors without Kinesis and KCL: a thread per shard hands them batches of
 * {@value #BATCH}, as fast as they take them. Checkpoints go nowhere.
 */
final class DirectFeed {
  private static final int BATCH = 1000;

  private final Job job;
  private final KclApplication.Work<Payload.Mark> work;
  private final KeyLanes<Payload.Mark> lanes;

  DirectFeed(Job job, KclApplication.Work<Payload.Mark> work) {
    this.job = job;
    this.work = work;
    KclApplication.Options options = AwsOf.options(job);
    this.lanes =
        new KeyLanes<>(
            work.handler(),
            work.folding(),
            options.limits(),
            Thread.ofVirtual().name("lane-", 0)::start,
            new ThreadTimers("timers"),
            new Backoff(
                options.retryBase(),
                options.retryMax(),
                () -> ThreadLocalRandom.current().nextLong()),
            InstantSource.system());
  }

  /** Returns at once; the feeding threads end with their records. */
  void start() {
    for (int shard = 0; shard < job.shards(); shard++) {
      int index = shard;
      Thread.ofPlatform().daemon().name("feed-" + shard).start(() -> feed(index));
    }
  }

  private void feed(int shard) {
    ShardRecordProcessor processor =
        WorkerParts.recordProcessor(
            job.stream(), work, AwsOf.options(job), lanes::open, "shard-" + shard);
    Traffic traffic = new Traffic(job.keys(), job.hotKeyPercent());
    List<KinesisClientRecord> batch = new ArrayList<>(BATCH);
    for (long i = 0; i < job.records(); i++) {
      Payload.Mark mark = traffic.next();
      if (mark.key() % job.shards() == shard) {
        batch.add(record(i, mark));
      }
      if (batch.size() == BATCH) {
        WorkerParts.process(processor, batch);
        batch.clear();
      }
    }
    WorkerParts.process(processor, batch);
  }

  private static KinesisClientRecord record(long sequence, Payload.Mark mark) {
    return KinesisClientRecord.builder()
        .sequenceNumber(String.valueOf(sequence))
        .partitionKey(Payload.partitionKey(mark.key()))
        .data(ByteBuffer.wrap(Payload.encode(mark)))
        .build();
  }
}
