package io.timebridge.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.backup.Backup;
import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.story.Story.Standing;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.History;
import io.timebridge.timesheet.HistoryItem;
import io.timebridge.timesheet.HistoryItem.Step;
import io.timebridge.timesheet.Intent;
import io.timebridge.timesheet.Place;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoryTest {
  private static final Instant START = Instant.parse("2026-07-03T10:00:00Z");
  private static final EntryId ID = new EntryId(7);
  private static final LocalDate DAY = LocalDate.of(2026, 7, 3);
  private static final Place PLACE = new Place(17, DAY);
  private static final SecondView UNASKED = new SecondView.NotAsked("test");

  private EntryRow row = EntryRow.absent();
  private Optional<WaitingKey> waits = Optional.empty();
  private final List<WaitingEvent> waiting = new ArrayList<>();
  private final List<WaitingEvent> givenUp = new ArrayList<>();
  private final List<WaitingEvent> keptOut = new ArrayList<>();
  private Optional<Backup> backup = Optional.empty();
  private FirstView first = new FirstView.NotAsked("test");
  private SecondView second = UNASKED;

  private Story story() {
    return Story.of(
        new Sources(
            ID, row, waits, waiting, givenUp, backup, List.of(), keptOut, false, first, second));
  }

  private String why() {
    return String.join("\n", story().why());
  }

  private static HistoryItem item(long second, Step step, String worker, String text) {
    return new HistoryItem(
        START.plusSeconds(second), step, 5, BigInteger.ZERO, "", worker, 0, text);
  }

  private void row(EntryRow.State state, long version, long timesheet, HistoryItem... items) {
    row(state, version, timesheet, EntryRow.Lane.STREAM, Optional.empty(), items);
  }

  private void row(
      EntryRow.State state,
      long version,
      long timesheet,
      EntryRow.Lane lane,
      Optional<Intent> intent,
      HistoryItem... items) {
    row =
        new EntryRow(
            items.length,
            version,
            "hash",
            version,
            state,
            timesheet,
            timesheet > 0 ? Optional.of(PLACE) : Optional.empty(),
            BigInteger.TEN,
            intent,
            lane,
            lane == EntryRow.Lane.STREAM ? 0 : 2,
            1,
            EntryRow.Wake.SENT,
            new History(List.of(items), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private static FirstView live(long version) {
    return new FirstView.Live(version, 3600, DAY, 3, List.of(11L), "41", Optional.empty());
  }

  private static SecondView shows(long... ids) {
    return new SecondView.Report(
        17,
        DAY.minusDays(1),
        DAY.plusDays(1),
        java.util.Arrays.stream(ids)
            .mapToObj(id -> new SecondView.Sheet(id, 17, 41, 5, DAY, BigDecimal.ONE, true))
            .toList());
  }

  private static WaitingEvent event(
      long second, String reason, String detail, Optional<WaitingEvent.Discarded> discarded) {
    return new WaitingEvent(
        BigInteger.valueOf(second),
        reason,
        detail,
        START.plusSeconds(second),
        Optional.empty(),
        OptionalLong.of(5),
        discarded);
  }

  private void parked(String waitsFor, EntryRow.Lane lane) {
    row(
        EntryRow.State.NONE,
        0,
        0,
        lane,
        Optional.empty(),
        item(1, Step.PARKED, "a", "UNMAPPED_LABEL"));
    waits =
        Optional.of(
            new WaitingKey(
                "7",
                WaitingKey.Kind.ENTRY,
                "UNMAPPED_LABEL",
                2,
                START,
                WaitingKey.State.WAITING,
                3,
                1,
                waitsFor,
                "UNMAPPED_LABEL: no task is mapped for label Welding (11)"));
  }

  @Test
  void a_booked_entry_names_its_timesheet() {
    row(
        EntryRow.State.LIVE,
        5,
        900,
        item(1, Step.ANNOUNCED, "a", "add"),
        item(2, Step.CONCLUDED, "a", "added timesheet 900"));
    first = live(5);
    second = shows(900);
    Story story = story();
    assertThat(story.standing()).isEqualTo(Standing.BOOKED);
    assertThat(story.why())
        .containsExactly("Version 5 is booked as timesheet 900 of person 17 on 2026-07-03.");
    assertThat(story.items()).extracting(StoryItem::word).containsExactly("announced", "concluded");
    assertThat(story.items().getLast().words()).contains("added timesheet 900", "by a");
  }

  @Test
  void a_take_over_names_both_workers() {
    row(
        EntryRow.State.LIVE,
        5,
        900,
        item(1, Step.ANNOUNCED, "host:1:a", "add"),
        item(9, Step.TAKEN_OVER, "host:2:b", "add, announced before by host:1:a"),
        item(10, Step.CONCLUDED, "host:2:b", "adopted timesheet 900"));
    assertThat(story().items().get(1).words()).contains("host:1:a", "by host:2:b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nothing to book: no-label | it has no label",
        "nothing to book: no-duration | its duration is zero",
        "nothing to book: draft | it is a draft",
        "nothing to book: running-timer | its timer is still running",
        "2 events: nothing to book: draft | it is a draft",
        "nothing to book: something-new | something-new"
      })
  void an_entry_that_is_not_meant_to_be_booked_says_why(String text, String words) {
    row(EntryRow.State.NONE, 5, 0, item(1, Step.NOTED, "", text));
    assertThat(story().standing()).isEqualTo(Standing.NOTHING_TO_BOOK);
    assertThat(why()).contains("not meant to be", words);
  }

  @Test
  void what_was_booked_stays_when_the_newest_version_has_nothing_to_book() {
    row(EntryRow.State.LIVE, 6, 900, item(1, Step.NOTED, "", "nothing to book: draft"));
    assertThat(story().standing()).isEqualTo(Standing.BOOKED);
    assertThat(why()).contains("it is a draft", "what was booked before stays");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "label:11 | mapping set 11",
        "task:41:11 | Job 41 needs the task that label 11",
        "task:41:0 | timesheet.unlabelled-task",
        "user:3 | User 3 of FirstService needs an external id",
        "user:3:17 | SecondService has to know person 17",
        "project:5 | Project 5",
        "job:41 | Job 41 of SecondService has to be open"
      })
  void an_entry_that_waits_says_what_has_to_be_put_right(String waitsFor, String words) {
    parked(waitsFor, EntryRow.Lane.PARKED);
    Story story = story();
    assertThat(story.standing()).isEqualTo(Standing.WAITS);
    assertThat(why())
        .contains(
            "no task is mapped for label Welding (11)",
            words,
            "wait, in their order: 2; tries in vain: 3",
            "by itself");
  }

  @Test
  void a_dead_entry_says_how_it_is_tried_again() {
    parked("", EntryRow.Lane.DEAD);
    assertThat(story().standing()).isEqualTo(Standing.DEAD);
    assertThat(why()).contains("Nothing tries it again by itself", "dlq redrive 7");
  }

  @Test
  void an_announced_call_says_whose_it_is() {
    row(
        EntryRow.State.NONE,
        0,
        0,
        EntryRow.Lane.STREAM,
        Optional.of(
            new Intent("host:1:a-3", Intent.Op.ADD, 5, Set.of(PLACE), Duration.ofSeconds(40))),
        item(1, Step.ANNOUNCED, "host:1:a", "add"));
    assertThat(story().standing()).isEqualTo(Standing.UNDER_WAY);
    assertThat(why()).contains("add, version 5, by host:1:a-3", "40 s");
  }

  @Test
  void a_deleted_entry_that_lives_again_says_so() {
    row(EntryRow.State.DELETED, 5, 0, item(1, Step.NOTED, "", "deleted"));
    first = live(6);
    assertThat(story().standing()).isEqualTo(Standing.DELETED);
    assertThat(why()).contains("deleted", "FirstService says that it lives");
  }

  @Test
  void what_a_person_gave_up_is_told_with_who_and_why() {
    row(EntryRow.State.NONE, 0, 0, item(5, Step.DROPPED, "operator", "1 event"));
    givenUp.add(
        event(
            1,
            "CLOSED_JOB",
            "d",
            Optional.of(new WaitingEvent.Discarded(START.plusSeconds(5), "eve", "never mind"))));
    Story story = story();
    assertThat(story.standing()).isEqualTo(Standing.GIVEN_UP);
    assertThat(story.items()).anyMatch(i -> i.words().startsWith("given up by eve: never mind"));
  }

  @Test
  void an_unknown_entry_says_what_that_means_and_what_first_service_says() {
    first = new FirstView.Gone();
    assertThat(story().isKnown()).isFalse();
    assertThat(story().standing()).isEqualTo(Standing.UNKNOWN);
    assertThat(why()).contains("no row", "nothing of it ever arrived", "there is no such entry");
    first = live(5);
    assertThat(why()).contains("FirstService says that it lives", "has not arrived here");
  }

  @Test
  void a_record_that_was_kept_out_is_known_although_there_is_no_row() {
    keptOut.add(event(1, "quarantine-unsigned", "the signature does not match", Optional.empty()));
    assertThat(story().isKnown()).isTrue();
    assertThat(why())
        .contains("Records under this key that were kept out, and are never applied: 1");
    assertThat(story().items().getFirst().words()).contains("signature does not match");
  }

  @Test
  void tells_where_the_services_say_otherwise() {
    row(EntryRow.State.LIVE, 5, 900, item(1, Step.CONCLUDED, "a", "added timesheet 900"));
    first = live(6);
    second = shows(901);
    assertThat(why())
        .contains(
            "FirstService has a newer version (6)",
            "does not show timesheet 900",
            "does not know: 901");
    first = new FirstView.Gone();
    second = shows(900);
    assertThat(why()).contains("the deletion has not arrived").doesNotContain("does not show");
  }

  @Test
  void merges_all_sources_by_time_and_keeps_the_order_of_the_rows_writes() {
    row(
        EntryRow.State.NONE,
        0,
        0,
        EntryRow.Lane.PARKED,
        Optional.empty(),
        item(10, Step.ANNOUNCED, "ahead", "add"),
        item(4, Step.TAKEN_OVER, "behind", "add"),
        item(20, Step.PARKED, "behind", "CLOSED_JOB"));
    waiting.add(event(21, "CLOSED_JOB", "job 41 is closed", Optional.empty()));
    backup =
        Optional.of(
            new Backup(START.getEpochSecond() + 2, "{}", Optional.of(START.plusSeconds(15))));
    assertThat(story().items())
        .extracting(StoryItem::word)
        .containsExactly(
            "backed up", "announced", "taken over", "backup deleted", "parked", "waits");
  }

  @Test
  void says_what_the_time_line_leaves_out() {
    row(EntryRow.State.LIVE, 5, 900, item(1, Step.CONCLUDED, "a", "added timesheet 900"));
    assertThat(story().notes()).singleElement().asString().contains("the log has it");
    EntryRow told = row;
    row = row.waiting(31, BigInteger.TEN, 0, EntryRow.Lane.STREAM, 1, EntryRow.Wake.NONE);
    assertThat(story().notes().getFirst()).contains("not told any more: 30");
    row = told.telling(History.none());
    assertThat(story().notes().getFirst()).contains("tells nothing of its writes (1)");
    assertThat(story().standing()).isEqualTo(Standing.BOOKED);
  }
}
