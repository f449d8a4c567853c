package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.timesheet.HistoryItem.Step;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {
  private static final Instant START = Instant.parse("2026-07-03T10:00:00Z");

  private static HistoryItem item(long second, Step step, String text) {
    return new HistoryItem(
        START.plusSeconds(second), step, second, BigInteger.ZERO, "", "host:1:a", 0, text);
  }

  private static History whole(History before, HistoryItem item) {
    return before.whole(item, Instant.EPOCH);
  }

  @Test
  void holds_what_was_written_in_its_order() {
    History history = whole(History.none(), item(1, Step.ANNOUNCED, "add"));
    history = history.plus(item(2, Step.CONCLUDED, "added timesheet 9"));
    assertThat(history.all())
        .extracting(HistoryItem::step)
        .containsExactly(Step.ANNOUNCED, Step.CONCLUDED);
  }

  /** However the writes of the protocol follow each other: those that add follow a whole one. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void stays_within_its_bounds_and_keeps_the_newest(long seed) {
    Random random = new Random(seed);
    History history = History.none();
    HistoryItem last = item(0, Step.OTHER, "");
    for (int i = 1; i < 400; i++) {
      String text = "x".repeat(random.nextInt(300));
      last = item(i, Step.ANNOUNCED, text);
      history = whole(history, last);
      if (random.nextBoolean()) {
        last = item(i, Step.CONCLUDED, text);
        history = history.plus(last);
      }
      if (random.nextInt(3) == 0) {
        history = history.followedBy(item(i, Step.FOLLOWED, text));
      }
      if (random.nextInt(3) == 0) {
        history = history.owing(item(i, Step.WAKE_OWED, text));
        history = history.wokenBy(item(i, Step.WOKEN, text));
      }
      assertThat(history.items()).as("seed %d", seed).hasSizeLessThanOrEqualTo(History.MOST);
      assertThat(history.items().getLast()).isEqualTo(last);
      int bytes = history.all().stream().mapToInt(HistoryItem::bytes).sum();
      assertThat(bytes).as("seed %d", seed).isLessThanOrEqualTo(4096);
    }
    assertThat(history.items()).hasSizeGreaterThan(5);
  }

  @Test
  void drops_what_is_too_old_at_the_next_whole_write() {
    History history = whole(History.none(), item(0, Step.ANNOUNCED, "old"));
    history = history.plus(item(100, Step.CONCLUDED, "young"));
    Instant now = START.plusSeconds(200);
    history = history.whole(item(200, Step.ANNOUNCED, "now"), now.minus(Duration.ofSeconds(150)));
    assertThat(history.all()).extracting(HistoryItem::text).containsExactly("young", "now");
  }

  @Test
  void what_stands_apart_joins_the_list_once_and_where_it_belongs() {
    History history = whole(History.none(), item(1, Step.PARKED, "CLOSED_JOB"));
    history = history.wokenBy(item(2, Step.WOKEN, "parking 1"));
    history = whole(history, item(3, Step.REJECTED_AGAIN, "CLOSED_JOB"));
    history = whole(history, item(4, Step.REJECTED_AGAIN, "CLOSED_JOB"));
    assertThat(history.all())
        .extracting(HistoryItem::step)
        .containsExactly(Step.PARKED, Step.WOKEN, Step.REJECTED_AGAIN, Step.REJECTED_AGAIN);
    assertThat(history.atRest().all()).isEqualTo(history.all());
  }

  @Test
  void what_was_cut_off_does_not_come_back_from_where_it_stood_apart() {
    History history = whole(History.none(), item(1, Step.PARKED, ""));
    history = history.wokenBy(item(2, Step.WOKEN, "parking 1"));
    for (int i = 3; i < 40; i++) {
      history = whole(history, item(i, Step.REJECTED_AGAIN, ""));
    }
    assertThat(history.all()).extracting(HistoryItem::step).containsOnly(Step.REJECTED_AGAIN);
  }

  @Test
  void the_order_of_writing_stands_whatever_the_clocks_of_the_writers_say() {
    History history = whole(History.none(), item(10, Step.ANNOUNCED, "by one that is ahead"));
    history = whole(history, item(4, Step.TAKEN_OVER, "by one that is behind"));
    assertThat(history.all())
        .extracting(HistoryItem::step)
        .containsExactly(Step.ANNOUNCED, Step.TAKEN_OVER);
  }

  @Test
  void an_item_is_short_and_printable_whatever_it_is_made_of() {
    HistoryItem item =
        new HistoryItem(
            START.plusNanos(1_234_567),
            Step.PARKED,
            1,
            BigInteger.TEN,
            "r".repeat(100),
            "a-very-long-host-name-".repeat(5) + ":17:abcd",
            0,
            "\u001b[31m\u009b1m\u202e<b>é\n" + "y".repeat(500));
    assertThat(item.text()).startsWith("?[31m?1m?<b>??yyy").hasSize(HistoryItem.MAX_TEXT);
    assertThat(item.worker()).endsWith(":17:abcd").hasSizeLessThanOrEqualTo(48);
    assertThat(item.route()).hasSizeLessThanOrEqualTo(32);
    assertThat(item.at()).isEqualTo(START.plusMillis(1));
  }

  @Test
  void a_rejection_is_told_by_its_reason_and_never_by_its_detail() {
    Historian historian = Historian.of("host.example.org:1:a", () -> START);
    EntryStore.Parking why =
        EntryStore.Parking.untouched(
            new Rejection(
                Rejection.Reason.UNMAPPED_LABEL,
                "no task is mapped for label Ada's own (11)",
                java.util.Set.of(new Cause.LabelMapped(11))));
    HistoryItem item = historian.rejectedAgain(java.util.Optional.of("host.b.org:2:c-7"), why);
    assertThat(item.text()).isEqualTo("UNMAPPED_LABEL label:11");
    assertThat(item.worker()).isEqualTo("host:2:c");
    assertThat(historian.dead().worker()).isEqualTo("host:1:a");
  }

  @Test
  void a_step_of_a_later_version_is_no_trouble() {
    assertThat(List.of(Step.of("taken-over"), Step.of("teleported")))
        .containsExactly(Step.TAKEN_OVER, Step.OTHER);
  }
}
