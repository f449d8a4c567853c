package io.timebridge.worker;

import io.timebridge.ordering.ShardLanes;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.NullMarked;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.kinesis.coordinator.NoOpWorkerStateChangeListener;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.Checkpointer;
import software.amazon.kinesis.processor.PreparedCheckpointer;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.ShardRecordProcessorFactory;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/**
 * Parts of the worker that the benchmark uses one at a time; it stands in the worker's package,
 * since the product has no use for a door there.
 */
@NullMarked
public final class WorkerParts {
  private WorkerParts() {}

  /** KCL set up as {@link KclApplication} does, its lease table ready, with other processors. */
  public static Scheduler scheduler(
      KclApplication.Source source,
      KclApplication.Options options,
      KclApplication.Clients clients,
      ShardRecordProcessorFactory processors) {
    new LeaseTable(clients, source).prepare();
    return new KclConfigs(
            source, options, clients, WorkerParts::unbounded, processors, new NullMetricsFactory())
        .scheduler(new NoOpWorkerStateChangeListener());
  }

  /** The worker's record processor, initialized, of a shard that is never lost. */
  public static <R> ShardRecordProcessor recordProcessor(
      String stream,
      KclApplication.Work<R> work,
      KclApplication.Options options,
      Function<String, ShardLanes<R>> lanes,
      String shard) {
    KclRecordProcessor<R> processor =
        new KclRecordProcessor<>(
            new KclRecordProcessor.Parts<>(
                stream,
                work.decoder(),
                lanes,
                WorkerParts::unbounded,
                new Ours(),
                options.checkpointEvery(),
                options.stopWithin(),
                System::nanoTime,
                work.checkpoints(),
                new Lags(InstantSource.system())));
    processor.initialize(
        InitializationInput.builder()
            .shardId(shard)
            .extendedSequenceNumber(ExtendedSequenceNumber.TRIM_HORIZON)
            .build());
    return processor;
  }

  /** One batch, as KCL hands it over; checkpoints go nowhere. */
  public static void process(ShardRecordProcessor processor, List<KinesisClientRecord> batch) {
    processor.processRecords(
        ProcessRecordsInput.builder().records(batch).checkpointer(new Nowhere()).build());
  }

  /** KCL's own bounds hold alone: nobody tells of what has been handed over. */
  private static ReadAhead unbounded(String shard) {
    return new ReadAhead(shard, Integer.MAX_VALUE, Long.MAX_VALUE, ReadAhead.LOST_AFTER);
  }

  private static final class Ours implements Ownership {
    @Override
    public Standing standing(String shard) {
      return Standing.OURS;
    }

    @Override
    public void giveUp(String shard) {
      throw new IllegalStateException("a record was not taken: shard=" + shard);
    }
  }

  private static final class Nowhere implements RecordProcessorCheckpointer {
    @Override
    public void checkpoint() {}

    @Override
    public void checkpoint(Record record) {}

    @Override
    public void checkpoint(String sequenceNumber) {}

    @Override
    public void checkpoint(String sequenceNumber, long subSequenceNumber) {}

    @Override
    public PreparedCheckpointer prepareCheckpoint() {
      throw new UnsupportedOperationException();
    }

    @Override
    public PreparedCheckpointer prepareCheckpoint(byte[] applicationState) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PreparedCheckpointer prepareCheckpoint(Record record) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PreparedCheckpointer prepareCheckpoint(Record record, byte[] applicationState) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PreparedCheckpointer prepareCheckpoint(String sequenceNumber) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PreparedCheckpointer prepareCheckpoint(String sequenceNumber, byte[] applicationState) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PreparedCheckpointer prepareCheckpoint(String sequenceNumber, long subSequenceNumber) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PreparedCheckpointer prepareCheckpoint(
        String sequenceNumber, long subSequenceNumber, byte[] applicationState) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Checkpointer checkpointer() {
      throw new UnsupportedOperationException();
    }
  }
}
