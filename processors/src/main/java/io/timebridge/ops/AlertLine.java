package io.timebridge.ops;

import java.time.Instant;
import java.util.List;

/** One problem that was told, as the templates show it. */
public record AlertLine(String problem, String title, boolean open, Instant toldAt) {
  static List<AlertLine> of(List<Alerted.Row> rows) {
    return rows.stream()
        .map(r -> new AlertLine(r.problem(), r.title(), r.open(), r.toldAt()))
        .toList();
  }
}
