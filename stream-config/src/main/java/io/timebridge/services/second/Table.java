package io.timebridge.services.second;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.http.HttpAnswer;
import io.timebridge.services.http.LooseJson;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * A listing of SecondService: rows whose cells are found by the name of their column. Whatever does
 * not fit (a missing column, a row of another length, a cell that is not what it should be) is
 * trouble, never a guess.
 */
final class Table {
  private final HttpAnswer answer;
  private final String name;
  private final Map<String, Integer> columns;
  private final List<JsonNode> rows;

  private Table(HttpAnswer answer, String name, Map<String, Integer> columns, List<JsonNode> rows) {
    this.answer = answer;
    this.name = name;
    this.columns = columns;
    this.rows = rows;
  }

  /** Reads one row. */
  @FunctionalInterface
  interface RowReader<T> {
    T read(Row row) throws ServiceTrouble;
  }

  /**
   * {@code {"hdr": {"idTask": 0, ...}, "data": [[..], ..]}}; every row has as many cells as the
   * header has places.
   */
  static Table withHeader(HttpAnswer answer, String name, JsonNode table) throws ServiceTrouble {
    JsonNode hdr = table.path("hdr");
    if (!hdr.isObject()) {
      throw trouble(answer, name, "no hdr");
    }
    Map<String, Integer> columns = new HashMap<>();
    Set<Integer> places = new HashSet<>();
    for (Map.Entry<String, JsonNode> column : hdr.properties()) {
      OptionalLong place = LooseJson.whole(column.getValue());
      if (place.isEmpty() || place.getAsLong() < 0 || place.getAsLong() >= 10_000) {
        throw trouble(answer, name, "a column of hdr has no place");
      }
      columns.put(column.getKey(), (int) place.getAsLong());
      if (!places.add((int) place.getAsLong())) {
        throw trouble(answer, name, "two columns of hdr share a place");
      }
    }
    int width = places.stream().mapToInt(p -> p + 1).max().orElse(0);
    return new Table(answer, name, columns, rows(answer, name, table.path("data"), width));
  }

  /** {@code {"data": [[..], ..]}} whose cells come in the order of {@code columns}. */
  static Table positional(HttpAnswer answer, String name, JsonNode table, List<String> columns)
      throws ServiceTrouble {
    Map<String, Integer> places = new HashMap<>();
    columns.forEach(column -> places.put(column, places.size()));
    return new Table(answer, name, places, rows(answer, name, table.path("data"), columns.size()));
  }

  private static List<JsonNode> rows(HttpAnswer answer, String name, JsonNode data, int width)
      throws ServiceTrouble {
    requireAll(answer, name, data, row -> row.isArray() && row.size() == width);
    return data.valueStream().toList();
  }

  private static void requireAll(
      HttpAnswer answer, String name, JsonNode data, Predicate<JsonNode> fits)
      throws ServiceTrouble {
    if (!data.isArray()) {
      throw trouble(answer, name, "no list of rows");
    }
    if (!data.valueStream().allMatch(fits)) {
      throw trouble(answer, name, "a row of the wrong shape");
    }
  }

  /** Every row; trouble when one of {@code needed} is no column, even when there are no rows. */
  <T> List<T> read(List<String> needed, RowReader<T> reader) throws ServiceTrouble {
    for (String column : needed) {
      if (!columns.containsKey(column)) {
        throw trouble(answer, name, "no column \"" + column + "\"");
      }
    }
    List<T> read = new ArrayList<>(rows.size());
    for (JsonNode row : rows) {
      read.add(reader.read(new Row(this, row)));
    }
    return List.copyOf(read);
  }

  /** One row; valid for the columns that {@link #read} was told of. */
  record Row(Table table, JsonNode cells) {
    private JsonNode cell(String column) {
      Integer place = table.columns.get(column);
      return place == null ? cells.path(-1) : cells.path(place);
    }

    /** An id: a whole number, at least 1. */
    long id(String column) throws ServiceTrouble {
      OptionalLong id = LooseJson.whole(cell(column));
      if (id.isEmpty() || id.getAsLong() < 1) {
        throw bad(column, "an id");
      }
      return id.getAsLong();
    }

    /** An id, or 0 where the cell is empty. */
    long idOrNone(String column) throws ServiceTrouble {
      JsonNode cell = cell(column);
      boolean none = cell.isNull() || (cell.isString() && cell.stringValue().isBlank());
      if (none || LooseJson.whole(cell).orElse(-1) == 0) {
        return 0;
      }
      return id(column);
    }

    String text(String column) throws ServiceTrouble {
      if (cell(column).isContainer()) {
        throw bad(column, "a text");
      }
      return LooseJson.text(cell(column));
    }

    BigDecimal decimal(String column) throws ServiceTrouble {
      return LooseJson.decimal(cell(column)).orElseThrow(() -> bad(column, "a number"));
    }

    /** A day, with or without a time of day behind it, which is not looked at. */
    LocalDate day(String column) throws ServiceTrouble {
      String text = text(column).trim();
      boolean alone = text.length() == 10;
      boolean withTime = text.length() > 10 && (text.charAt(10) == 'T' || text.charAt(10) == ' ');
      if (!alone && !withTime) {
        throw bad(column, "a day");
      }
      try {
        return LocalDate.parse(text.substring(0, 10));
      } catch (DateTimeException noDay) {
        throw bad(column, "a day");
      }
    }

    private ServiceTrouble bad(String column, String wanted) {
      return trouble(
          table.answer, table.name, "a cell of \"%s\" is not %s".formatted(column, wanted));
    }
  }

  private static ServiceTrouble trouble(HttpAnswer answer, String name, String problem) {
    return answer.trouble(Kind.UNKNOWN, "%s is unreadable: %s".formatted(name, problem));
  }
}
