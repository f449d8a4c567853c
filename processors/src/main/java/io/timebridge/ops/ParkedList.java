package io.timebridge.ops;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.WaitingKey;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A page of what waits, as the template shows it.
 *
 * @param byReason how many keys wait for each reason, of all that were found; most first
 * @param others keys that wait too and are not held here
 */
public record ParkedList(
    List<WaitingKey> rows,
    Pager pager,
    Filter filter,
    List<Reason> byReason,
    long all,
    long others,
    java.time.Instant at) {
  private static final int PER_PAGE = 100;

  /** What the person wants to see; empty texts mean everything. */
  public record Filter(String reason, String state, String text) {
    boolean matches(WaitingKey key) {
      return (reason.isEmpty() || key.reason().equals(reason))
          && (state.isEmpty() || key.state().name().equalsIgnoreCase(state))
          && (text.isEmpty() || contains(key.key()) || contains(key.detail()));
    }

    private boolean contains(String where) {
      return where.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }

    public Map<String, String> query() {
      return new TreeMap<>(Map.of("reason", reason, "state", state, "q", text));
    }
  }

  /** How many keys wait for a reason. */
  public record Reason(String reason, long keys, long dead) {}

  static ParkedList of(Looked<DeadLetters.Listing> looked, Filter filter, String page) {
    List<WaitingKey> all = looked.what().oldest();
    List<WaitingKey> those = all.stream().filter(filter::matches).toList();
    Pager.Cut<WaitingKey> cut = Pager.cut(those, page, PER_PAGE, "/parked", filter.query());
    return new ParkedList(
        cut.rows(),
        cut.pager(),
        filter,
        reasons(all),
        all.size(),
        looked.what().others(),
        looked.at());
  }

  static List<Reason> reasons(List<WaitingKey> all) {
    return all.stream()
        .collect(Collectors.groupingBy(WaitingKey::reason, TreeMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(e ->
            new Reason(
                e.getKey(),
                e.getValue().size(),
                e.getValue().stream().filter(k -> k.state() == WaitingKey.State.DEAD).count()))
        .sorted(java.util.Comparator.comparingLong(Reason::keys).reversed())
        .toList();
  }
}
