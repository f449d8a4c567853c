package io.timebridge.reconcile.sides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.local.contract.CoordinationTable;
import io.timebridge.reconcile.Days;
import io.timebridge.reconcile.Result;
import io.timebridge.reconcile.ResultStore;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The last result of several processes, against a real DynamoDB engine. */
class DynamoDbResultsTest {
  private static final String ROW = "reconcile-result";
  private static final LocalDate DAY = LocalDate.parse("2026-07-03");

  private static CoordinationTable table;

  private final Names names = table.fresh();
  private final ResultStore results = new DynamoDbResults(table.dynamoDb(), names);

  @BeforeAll
  static void start() {
    table = new CoordinationTable();
  }

  @AfterAll
  static void stop() {
    table.close();
  }

  private void keep(String ended, long drifts) throws Exception {
    Instant at = Instant.parse(ended);
    results.keep(
        new Result(
            new Days(DAY, DAY),
            at.minusSeconds(60),
            at,
            9,
            9,
            0,
            drifts,
            0,
            Map.of(),
            Map.of(),
            Map.of(),
            0,
            List.of(),
            0,
            List.of(),
            List.of()));
  }

  private long drifts() throws Exception {
    return results.last().orElseThrow().path("drifts").asLong();
  }

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource({
    "2026-07-03T03:00:00Z, 2026-07-03T08:00:00Z",
    "2026-07-03T03:00:00Z, 2026-07-03T03:00:00.500Z",
    "2026-07-03T03:00:00.123Z, 2026-07-03T03:00:00.124456Z",
    "2026-07-03T23:59:59.999Z, 2026-07-04T00:00:00Z"
  })
  void an_older_result_never_takes_the_place_of_a_newer_one(String older, String newer)
      throws Exception {
    keep(older, 5);
    keep(newer, 0);
    keep(older, 5);
    assertThat(drifts()).isZero();
    assertThat(table.row(names, ROW)).containsEntry("drifts", AttributeValue.fromN("0"));
  }

  @Test
  void the_same_result_may_be_kept_again() throws Exception {
    keep("2026-07-03T03:00:00.1Z", 5);
    keep("2026-07-03T03:00:00.1Z", 6);
    assertThat(drifts()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "", "17", "[]"})
  void one_that_cannot_be_read_is_told_and_taken_the_place_of(String text) throws Exception {
    put(Map.of("result", AttributeValue.fromS(text), "at", AttributeValue.fromS("9999")));
    assertThatThrownBy(results::last)
        .isInstanceOf(StoreTrouble.class)
        .hasMessageContaining(ROW)
        .hasMessageContaining("cannot be read");
    keep("2026-07-03T03:00:00Z", 5);
    assertThat(drifts()).isEqualTo(5);
  }

  @Test
  void so_is_one_of_other_types() throws Exception {
    put(Map.of("result", AttributeValue.fromN("1"), "at", AttributeValue.fromN("9999")));
    assertThatThrownBy(results::last).isInstanceOf(StoreTrouble.class);
    keep("2026-07-03T03:00:00Z", 5);
    assertThat(drifts()).isEqualTo(5);
  }

  private void put(Map<String, AttributeValue> attributes) {
    Map<String, AttributeValue> row = new HashMap<>(attributes);
    row.put(TableName.COORDINATION.hashKey(), AttributeValue.fromS(ROW));
    table.dynamoDb().putItem(r -> r.tableName(names.table(TableName.COORDINATION)).item(row));
  }
}
