package io.timebridge.bench.system;

import io.timebridge.bench.measure.Job;
import io.timebridge.bench.measure.Payload;
import io.timebridge.bench.measure.Work;
import io.timebridge.worker.WorkerParts;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.KinesisClientLibDependencyException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.exceptions.ThrottlingException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * KCL as its own examples use it: each record is worked on in {@code processRecords}, one after the
 * other, and the batch is checkpointed. KCL is set up exactly as the product's worker does.
 */
final class KclSystem {
  private KclSystem() {}

  static void start(Job job, Work work) {
    Thread.ofPlatform()
        .daemon()
        .name("kcl")
        .start(
            WorkerParts.scheduler(
                AwsOf.source(job),
                AwsOf.options(job),
                AwsOf.clients(job),
                () -> new OneByOne(work)));
  }

  private static final class OneByOne implements ShardRecordProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(OneByOne.class);

    private final Work work;

    OneByOne(Work work) {
      this.work = work;
    }

    @Override
    public void initialize(InitializationInput input) {
      LOG.info("shard taken: {}", input.shardId());
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
      try {
        for (KinesisClientRecord record : input.records()) {
          work.handle(List.of(Payload.decode(record.data())));
        }
        if (!input.records().isEmpty()) {
          checkpoint(input.checkpointer());
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
      LOG.warn("lease lost");
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
      checkpoint(input.checkpointer());
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
      checkpoint(input.checkpointer());
    }

    private static void checkpoint(RecordProcessorCheckpointer kcl) {
      try {
        kcl.checkpoint();
      } catch (InvalidStateException
          | KinesisClientLibDependencyException
          | ShutdownException
          | ThrottlingException failed) {
        LOG.warn("no checkpoint", failed);
      }
    }
  }
}
