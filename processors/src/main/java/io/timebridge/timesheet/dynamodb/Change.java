package io.timebridge.timesheet.dynamodb;

import static io.timebridge.timesheet.dynamodb.RowCodec.n;
import static io.timebridge.timesheet.dynamodb.RowCodec.s;

import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.History;
import io.timebridge.timesheet.HistoryItem;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One conditional change of an item, put together clause by clause. What is set or removed is
 * aliased by itself, since many plain names are reserved words; a condition that names such a word
 * binds its own alias.
 */
final class Change {
  private final List<String> conditions = new ArrayList<>();
  private final Map<String, String> sets = new TreeMap<>();
  private final List<String> removes = new ArrayList<>();
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, AttributeValue> values = new HashMap<>();

  Change where(String condition) {
    conditions.add(condition);
    return this;
  }

  Change whereToken(String token) {
    bind("#token", "token").bind(":open_token", s(token));
    return where("intent.#token = :open_token");
  }

  /** Condition: {@code rev} as seen, or no row where none was seen. Effect: one more. */
  Change bumpRev(EntryRow seen) {
    if (seen.exists()) {
      where("rev = :seen_rev").bind(":seen_rev", n(seen.rev()));
    } else {
      where("attribute_not_exists(rev)");
    }
    return set("rev", n(seen.rev() + 1));
  }

  /** A parking of its own, with a wake-up owed. */
  Change newEpisode(InstantSource clock) {
    bind(":zero", n(0)).bind(":one", n(1));
    expression("episode", "if_not_exists(episode, :zero) + :one", ":one", n(1));
    set("wake", s("owed"));
    return set("wake_since", s(clock.instant().toString()));
  }

  Change set(String attribute, AttributeValue value) {
    return expression(attribute, ":" + attribute, ":" + attribute, value);
  }

  Change expression(String attribute, String expression, String name, AttributeValue value) {
    names.put("#" + attribute, attribute);
    sets.put("#" + attribute, expression);
    values.put(name, value);
    return this;
  }

  /** Of a write that has read the row. */
  Change telling(History whole) {
    return set(HistoryCodec.HISTORY, HistoryCodec.list(whole.items()));
  }

  /** Of a write that only knows its token: each follows one that has cut the list to size. */
  Change adding(HistoryItem item) {
    bind(":no_history", HistoryCodec.list(List.of()));
    return expression(
        HistoryCodec.HISTORY,
        "list_append(if_not_exists(#history, :no_history), :history)",
        ":history",
        HistoryCodec.list(List.of(item)));
  }

  Change remove(String attribute) {
    names.put("#" + attribute, attribute);
    removes.add("#" + attribute);
    return this;
  }

  Change bind(String alias, String attribute) {
    names.put(alias, attribute);
    return this;
  }

  Change bind(String name, AttributeValue value) {
    values.put(name, value);
    return this;
  }

  String update() {
    StringBuilder text = new StringBuilder("SET ");
    List<String> clauses = new ArrayList<>();
    sets.forEach((name, value) -> clauses.add(name + " = " + value));
    text.append(String.join(", ", clauses));
    if (!removes.isEmpty()) {
      text.append(" REMOVE ").append(String.join(", ", removes));
    }
    return text.toString();
  }

  String condition() {
    return String.join(" AND ", conditions);
  }

  Map<String, String> names() {
    return names;
  }

  Map<String, AttributeValue> values() {
    return values;
  }
}
