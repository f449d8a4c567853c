package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.util.List;

class InMemoryEntryStoreTest extends EntryStoreContract {
  private final InMemoryEntryStore store = new InMemoryEntryStore();

  @Override
  EntryStore store() {
    return store;
  }

  @Override
  List<BigInteger> parked(EntryId id) {
    return store.waiting(id).stream()
        .flatMap(waiting -> waiting.records().stream())
        .map(StreamRecord::sequence)
        .toList();
  }
}
