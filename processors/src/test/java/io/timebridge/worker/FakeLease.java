package io.timebridge.worker;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import software.amazon.kinesis.checkpoint.Checkpoint;
import software.amazon.kinesis.checkpoint.ShardRecordProcessorCheckpointer;
import software.amazon.kinesis.exceptions.KinesisClientLibException;
import software.amazon.kinesis.leases.ShardInfo;
import software.amazon.kinesis.processor.Checkpointer;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/** A lease behind KCL's own checkpointer: remembers what was written, fails when told to. */
final class FakeLease implements Checkpointer, Ownership {
  static final String SHARD = "shardId-000000000007";

  final List<String> written = new CopyOnWriteArrayList<>();
  final List<String> givenUp = new CopyOnWriteArrayList<>();
  volatile @Nullable Exception failure;
  volatile Standing standing = Standing.OURS;
  final ShardRecordProcessorCheckpointer kcl =
      new ShardRecordProcessorCheckpointer(
          new ShardInfo(
              SHARD, UUID.randomUUID().toString(), List.of(), ExtendedSequenceNumber.TRIM_HORIZON),
          this);

  FakeLease() {
    kcl.setInitialCheckpointValue(ExtendedSequenceNumber.TRIM_HORIZON);
  }

  /** What KCL does before it hands a batch over. */
  void delivered(long sequence) {
    kcl.largestPermittedCheckpointValue(new ExtendedSequenceNumber(Long.toString(sequence)));
  }

  /** What KCL does before it says that the shard has ended. */
  void ended() {
    kcl.sequenceNumberAtShardEnd(kcl.largestPermittedCheckpointValue());
    kcl.largestPermittedCheckpointValue(ExtendedSequenceNumber.SHARD_END);
  }

  @Override
  public Standing standing(String shard) {
    return standing;
  }

  @Override
  public void giveUp(String shard) {
    givenUp.add(shard);
  }

  @Override
  public void setCheckpoint(String lease, ExtendedSequenceNumber value, String token)
      throws KinesisClientLibException {
    switch (failure) {
      case null -> {}
      case KinesisClientLibException planned -> throw planned;
      case RuntimeException planned -> throw planned;
      case Exception other -> throw new IllegalArgumentException(other);
    }
    written.add(value.sequenceNumber());
  }

  @Override
  public ExtendedSequenceNumber getCheckpoint(String lease) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Checkpoint getCheckpointObject(String lease) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void prepareCheckpoint(String lease, ExtendedSequenceNumber pending, String token) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void prepareCheckpoint(
      String lease, ExtendedSequenceNumber pending, String token, byte[] state) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void operation(String operation) {}

  @Override
  public String operation() {
    return "";
  }
}
