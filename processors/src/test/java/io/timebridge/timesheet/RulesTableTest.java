package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryEvent.Claim;
import io.timebridge.timesheet.EntryRow.Lane;
import io.timebridge.timesheet.EntryRow.State;
import io.timebridge.timesheet.Rules.Action;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every cell of the decision: each kind of row x each kind of event x each answer of FirstService,
 * against the table in {@code rules.txt}. A cell is the line of docs/PROTOCOL.md that fits, and
 * what follows from it.
 */
class RulesTableTest {
  private static final EntryId ID = new EntryId(7);
  private static final EntryContent SAME = content("note");
  private static final EntryContent OTHER = content("another note");

  private static EntryContent content(String note) {
    return new EntryContent(
        ID, 1, 5, "10", "20", 3600, LocalDate.of(2026, 7, 3), note, List.of(5L), Optional.empty());
  }

  private static final Map<String, EntryRow> ROWS = new LinkedHashMap<>();
  private static final Map<String, EntryEvent> EVENTS = new LinkedHashMap<>();
  private static final Map<String, Optional<Claim>> ANSWERS = new LinkedHashMap<>();

  static {
    ROWS.put("no row", EntryRow.absent());
    for (State state : State.values()) {
      for (Optional<Intent.Op> open :
          List.of(
              Optional.<Intent.Op>empty(),
              Optional.of(Intent.Op.ADD),
              Optional.of(Intent.Op.UPDATE),
              Optional.of(Intent.Op.DELETE))) {
        ROWS.put(
            state + " v5" + open.map(op -> ", open " + op + " v6").orElse(""),
            row(state, open, open.isPresent() ? 6 : 5, Lane.STREAM));
      }
    }
    ROWS.put("LIVE v5, tried v8", row(State.LIVE, Optional.empty(), 8, Lane.STREAM));
    ROWS.put("LIVE v5, PARKED", row(State.LIVE, Optional.empty(), 5, Lane.PARKED));
    ROWS.put("LIVE v5, DEAD", row(State.LIVE, Optional.empty(), 5, Lane.DEAD));
    EVENTS.put("handled", event(50, false, Optional.of(live(9, OTHER))));
    EVENTS.put("thin", event(60, false, Optional.empty()));
    EVENTS.put("verify", event(60, true, Optional.empty()));
    EVENTS.put("live v4", event(60, false, Optional.of(live(4, OTHER))));
    EVENTS.put("live v5 same", event(60, false, Optional.of(live(5, SAME))));
    EVENTS.put("live v5 other", event(60, false, Optional.of(live(5, OTHER))));
    EVENTS.put("live v6", event(60, false, Optional.of(live(6, OTHER))));
    EVENTS.put("live v9", event(60, false, Optional.of(live(9, OTHER))));
    EVENTS.put("v6 replayed", again(event(60, false, Optional.of(live(6, OTHER)))));
    EVENTS.put("v9 replayed", again(event(60, false, Optional.of(live(9, OTHER)))));
    EVENTS.put("gone", event(60, false, Optional.of(new Claim.Gone(OptionalLong.empty()))));
    EVENTS.put("gone v4", event(60, false, Optional.of(new Claim.Gone(OptionalLong.of(4)))));
    EVENTS.put("gone v5", event(60, false, Optional.of(new Claim.Gone(OptionalLong.of(5)))));
    EVENTS.put("gone v6", event(60, false, Optional.of(new Claim.Gone(OptionalLong.of(6)))));
    ANSWERS.put("not asked", Optional.empty());
    ANSWERS.put("live v5 same", Optional.of(live(5, SAME)));
    ANSWERS.put("live v5 other", Optional.of(live(5, OTHER)));
    ANSWERS.put("live v6", Optional.of(live(6, OTHER)));
    ANSWERS.put("gone", Optional.of(new Claim.Gone(OptionalLong.empty())));
  }

  private static EntryRow row(State state, Optional<Intent.Op> open, long tried, Lane lane) {
    return new EntryRow(
        3,
        5,
        SAME.hash(),
        tried,
        state,
        state == State.LIVE ? 900 : 0,
        Optional.empty(),
        BigInteger.valueOf(50),
        open.map(op -> new Intent("other-1", op, 6, Set.of(), Duration.ofSeconds(40))),
        lane,
        0,
        0,
        EntryRow.Wake.NONE);
  }

  private static Claim live(long version, EntryContent content) {
    return new Claim.Live(version, content);
  }

  private static EntryEvent event(long seq, boolean verify, Optional<Claim> claim) {
    return new EntryEvent(ID, BigInteger.valueOf(seq), verify, Set.of(), claim);
  }

  private static EntryEvent again(EntryEvent event) {
    return new EntryEvent(
        event.id(), event.seq(), false, Set.of(), event.claim(), false, true, false);
  }

  @Test
  void decides_every_cell_as_the_table_says() throws IOException {
    assertThat(table()).isEqualTo(wanted());
  }

  private static String wanted() throws IOException {
    try (var in = RulesTableTest.class.getResourceAsStream("rules.txt")) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String table() {
    StringBuilder all = new StringBuilder();
    ROWS.forEach((rowName, row) -> {
      all.append("\nrow: ").append(rowName).append('\n');
      all.append("%-14s".formatted("event"));
      ANSWERS.keySet().forEach(answer -> all.append(" | %-20s".formatted(answer)));
      all.append('\n');
      EVENTS.forEach((eventName, event) -> {
        all.append("%-14s".formatted(eventName));
        ANSWERS
            .values()
            .forEach(answer -> all.append(" | %-20s".formatted(cell(row, event, answer))));
        all.append('\n');
      });
    });
    return all.toString().replaceAll(" +\n", "\n");
  }

  private static String cell(EntryRow row, EntryEvent event, Optional<Claim> answer) {
    Action asked = Rules.decide(row, event, Optional.empty());
    if (answer.isPresent() && !(asked instanceof Action.Fetch)) {
      return "-"; // nobody asks
    }
    return Rules.lineNumber(row, event, answer)
        + " "
        + switch (Rules.decide(row, event, answer)) {
          case Action.Handled handled -> "handled";
          case Action.Follow follow -> "follow";
          case Action.Fetch fetch -> "fetch";
          case Action.Skip(String reason) -> "skip " + reason;
          case Action.TakeOver(Intent open, Claim target) -> "take over, " + says(target);
          case Action.Tombstone tombstone -> "tombstone";
          case Action.Begin(Intent.Op op, Claim target) -> op + " " + says(target);
        };
  }

  private static String says(Claim claim) {
    return switch (claim) {
      case Claim.Live(long version, EntryContent content) -> "v" + version;
      case Claim.Gone gone -> "gone";
    };
  }
}
