package io.timebridge.local.kinesis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * The records of one shard in order: appended at the end, trimmed at the start, found by binary
 * search.
 *
 * @implNote Not thread-safe; the shard's lock guards it. Ordinals grow strictly and arrival times
 *     never fall along the array; live records are {@code [head, tail)}.
 */
final class RecordLog {

  private StoredRecord[] records = new StoredRecord[64];
  private int head;
  private int tail;
  private long bytes;
  private long dropped;

  /**
   * What one read found.
   *
   * @param records the records, oldest first
   * @param nextArrival arrival time of the first record left unread; empty when none is left that
   *     was to be looked at
   * @param dataBytes size of the data in {@code records}
   */
  record Page(List<StoredRecord> records, OptionalLong nextArrival, long dataBytes) {

    Page {
      records = List.copyOf(records);
    }
  }

  void append(StoredRecord stored) {
    if (tail == records.length) {
      makeRoom();
    }
    records[tail++] = stored;
    bytes += stored.heapBytes();
  }

  private void makeRoom() {
    int live = size();
    if (head > records.length / 2) {
      System.arraycopy(records, head, records, 0, live);
      Arrays.fill(records, live, tail, null);
    } else {
      records = Arrays.copyOf(Arrays.copyOfRange(records, head, tail), Math.max(64, live * 2));
    }
    head = 0;
    tail = live;
  }

  void dropArrivedBefore(long millis) {
    while (head < tail && records[head].arrivalMillis() < millis) {
      dropOldest();
    }
  }

  /**
   * Drops the oldest records until at most {@code maxBytes} are held; the newest record always
   * stays. Says whether any went.
   */
  boolean dropBeyond(long maxBytes) {
    boolean any = false;
    while (bytes > maxBytes && size() > 1) {
      dropOldest();
      any = true;
    }
    return any;
  }

  @SuppressWarnings("NullAway") // a freed slot is outside [head, tail) and never read
  private void dropOldest() {
    bytes -= records[head].heapBytes();
    records[head++] = null;
    dropped++;
  }

  /** Records that arrived up to that time. */
  Page read(long fromOrdinal, long untilMillis, int limit, long maxBytes) {
    int from = indexOfOrdinal(fromOrdinal);
    List<StoredRecord> found = new ArrayList<>(Math.min(limit, tail - from));
    long dataBytes = 0;
    int next = from;
    while (isToBeRead(next, untilMillis) && found.size() < limit) {
      StoredRecord candidate = records[next];
      if (!found.isEmpty() && dataBytes + candidate.data().length > maxBytes) {
        break;
      }
      dataBytes += candidate.data().length;
      found.add(candidate);
      next++;
    }
    return new Page(
        found,
        isToBeRead(next, untilMillis)
            ? OptionalLong.of(records[next].arrivalMillis())
            : OptionalLong.empty(),
        dataBytes);
  }

  private boolean isToBeRead(int index, long untilMillis) {
    return index < tail && records[index].arrivalMillis() <= untilMillis;
  }

  /** The ordinal of the first record that arrived at or after the given time. */
  OptionalLong firstArrivedAtOrAfter(long millis) {
    int low = head;
    int high = tail;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (records[middle].arrivalMillis() < millis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < tail ? OptionalLong.of(records[low].ordinal()) : OptionalLong.empty();
  }

  private int indexOfOrdinal(long ordinal) {
    int low = head;
    int high = tail;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (records[middle].ordinal() < ordinal) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int size() {
    return tail - head;
  }

  long bytes() {
    return bytes;
  }

  /** How many records have been trimmed since the beginning. */
  long dropped() {
    return dropped;
  }
}
