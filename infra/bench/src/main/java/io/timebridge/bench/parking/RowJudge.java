package io.timebridge.bench.parking;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges one entry's effects at SecondService: an older state never follows a newer one. */
final class RowJudge {
  private static final Pattern NOTE = Pattern.compile("e([0-9]+) .*");

  private final String mark;
  private final int last;
  private int newest;
  private int live;
  private int effects;
  private int violations;

  /**
   * @param last number of the last event, the state that has to stay
   */
  RowJudge(long id, int last) {
    this.mark = "[TB#" + id + "]";
    this.last = last;
  }

  /**
   * @param effects on the entry's timesheets
   * @param violations older states after newer ones, and second timesheets beside a first
   * @param timesheets that are left
   * @param isLast whether the newest state is that of the last event
   */
  record Verdict(int effects, int violations, int timesheets, boolean isLast) {
    boolean holds() {
      return violations == 0 && timesheets == 1 && isLast;
    }
  }

  /** One effect, in the ledger's order. */
  void see(String op, String description) {
    if (!description.endsWith(mark)) {
      return;
    }
    effects++;
    if (op.endsWith("delete")) {
      live--;
      return;
    }
    if (op.endsWith("add")) {
      live++;
    }
    Matcher note = NOTE.matcher(description);
    int event = note.matches() ? Integer.parseInt(note.group(1)) : 0;
    if (event < newest || live > 1) {
      violations++;
    }
    newest = Math.max(newest, event);
  }

  Verdict verdict() {
    return new Verdict(effects, violations, live, newest == last);
  }
}
