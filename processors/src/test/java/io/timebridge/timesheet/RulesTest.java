package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryEvent.Claim;
import io.timebridge.timesheet.EntryRow.Lane;
import io.timebridge.timesheet.EntryRow.State;
import io.timebridge.timesheet.Rules.Action;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The decision table, line by line: row x event (x FirstService's word) -> action. */
class RulesTest {
  private static final EntryId ID = new EntryId(7);
  private static final EntryContent CONTENT = content("note");
  private static final EntryContent OTHER = content("another note");

  private static EntryContent content(String note) {
    return new EntryContent(
        ID, 1, 5, "10", "20", 3600, LocalDate.of(2026, 7, 3), note, List.of(5L), Optional.empty());
  }

  private static EntryRow row(
      long v, long tried, State state, long tid, Optional<Intent> intent, Lane lane) {
    return new EntryRow(
        3,
        v,
        CONTENT.hash(),
        tried,
        state,
        tid,
        Optional.empty(),
        BigInteger.valueOf(50),
        intent,
        lane,
        0,
        0,
        EntryRow.Wake.NONE);
  }

  private static Intent intent(Intent.Op op) {
    return new Intent("other-1", op, 6, Set.of(), Duration.ofSeconds(40));
  }

  private static final EntryRow NONE = EntryRow.absent();
  private static final EntryRow LIVE = row(5, 5, State.LIVE, 900, Optional.empty(), Lane.STREAM);
  private static final EntryRow DELETED =
      row(5, 5, State.DELETED, 0, Optional.empty(), Lane.STREAM);
  private static final EntryRow BEGUN = row(5, 8, State.LIVE, 900, Optional.empty(), Lane.STREAM);
  private static final EntryRow OPEN_UPDATE =
      row(5, 6, State.LIVE, 900, Optional.of(intent(Intent.Op.UPDATE)), Lane.STREAM);
  private static final EntryRow OPEN_DELETE =
      row(5, 5, State.LIVE, 900, Optional.of(intent(Intent.Op.DELETE)), Lane.STREAM);
  private static final EntryRow PARKED = row(5, 5, State.LIVE, 900, Optional.empty(), Lane.PARKED);
  private static final EntryRow DEAD = row(5, 5, State.LIVE, 900, Optional.empty(), Lane.DEAD);

  private static Claim live(long version) {
    return new Claim.Live(version, CONTENT);
  }

  private static Claim gone(long version) {
    return new Claim.Gone(OptionalLong.of(version));
  }

  private static final Claim GONE = new Claim.Gone(OptionalLong.empty());

  private static EntryEvent event(long seq, boolean verify, Claim claim) {
    return new EntryEvent(ID, BigInteger.valueOf(seq), verify, Set.of(), Optional.of(claim));
  }

  private static EntryEvent says(Claim claim) {
    return event(60, false, claim);
  }

  private static final EntryEvent THIN =
      new EntryEvent(ID, BigInteger.valueOf(60), false, Set.of(), Optional.empty());
  private static final EntryEvent VERIFY =
      new EntryEvent(ID, BigInteger.valueOf(60), true, Set.of(), Optional.empty());

  private static Arguments line(
      String name, EntryRow row, EntryEvent event, Optional<Claim> fetched, Action wanted) {
    return Arguments.of(name, row, event, fetched, wanted);
  }

  static Stream<Arguments> before_a_fetch() {
    Optional<Claim> no = Optional.empty();
    Action fetch = new Action.Fetch();
    return Stream.of(
        line("1 handled", LIVE, event(50, false, live(9)), no, new Action.Handled()),
        line(
            "1 handled although parked",
            PARKED,
            event(50, false, live(9)),
            no,
            new Action.Handled()),
        line("2 follows the parked", PARKED, says(live(9)), no, new Action.Follow()),
        line("2 follows the dead", DEAD, says(live(9)), no, new Action.Follow()),
        line("2 a delete follows too", PARKED, says(GONE), no, new Action.Follow()),
        line("3 thin", LIVE, THIN, no, fetch),
        line("3 thin on no row", NONE, THIN, no, fetch),
        line("3 verify", LIVE, VERIFY, no, fetch),
        line("3 delete without a version", LIVE, says(GONE), no, fetch),
        line("3 delete with the version applied", LIVE, says(gone(5)), no, fetch),
        line("3 delete with an older version", LIVE, says(gone(4)), no, fetch),
        line("3 same version on a deleted row", DELETED, says(live(5)), no, fetch),
        line("4 older on a deleted row", DELETED, says(live(4)), no, new Action.Skip(Rules.STALE)),
        line("3 newer on a deleted row", DELETED, says(live(6)), no, fetch),
        line("3 newer while a delete is open", OPEN_DELETE, says(live(6)), no, fetch),
        line("3 same second, other content", LIVE, says(new Claim.Live(5, OTHER)), no, fetch),
        line("4 stale", LIVE, says(live(4)), no, new Action.Skip(Rules.STALE)),
        line("4 duplicate", LIVE, says(live(5)), no, new Action.Skip(Rules.DUPLICATE)),
        line(
            "4 stale while an intent is open",
            OPEN_UPDATE,
            says(live(4)),
            no,
            new Action.Skip(Rules.STALE)),
        line("5 superseded", BEGUN, says(live(7)), no, new Action.Skip(Rules.SUPERSEDED)),
        line(
            "5 the version begun itself goes on",
            BEGUN,
            says(live(8)),
            no,
            new Action.Begin(Intent.Op.UPDATE, live(8))),
        line(
            "3 an event that may tie with an open intent",
            OPEN_UPDATE,
            says(live(6)),
            no,
            new Action.Fetch()),
        line(
            "6 an intent is open",
            OPEN_UPDATE,
            says(live(7)),
            no,
            new Action.TakeOver(intent(Intent.Op.UPDATE), live(7))),
        line(
            "6 a versioned delete meets an intent",
            OPEN_UPDATE,
            says(gone(9)),
            no,
            new Action.TakeOver(intent(Intent.Op.UPDATE), gone(9))),
        line(
            "7 versioned delete before the create",
            NONE,
            says(gone(3)),
            no,
            new Action.Tombstone()),
        line("8 create", NONE, says(live(1)), no, new Action.Begin(Intent.Op.ADD, live(1))),
        line(
            "8 update without a known create",
            NONE,
            says(live(9)),
            no,
            new Action.Begin(Intent.Op.ADD, live(9))),
        line("8 update", LIVE, says(live(6)), no, new Action.Begin(Intent.Op.UPDATE, live(6))),
        line(
            "8 versioned delete",
            LIVE,
            says(gone(6)),
            no,
            new Action.Begin(Intent.Op.DELETE, gone(6))));
  }

  static Stream<Arguments> after_a_fetch() {
    return Stream.of(
        line(
            "4 thin of what is applied",
            LIVE,
            THIN,
            Optional.of(live(5)),
            new Action.Skip(Rules.DUPLICATE)),
        line(
            "7 gone on a deleted row is written down again",
            DELETED,
            THIN,
            Optional.of(GONE),
            new Action.Tombstone()),
        line(
            "7 late create after a delete",
            DELETED,
            says(live(6)),
            Optional.of(GONE),
            new Action.Tombstone()),
        line(
            "4 a versionless delete of what lives on",
            LIVE,
            says(GONE),
            Optional.of(live(5)),
            new Action.Skip(Rules.DUPLICATE)),
        line("7 gone, nothing booked", NONE, THIN, Optional.of(GONE), new Action.Tombstone()),
        line(
            "8 thin create",
            NONE,
            THIN,
            Optional.of(live(4)),
            new Action.Begin(Intent.Op.ADD, live(4))),
        line(
            "8 gone",
            LIVE,
            says(GONE),
            Optional.of(GONE),
            new Action.Begin(Intent.Op.DELETE, GONE)),
        line(
            "8 made again after a delete",
            DELETED,
            says(live(6)),
            Optional.of(live(6)),
            new Action.Begin(Intent.Op.ADD, live(6))),
        line(
            "8 same second, other content, confirmed",
            LIVE,
            says(new Claim.Live(5, OTHER)),
            Optional.of(new Claim.Live(5, OTHER)),
            new Action.Begin(Intent.Op.UPDATE, new Claim.Live(5, OTHER))),
        line(
            "8 FirstService is newer than the event",
            LIVE,
            says(new Claim.Live(5, OTHER)),
            Optional.of(live(7)),
            new Action.Begin(Intent.Op.UPDATE, live(7))),
        line(
            "6 made again while a delete is open",
            OPEN_DELETE,
            says(live(6)),
            Optional.of(live(6)),
            new Action.TakeOver(intent(Intent.Op.DELETE), live(6))),
        line(
            "verify repeats the version applied",
            LIVE,
            VERIFY,
            Optional.of(live(5)),
            new Action.Begin(Intent.Op.UPDATE, live(5))),
        line(
            "verify of a gone entry without a timesheet looks for one",
            DELETED,
            VERIFY,
            Optional.of(GONE),
            new Action.Begin(Intent.Op.DELETE, GONE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"before_a_fetch", "after_a_fetch"})
  void decides_line(
      String name, EntryRow row, EntryEvent event, Optional<Claim> fetched, Action wanted) {
    assertThat(Rules.decide(row, event, fetched)).isEqualTo(wanted);
  }

  /**
   * Whatever the row, an event at or below its sequence number, or on a key that waits, never
   * reaches a service.
   */
  @Test
  void never_acts_on_a_waiting_key_or_a_handled_record() {
    for (EntryRow row : List.of(PARKED, DEAD)) {
      for (Claim claim : List.of(live(1), live(9), GONE, gone(9))) {
        for (long seq : new long[] {10, 50, 60}) {
          assertThat(Rules.decide(row, event(seq, false, claim), Optional.empty()))
              .isInstanceOfAny(Action.Handled.class, Action.Follow.class);
        }
      }
    }
  }

  /**
   * No event's own word brings a deleted entry back, and none removes a live one without a version.
   */
  @Test
  void fetches_before_it_brings_back_or_removes_on_a_versionless_word() {
    for (long version = 1; version < 12; version++) {
      assertThat(Rules.decide(DELETED, says(live(version)), Optional.empty()))
          .isNotInstanceOf(Action.Begin.class);
    }
    assertThat(Rules.decide(LIVE, says(GONE), Optional.empty())).isInstanceOf(Action.Fetch.class);
  }
}
