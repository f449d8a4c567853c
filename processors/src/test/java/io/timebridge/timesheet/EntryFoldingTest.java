package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class EntryFoldingTest {
  private static final long ENTRY = 77;

  private final FakeServices services = new FakeServices();
  private final EntryFolding folding = new EntryFolding();
  private long seq;

  private StreamRecord record(Route route, String payload) {
    byte[] body = ("{\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
    Envelope envelope =
        new Envelope(
            "id-" + seq,
            Envelope.Source.FIRST_SERVICE,
            route,
            Long.toString(ENTRY),
            Instant.EPOCH,
            Map.of(),
            body,
            null);
    return new StreamRecord("shard-0", BigInteger.valueOf(seq++), envelope);
  }

  private ObjectNode entry(long version) {
    return services.entry(ENTRY, version, 3600);
  }

  private StreamRecord created(long version) {
    return record(Route.NEW_TIMESHEET_ENTRY, entry(version).toString());
  }

  private StreamRecord saved(long version) {
    return record(Route.TIMESHEET_UPDATE, entry(version).toString());
  }

  private StreamRecord thin(Route route) {
    return record(route, "{\"entity_id\":77,\"entity_path\":\"/1.1/77/hours/77\"}");
  }

  private int leading(StreamRecord... waiting) {
    return folding.leading(List.of(waiting));
  }

  @Test
  void folds_an_edit_burst_into_its_newest_version() {
    assertThat(leading(created(1), saved(2), saved(5), saved(9))).isEqualTo(4);
  }

  @Test
  void does_not_fold_into_an_older_version_that_came_late_nor_into_one_of_the_same_time() {
    assertThat(leading(saved(5), saved(4), saved(6))).isEqualTo(1);
    ObjectNode tied = entry(5);
    tied.put("note", "another");
    assertThat(leading(saved(5), record(Route.TIMESHEET_UPDATE, tied.toString()))).isEqualTo(1);
  }

  @Test
  void folds_a_repeat_into_its_repetition() {
    assertThat(leading(saved(5), saved(5), saved(6))).isEqualTo(3);
    StreamRecord thin = thin(Route.TIMESHEET_UPDATE);
    assertThat(leading(thin, thin)).isEqualTo(2);
  }

  @Test
  void never_folds_across_a_deletion_whatever_says_it() {
    ObjectNode deleted = entry(3).put("deleted", true);
    for (StreamRecord deletion :
        List.of(
            thin(Route.TIMESHEET_DELETION),
            record(Route.TIMESHEET_DELETION, entry(3).toString()),
            record(Route.TIMESHEET_UPDATE, deleted.toString()))) {
      assertThat(leading(saved(1), saved(2), deletion, saved(4))).isEqualTo(2);
      assertThat(leading(deletion, saved(4), saved(5))).isEqualTo(1);
      assertThat(leading(deletion, deletion)).as("a repeat").isEqualTo(1);
    }
  }

  @Test
  void folds_into_a_thin_event_for_which_first_service_is_asked_and_never_over_one() {
    StreamRecord thin = thin(Route.TIMESHEET_UPDATE);
    assertThat(leading(saved(1), saved(2), thin)).isEqualTo(3);
    assertThat(leading(thin, saved(9))).as("what it speaks of may be newer").isEqualTo(1);
    assertThat(leading(thin(Route.NEW_TIMESHEET_ENTRY), thin)).isEqualTo(2);
  }

  @Test
  void does_not_fold_into_what_is_not_to_be_booked() {
    ObjectNode draft = entry(2).put("draft", true);
    assertThat(leading(saved(1), record(Route.TIMESHEET_UPDATE, draft.toString()), saved(3)))
        .isEqualTo(1);
    assertThat(leading(record(Route.TIMESHEET_UPDATE, draft.toString()), saved(3))).isEqualTo(2);
  }

  @Test
  void leaves_alone_what_is_verified_unreadable_or_of_another_entry() {
    assertThat(leading(saved(1), thin(Route.VERIFY), saved(2))).isEqualTo(1);
    assertThat(leading(thin(Route.VERIFY), saved(2))).isEqualTo(1);
    assertThat(leading(saved(1), record(Route.TIMESHEET_UPDATE, "7"))).isEqualTo(1);
    assertThat(leading(record(Route.TIMESHEET_UPDATE, "7"), saved(1))).isEqualTo(1);
    String other = services.entry(78, 9, 60).toString();
    assertThat(leading(saved(1), record(Route.TIMESHEET_UPDATE, other))).isEqualTo(1);
  }
}
