package io.timebridge.local.simulated;

import io.timebridge.ordering.Handler;
import io.timebridge.ordering.StreamRecord;
import io.timebridge.services.second.SecondService;
import io.timebridge.timesheet.EntryStore;

/** What is put around a worker's parts to plant a bug that the runs must bring to light. */
interface Plants {
  /** No bug. */
  Plants NONE = new Plants() {};

  default EntryStore around(EntryStore store) {
    return store;
  }

  default SecondService around(SecondService second) {
    return second;
  }

  default Handler<StreamRecord> around(Handler<StreamRecord> handler, Host host) {
    return handler;
  }
}
