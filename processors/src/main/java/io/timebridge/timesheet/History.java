package io.timebridge.timesheet;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was written of an entry before, as its row holds it; it rides in writes that happen anyway,
 * and no step of the protocol depends on it. A write that has read the row (its condition is {@code
 * rev}) writes the whole list, cut to size; one that holds the intent adds its item at the end, and
 * each of those follows one of the others. What may be written any number of times in between (an
 * event that follows, a wake-up) has one place of its own, where the latest stands; it joins the
 * list with the next whole write. Immutable.
 *
 * @param items oldest first; at most {@value #MOST}
 * @param followed the latest event that joined those that wait
 * @param owed when a wake-up was owed once more
 * @param woken the latest wake-up that was sent
 */
public record History(
    List<HistoryItem> items,
    Optional<HistoryItem> followed,
    Optional<HistoryItem> owed,
    Optional<HistoryItem> woken) {
  /** Items that a row holds at most. */
  public static final int MOST = 20;

  /** With the three that stand apart, and one that is added, a row's history is below 4 KB. */
  static final int MOST_BYTES = 2_800;

  private static final History NONE =
      new History(List.of(), Optional.empty(), Optional.empty(), Optional.empty());

  public History {
    items = List.copyOf(items);
  }

  /** Of a row that has none: a new one, or one from before there were any. */
  public static History none() {
    return NONE;
  }

  /**
   * Everything that is told, in the order in which it was written; of what stands apart only the
   * time says where it belongs.
   */
  public List<HistoryItem> all() {
    List<HistoryItem> all = new ArrayList<>(items);
    Stream.of(followed, owed, woken)
        .flatMap(Optional::stream)
        .filter(this::isNew)
        .sorted(Comparator.comparing(HistoryItem::at))
        .forEach(apart -> {
          int place = all.size();
          while (place > 0 && all.get(place - 1).at().isAfter(apart.at())) {
            place--;
          }
          all.add(place, apart);
        });
    return all;
  }

  /** Neither in the list nor cut off from it. */
  private boolean isNew(HistoryItem apart) {
    return !items.contains(apart)
        && (items.isEmpty() || !apart.at().isBefore(items.getFirst().at()));
  }

  /**
   * After a whole write: room is left for one that is added.
   *
   * @param oldest what was before is dropped
   */
  public History whole(HistoryItem item, Instant oldest) {
    List<HistoryItem> kept = new ArrayList<>(all());
    kept.add(item);
    int bytes = 0;
    int from = kept.size();
    while (from > 0) {
      HistoryItem next = kept.get(from - 1);
      bytes += next.bytes();
      if (kept.size() - from + 1 >= MOST || bytes > MOST_BYTES || next.at().isBefore(oldest)) {
        break;
      }
      from--;
    }
    return new History(kept.subList(from, kept.size()), followed, owed, woken);
  }

  /** After a write that only adds. */
  public History plus(HistoryItem item) {
    List<HistoryItem> more = new ArrayList<>(items);
    more.add(item);
    return new History(more, followed, owed, woken);
  }

  /** With that one as the latest that followed. */
  public History followedBy(HistoryItem item) {
    return new History(items, Optional.of(item), owed, woken);
  }

  /** With that one as the latest that owes a wake-up. */
  public History owing(HistoryItem item) {
    return new History(items, followed, Optional.of(item), woken);
  }

  /** With that one as the latest wake-up. */
  public History wokenBy(HistoryItem item) {
    return new History(items, followed, owed, Optional.of(item));
  }

  /** Nothing waits any more. */
  public History atRest() {
    return new History(items, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
