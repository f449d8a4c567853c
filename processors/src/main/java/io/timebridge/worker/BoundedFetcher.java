package io.timebridge.worker;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.retrieval.DataFetcherProviderConfig;
import software.amazon.kinesis.retrieval.polling.KinesisDataFetcher;

/** KCL's own reader of a shard, which waits while enough has been read ahead. */
final class BoundedFetcher extends KinesisDataFetcher {
  private final ReadAhead ahead;

  BoundedFetcher(KinesisAsyncClient kinesis, DataFetcherProviderConfig config, ReadAhead ahead) {
    super(kinesis, config);
    this.ahead = ahead;
  }

  @Override
  public GetRecordsResponse getRecords(String iterator) {
    try {
      ahead.awaitRoom();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    GetRecordsResponse response = super.getRecords(iterator);
    long bytes = 0;
    for (Record record : response.records()) {
      bytes += record.data().asByteArrayUnsafe().length;
    }
    ahead.read(response.records().size(), bytes);
    return response;
  }

  @Override
  public void resetIterator(
      String iterator, String lastKnown, InitialPositionInStreamExtended position) {
    super.resetIterator(iterator, lastKnown, position);
    ahead.reset();
  }
}
