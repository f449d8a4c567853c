package io.timebridge.story;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;

/** What the services say of an entry now. Trouble of a service is an answer, too. */
public interface LiveViews {
  FirstView first(EntryId id) throws InterruptedException;

  /**
   * @param row where the timesheet was last written
   * @param first whose it may be, where the row does not say
   */
  SecondView second(EntryId id, EntryRow row, FirstView first) throws InterruptedException;

  /** Asks neither. */
  static LiveViews none(String why) {
    return new LiveViews() {
      @Override
      public FirstView first(EntryId id) {
        return new FirstView.NotAsked(why);
      }

      @Override
      public SecondView second(EntryId id, EntryRow row, FirstView first) {
        return new SecondView.NotAsked(why);
      }
    };
  }
}
