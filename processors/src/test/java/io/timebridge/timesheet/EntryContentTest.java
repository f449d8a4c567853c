package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.settings.Settings;
import io.timebridge.stream.EntryId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class EntryContentTest {
  private static final EntryId ID = new EntryId(12345);
  private static final String ENTRY =
      """
      {"id":12345,"user":{"id":3},"project":{"id":9,"external_id":"41","client":{"external_id":"7"}},
       "duration":{"total_seconds":4502},"day":"2026-07-03","note":"Übung \\"a\\"","label_ids":[11,12],
       "updated_at":1763800000}\
      """;

  private static EntryContent read(String json) throws EntryContent.Unreadable {
    return EntryContent.read(ID, JsonMapper.builder().build().readTree(json));
  }

  @Test
  void reads_what_matters() throws Exception {
    EntryContent content = read(ENTRY);
    assertThat(content.userId()).isEqualTo(3);
    assertThat(content.projectExternalId()).isEqualTo("41");
    assertThat(content.clientExternalId()).isEqualTo("7");
    assertThat(content.seconds()).isEqualTo(4502);
    assertThat(content.day()).hasToString("2026-07-03");
    assertThat(content.labelIds()).containsExactly(11L, 12L);
    assertThat(content.ignored()).isEmpty();
  }

  @Test
  void takes_a_duration_in_plain_seconds_and_numbers_as_text() throws Exception {
    assertThat(read(ENTRY.replace("{\"total_seconds\":4502}", "4502"))).isEqualTo(read(ENTRY));
    assertThat(read(ENTRY.replace("{\"total_seconds\":4502}", "\"4502\""))).isEqualTo(read(ENTRY));
    assertThat(read(ENTRY.replace("\"id\":3", "\"id\":\"3\""))).isEqualTo(read(ENTRY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "604801", "1.5", "\"an hour\"", "null", "{}"})
  void refuses_a_duration_of(String duration) {
    assertThatThrownBy(() -> read(ENTRY.replace("{\"total_seconds\":4502}", duration)))
        .isInstanceOf(EntryContent.Unreadable.class)
        .hasMessageContaining("duration");
  }

  @Test
  void refuses_an_entry_without_a_day() {
    assertThatThrownBy(() -> read(ENTRY.replace("2026-07-03", "3 July")))
        .isInstanceOf(EntryContent.Unreadable.class)
        .hasMessageContaining("day");
  }

  @Test
  void has_another_hash_when_anything_that_matters_differs() throws Exception {
    String hash = read(ENTRY).hash();
    assertThat(read(ENTRY.replace("1763800000", "1763800001")).hash()).isEqualTo(hash);
    for (String[] change :
        new String[][] {
          {"\"id\":3", "\"id\":4"},
          {"\"41\"", "\"42\""},
          {"\"7\"", "\"8\""},
          {"4502", "4503"},
          {"07-03", "07-04"},
          {"Übung", "Ubung"},
          {"[11,12]", "[11]"},
          {"\"updated_at\"", "\"draft\":true,\"updated_at\""}
        }) {
      assertThat(read(ENTRY.replace(change[0], change[1])).hash()).as(change[1]).isNotEqualTo(hash);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'\"draft\":true', draft",
    "'\"timer_state\":\"running\"', running-timer",
    "'\"timer_state\":\"start\"', running-timer"
  })
  void is_ignored_when(String field, String reason) throws Exception {
    String json = ENTRY.replace("\"updated_at\"", field + ",\"updated_at\"");
    assertThat(read(json).ignored()).contains(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 4502, 1.2506",
    "0, 1, 0.0003",
    "0, 3600, 1.0000",
    "60, 4502, 1.2500",
    "60, 4530, 1.2667",
    "900, 4049, 1.0000",
    "900, 4050, 1.2500"
  })
  void rounds_hours_by_rule(long stepSeconds, long seconds, String hours) {
    Optional<Duration> step =
        stepSeconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(stepSeconds));
    Hours rule =
        new Hours(
            new Settings.Timesheet(
                step,
                4,
                Set.of(),
                Optional.empty(),
                Settings.Timesheet.DeletedByHand.RECREATE,
                20,
                Duration.ofMinutes(10),
                Duration.ofDays(90)));
    assertThat(rule.of(seconds)).isEqualTo(new BigDecimal(hours));
  }

  @Test
  void marks_a_description_so_that_only_the_mark_at_its_end_counts() {
    assertThat(ReferenceMark.describe(ID, " a note \u0000\nline "))
        .isEqualTo("a note \nline [TB#12345]");
    assertThat(ReferenceMark.describe(ID, "")).isEqualTo("[TB#12345]");
    String hostile = ReferenceMark.describe(ID, "see [TB#99]");
    assertThat(ReferenceMark.find(hostile)).contains(ID);
    assertThat(ReferenceMark.find("[TB#12345] and more")).isEmpty();
    assertThat(ReferenceMark.find("[TB#99999999999999999999]")).isEmpty();
  }
}
