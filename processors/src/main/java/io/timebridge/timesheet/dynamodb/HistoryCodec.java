package io.timebridge.timesheet.dynamodb;

import static io.timebridge.timesheet.dynamodb.RowCodec.n;
import static io.timebridge.timesheet.dynamodb.RowCodec.s;

import io.timebridge.timesheet.History;
import io.timebridge.timesheet.HistoryItem;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An entry's {@link History} as attributes of its row: {@code history}, a list of maps, and one map
 * for each item that stands apart. Names of one letter, since every write of a row is paid by its
 * size. What cannot be read is left out: no row may become unreadable by what is told of it.
 */
final class HistoryCodec {
  static final String HISTORY = "history";
  static final String FOLLOWED = "last_followed";
  static final String OWED = "last_owed";
  static final String WOKEN = "last_woken";

  private HistoryCodec() {}

  static History history(Map<String, AttributeValue> row) {
    AttributeValue items = row.get(HISTORY);
    return new History(
        (items == null || !items.hasL() ? List.<AttributeValue>of() : items.l())
            .stream().flatMap(item -> item(item).stream()).toList(),
        item(row.get(FOLLOWED)),
        item(row.get(OWED)),
        item(row.get(WOKEN)));
  }

  static AttributeValue list(List<HistoryItem> items) {
    return AttributeValue.fromL(items.stream().map(HistoryCodec::map).toList());
  }

  static AttributeValue map(HistoryItem item) {
    Map<String, AttributeValue> map = new HashMap<>();
    map.put("t", n(item.at().toEpochMilli()));
    map.put("s", s(item.step().word()));
    put(map, "v", item.version());
    if (item.seq().signum() > 0) {
      map.put("q", s(item.seq().toString()));
    }
    put(map, "r", item.route());
    put(map, "w", item.worker());
    put(map, "i", item.timesheetId());
    put(map, "x", item.text());
    return AttributeValue.fromM(map);
  }

  private static void put(Map<String, AttributeValue> map, String name, long number) {
    if (number != 0) {
      map.put(name, n(number));
    }
  }

  private static void put(Map<String, AttributeValue> map, String name, String text) {
    if (!text.isEmpty()) {
      map.put(name, s(text));
    }
  }

  private static Optional<HistoryItem> item(@Nullable AttributeValue value) {
    if (value == null || !value.hasM()) {
      return Optional.empty();
    }
    Map<String, AttributeValue> map = value.m();
    String seq = text(map, "q");
    return Optional.of(
        new HistoryItem(
            Instant.ofEpochMilli(number(map, "t")),
            HistoryItem.Step.of(text(map, "s")),
            number(map, "v"),
            seq.matches("[0-9]{1,60}") ? new BigInteger(seq) : BigInteger.ZERO,
            text(map, "r"),
            text(map, "w"),
            number(map, "i"),
            text(map, "x")));
  }

  private static long number(Map<String, AttributeValue> map, String name) {
    AttributeValue value = map.get(name);
    String digits = value == null || value.n() == null ? "" : value.n();
    return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
  }

  private static String text(Map<String, AttributeValue> map, String name) {
    AttributeValue value = map.get(name);
    return value == null || value.s() == null ? "" : value.s();
  }
}
