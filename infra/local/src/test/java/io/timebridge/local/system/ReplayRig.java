package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.cli.Timebridge;
import io.timebridge.stream.TableName;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running system that loses things, and a person who has them done again. */
final class ReplayRig implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  final WakingRig system;
  private final DynamoDbClient dynamoDb;
  private final Path config;

  ReplayRig(Path folder, Map<String, String> settings) throws Exception {
    this(folder, settings, Simulators.Behaviour.calm(1));
  }

  ReplayRig(Path folder, Map<String, String> settings, Simulators.Behaviour behaviour)
      throws Exception {
    system = new WakingRig(settings, behaviour);
    dynamoDb = system.system.aws().dynamoDb();
    config = folder.resolve("timebridge.conf");
    try {
      Files.writeString(config, SettingsText.lines(system.system.settingsByKey()));
    } catch (IOException notWritten) {
      close();
      throw notWritten;
    }
  }

  /** {@code timebridge replay} of the entries' events, to its end. */
  JsonNode replay(String... arguments) {
    return replayOf("timesheet-events", arguments);
  }

  /** {@code timebridge replay}, to its end. */
  JsonNode replayOf(String stream, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("replay", "--stream", stream));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--json", "--config", config.toString()));
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    assertThat(exit).as("%s", err).isZero();
    return JSON.readTree(out.toString());
  }

  long track() {
    return system.entry(system.company.userId(), system.company.labelId());
  }

  /**
   * SecondService forgets every timesheet.
   *
   * @param nextId the next id it gives; 0 = as if nothing had been lost
   */
  void loseTimesheets(long nextId) {
    system.second.post(
        "/__sim/timesheets",
        "{\"op\":\"lose-all\"" + (nextId > 0 ? ",\"nextId\":" + nextId : "") + "}");
  }

  void loseRows() {
    String table = table(TableName.TIMESHEET_ENTRIES);
    rows(TableName.TIMESHEET_ENTRIES)
        .forEach(row ->
            dynamoDb.deleteItem(
                r -> r.tableName(table).key(Map.of("entry_id", AttributeValue.fromS(id(row))))));
  }

  /** The rows of jobs and clients are gone; what they speak of in FirstService stays. */
  void loseJobRows() {
    String table = table(TableName.JOB_DATA);
    rows(TableName.JOB_DATA)
        .forEach(row ->
            dynamoDb.deleteItem(r ->
                r.tableName(table)
                    .key(Map.of("id", row.getOrDefault("id", AttributeValue.fromS(""))))));
  }

  /**
   * A person gives the timesheet of an entry another description.
   *
   * @param entry with one timesheet
   */
  void describe(long entry, String description) {
    system.second.post(
        "/__sim/timesheets",
        "{\"op\":\"edit\",\"idTimesheet\":%d,\"strDescription\":\"%s\"}"
            .formatted(timesheet(entry), description));
  }

  /** The id of its only timesheet. */
  long timesheet(long entry) {
    List<JsonNode> all = system.timesheets(entry);
    assertThat(all).hasSize(1);
    return all.getFirst().path("idTimesheet").longValue();
  }

  List<Map<String, AttributeValue>> rows(TableName name) {
    return dynamoDb.scanPaginator(r -> r.tableName(table(name))).items().stream().toList();
  }

  static String id(Map<String, AttributeValue> row) {
    return row.getOrDefault("entry_id", AttributeValue.fromS("")).s();
  }

  private String table(TableName name) {
    return system.system.settings().names().table(name);
  }

  /** How many effects SecondService has carried out. */
  int ledger() {
    return system.second.ledger(0).size();
  }

  /** Those after the first so many, of an entry, in order. */
  List<String> effects(long entry, int after) {
    return system.second.ledger(after).stream()
        .filter(e -> e.content().path("strDescription").asString("").endsWith("[TB#" + entry + "]"))
        .map(e -> e.op() + " " + e.content().path("dblHours").decimalValue().stripTrailingZeros())
        .toList();
  }

  @Override
  public void close() {
    dynamoDb.close();
    system.close();
  }
}
