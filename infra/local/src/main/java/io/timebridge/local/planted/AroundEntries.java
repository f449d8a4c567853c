package io.timebridge.local.planted;

import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.EntryStoreView;

/** An entry store that passes everything on; what is to be different is overridden. */
public abstract class AroundEntries extends EntryStoreView {
  protected AroundEntries(EntryStore store) {
    super(store);
  }
}
