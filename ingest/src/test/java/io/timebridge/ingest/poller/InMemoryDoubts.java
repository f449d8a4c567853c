package io.timebridge.ingest.poller;

import java.time.Instant;
import java.util.Optional;

/** The row of doubts in memory; used by one thread. */
final class InMemoryDoubts implements DoubtStore {
  Row row = Row.NONE;
  int reads;
  int writes;
  private long newest;

  @Override
  public Row read() {
    reads++;
    return row;
  }

  @Override
  public boolean save(Doubt doubt, long epoch) {
    if (!writes(epoch)) {
      return false;
    }
    row = new Row(doubt.episode(), Optional.of(doubt), row.confirmation());
    return true;
  }

  @Override
  public boolean clear(boolean over, long epoch) {
    if (!writes(epoch)) {
      return false;
    }
    row = new Row(row.lastEpisode(), over ? Optional.empty() : row.doubt(), Optional.empty());
    return true;
  }

  private boolean writes(long epoch) {
    if (epoch < newest) {
      return false;
    }
    newest = epoch;
    writes++;
    return true;
  }

  @Override
  public boolean confirm(Doubt doubt, Instant at, String by) {
    boolean same = row.doubt().filter(d -> d.fingerprint().equals(doubt.fingerprint())).isPresent();
    if (same) {
      row =
          new Row(
              row.lastEpisode(), row.doubt(), Optional.of(new Confirmation(doubt.jobs(), at, by)));
    }
    return same;
  }
}
