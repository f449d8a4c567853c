package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ordering.Outcome;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryRow.State;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** A replay of events whose entries are booked, and whose rows are gone or older than that. */
class LostRowsTest {
  private static final EntryId ID = new EntryId(77);

  private final FakeServices services = new FakeServices();
  private final InMemoryEntryStore store = new InMemoryEntryStore();
  private TimesheetApplier applier = applier(Map.of());
  private long seq = 100;

  private TimesheetApplier applier(Map<String, String> more) {
    var settings =
        new SettingsLoader()
            .values(Map.of("second-service.visible-within", "0ms"), "test")
            .values(more, "test")
            .load((aws, path) -> Map.of())
            .settings();
    return new TimesheetApplier(
        new TimesheetApplier.Parts(
            services.first(),
            services.second(),
            store,
            label -> label == 11 ? Optional.of(new TaskRef.ByName("DESIGN")) : Optional.empty(),
            (id, places, why) -> {},
            (record, problem) -> new Outcome.Parked(problem),
            wakeUp -> {},
            settings.secondService(),
            settings.timesheet(),
            "test",
            Instant::now,
            System::nanoTime,
            time -> {},
            Runnable::run));
  }

  private StreamRecord live(ObjectNode entry) {
    return record(
        new Envelope(
            "id",
            Envelope.Source.FIRST_SERVICE,
            Route.TIMESHEET_UPDATE,
            ID.key(),
            Instant.EPOCH,
            Map.of(),
            ("{\"payload\":" + entry + "}").getBytes(StandardCharsets.UTF_8),
            null));
  }

  private StreamRecord record(Envelope envelope) {
    return new StreamRecord("shard-0", BigInteger.valueOf(seq++), envelope);
  }

  private Outcome replay(StreamRecord record) throws InterruptedException {
    services.calls.clear();
    return applier.handle(
        record(new Replayed("r", Optional.of(record.sequence())).mark(record.envelope())));
  }

  /** Of the entry, booked as it is at that version; on that day, which is its latest. */
  private StreamRecord booked(long version, String day) throws Exception {
    StreamRecord record = saved(version, day);
    assertThat(applier.handle(record)).isInstanceOf(Outcome.Applied.class);
    return record;
  }

  private StreamRecord saved(long version, String day) {
    services.entry(ID.value(), version, 3600);
    ObjectNode entry = services.entries.get(ID.value());
    return live(entry.put("day", day).deepCopy());
  }

  private SecondService.Timesheet only() {
    assertThat(services.timesheets).hasSize(1);
    return services.timesheets.values().iterator().next();
  }

  @Test
  void a_timesheet_that_no_row_knows_is_found_and_kept_as_it_is() throws Exception {
    StreamRecord first = booked(5, "2026-07-03");
    StreamRecord second = booked(6, "2026-07-03");
    store.forget(ID);
    assertThat(replay(first)).isInstanceOf(Outcome.Applied.class);
    assertThat(services.calls).containsExactly("fetch", "look");
    assertThat(only().description()).isEqualTo("v6 [TB#77]");
    assertThat(store.row(ID).timesheetId()).isPositive();
    assertThat(replay(second)).isInstanceOf(Outcome.Skipped.class);
    assertThat(services.calls).isEmpty();
  }

  @Test
  void it_is_found_where_the_entry_is_by_now() throws Exception {
    StreamRecord first = booked(5, "2026-07-03");
    booked(6, "2026-07-20");
    store.forget(ID);
    replay(first);
    assertThat(services.calls).doesNotContain("add", "update");
    assertThat(only().day()).hasToString("2026-07-20");
  }

  @Test
  void it_is_found_where_the_event_says_when_the_newest_state_is_not_booked_yet() throws Exception {
    StreamRecord first = booked(5, "2026-07-03");
    saved(6, "2026-07-20");
    store.forget(ID);
    replay(first);
    assertThat(services.calls).doesNotContain("add").contains("update");
    assertThat(only().day()).hasToString("2026-07-20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "DELETED"})
  void it_is_found_though_the_row_is_older_and_says(State state) throws Exception {
    StreamRecord event = booked(5, "2026-07-03");
    store.put(ID, row(state, 0));
    replay(event);
    assertThat(services.calls).contains("look").doesNotContain("add");
    only();
  }

  @Test
  void it_is_found_though_the_row_names_one_that_is_gone() throws Exception {
    StreamRecord event = booked(5, "2026-07-03");
    store.put(ID, row(State.LIVE, 12345));
    replay(event);
    assertThat(services.calls).contains("look").doesNotContain("add");
    only();
    assertThat(store.row(ID).timesheetId()).isNotEqualTo(12345);
  }

  /** As it was written before the entry was booked, or after a timesheet before this one. */
  private static EntryRow row(State state, long timesheetId) {
    return new EntryRow(
        1,
        3,
        "",
        3,
        state,
        timesheetId,
        Optional.empty(),
        BigInteger.ONE,
        Optional.empty(),
        EntryRow.Lane.STREAM,
        0,
        0,
        EntryRow.Wake.NONE);
  }

  @Test
  void what_was_never_booked_is_added_after_two_looks_and_only_a_live_event_is_not_looked_for()
      throws Exception {
    services.addByHand(17, "2026-07-03", "somebody's own");
    replay(saved(5, "2026-07-03"));
    assertThat(services.calls.stream().filter(call -> !call.startsWith("user")))
        .containsExactly("fetch", "look", "look", "add");
    store.forget(ID);
    services.calls.clear();
    booked(6, "2026-07-03");
    assertThat(services.calls).isEqualTo(List.of("add"));
  }

  @Test
  void nothing_is_added_while_the_report_fails() throws Exception {
    StreamRecord event = booked(5, "2026-07-03");
    store.forget(ID);
    services.failingReports = 1;
    assertThat(replay(event)).isInstanceOf(Outcome.Retry.class);
    only();
    assertThat(replay(event)).isInstanceOf(Outcome.Applied.class);
    only();
  }

  @Test
  void without_a_report_the_row_alone_decides() throws Exception {
    applier = applier(Map.of("second-service.timesheet-report", "false"));
    replay(saved(5, "2026-07-03"));
    assertThat(services.calls).contains("add").doesNotContain("look");
  }
}
