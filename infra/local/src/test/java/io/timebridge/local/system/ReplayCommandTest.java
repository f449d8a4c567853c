package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.replay.ReplayRequest;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.VerifyEvent;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import tools.jackson.databind.JsonNode;

/** {@code timebridge replay}, as a person types it; no worker runs. */
class ReplayCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ENTRIES = "timesheet-events";

  @TempDir static Path folder;

  private static AdminRig rig;
  private static KinesisClient kinesis;
  private static DynamoDbClient dynamoDb;

  private String since = "";

  @BeforeAll
  static void start() throws Exception {
    rig = new AdminRig(folder);
    kinesis = rig.aws.clients().kinesis();
    dynamoDb = rig.aws.clients().dynamoDb();
  }

  @AfterAll
  static void stop() {
    kinesis.close();
    dynamoDb.close();
    rig.close();
  }

  /** Each test has a time of its own. */
  @BeforeEach
  void begin() {
    Instant now = Instant.now();
    await().until(() -> Instant.now().isAfter(now.plusMillis(2)));
    since = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private AdminRig.Ran replay(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("replay"));
    all.addAll(List.of(arguments));
    return rig.run(rig.config(Map.of()), all.toArray(String[]::new));
  }

  private JsonNode done(String... arguments) throws Exception {
    AdminRig.Ran ran = replay(arguments);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.json();
  }

  private static String put(long entry, long version) {
    return put(event(entry, version));
  }

  private static Envelope event(long entry, long version) {
    String body =
        "{\"payload\":{\"id\":%d,\"updated_at\":%d,\"day\":\"2026-07-03\",\"note\":\"n\",\"user\":{\"id\":3},\"duration\":3600,\"label_ids\":[]}}"
            .formatted(entry, version);
    return new Envelope(
        "e-" + entry + "-" + version,
        Envelope.Source.TIMEBRIDGE,
        Route.TIMESHEET_UPDATE,
        Long.toString(entry),
        Instant.now(),
        Map.of(),
        body.getBytes(StandardCharsets.UTF_8),
        null);
  }

  /** The sequence number. */
  private static String put(Envelope envelope) {
    return kinesis
        .putRecord(r ->
            r.streamName(rig.settings.names().stream(StreamName.TIMESHEET_EVENTS))
                .partitionKey(envelope.key())
                .data(SdkBytes.fromByteArray(EnvelopeCodec.encode(envelope))))
        .sequenceNumber();
  }

  /** Everything in the stream, oldest shard first; no shard has a number below its parents'. */
  private static List<Record> stream() {
    String stream = rig.settings.names().stream(StreamName.TIMESHEET_EVENTS);
    List<Record> all = new ArrayList<>();
    for (Shard shard : shards()) {
      String iterator =
          kinesis
              .getShardIterator(r ->
                  r.streamName(stream)
                      .shardId(shard.shardId())
                      .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
              .shardIterator();
      while (iterator != null) {
        String at = iterator;
        var page = kinesis.getRecords(r -> r.shardIterator(at));
        all.addAll(page.records());
        iterator = page.millisBehindLatest() == 0 ? null : page.nextShardIterator();
      }
    }
    return all;
  }

  private static List<Shard> shards() {
    String stream = rig.settings.names().stream(StreamName.TIMESHEET_EVENTS);
    return kinesis.listShards(r -> r.streamName(stream)).shards();
  }

  private static Map<String, List<String>> replayedIdsByKey(String replay) {
    Map<String, List<String>> ids = new HashMap<>();
    for (Record record : stream()) {
      if (EnvelopeCodec.decode(record.data().asByteArray())
              instanceof EnvelopeCodec.Decoded.Read(Envelope envelope)
          && Replayed.of(envelope).filter(mark -> mark.replay().equals(replay)).isPresent()) {
        ids.computeIfAbsent(envelope.key(), k -> new ArrayList<>()).add(envelope.id());
      }
    }
    return ids;
  }

  private static void split() {
    String stream = rig.settings.names().stream(StreamName.TIMESHEET_EVENTS);
    Shard open =
        shards().stream()
            .filter(s -> s.sequenceNumberRange().endingSequenceNumber() == null)
            .findFirst()
            .orElseThrow();
    BigInteger middle =
        new BigInteger(open.hashKeyRange().startingHashKey())
            .add(new BigInteger(open.hashKeyRange().endingHashKey()))
            .shiftRight(1);
    kinesis.splitShard(r ->
        r.streamName(stream).shardToSplit(open.shardId()).newStartingHashKey(middle.toString()));
    awaitActive(stream);
  }

  private static void merge() {
    String stream = rig.settings.names().stream(StreamName.TIMESHEET_EVENTS);
    List<Shard> open =
        shards().stream()
            .filter(s -> s.sequenceNumberRange().endingSequenceNumber() == null)
            .sorted(
                java.util.Comparator.comparing(
                    s -> new BigInteger(s.hashKeyRange().startingHashKey())))
            .toList();
    kinesis.mergeShards(r ->
        r.streamName(stream)
            .shardToMerge(open.get(0).shardId())
            .adjacentShardToMerge(open.get(1).shardId()));
    awaitActive(stream);
  }

  private static void awaitActive(String stream) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            kinesis
                    .describeStreamSummary(r -> r.streamName(stream))
                    .streamDescriptionSummary()
                    .streamStatus()
                == StreamStatus.ACTIVE);
  }

  @Test
  void keeps_the_order_of_every_key_where_shards_were_split_and_merged_and_repeats_no_replay()
      throws Exception {
    for (long version = 1; version <= 9; version++) {
      for (long entry = 101; entry <= 108; entry++) {
        put(entry, version);
      }
      if (version == 3) {
        split();
      }
      if (version == 6) {
        merge();
      }
    }
    JsonNode first =
        done("--stream", ENTRIES, "--from", since, "--no-wait", "--rate", "1000", "--json");
    assertThat(first.path("published").asInt()).isEqualTo(72);
    Map<String, List<String>> ids = replayedIdsByKey(first.path("replay").asString());
    assertThat(ids).hasSize(8);
    ids.forEach((key, order) ->
        assertThat(order)
            .containsExactlyElementsOf(
                java.util.stream.LongStream.rangeClosed(1, 9)
                    .mapToObj(version -> "e-" + key + "-" + version)
                    .toList()));

    JsonNode again =
        done("--stream", ENTRIES, "--from", since, "--no-wait", "--rate", "1000", "--json");
    assertThat(again.path("state").asString()).isEqualTo("done_before");
    JsonNode other =
        done(
            "--stream",
            ENTRIES,
            "--from",
            since,
            "--to",
            Instant.now().toString(),
            "--dry-run",
            "--json");
    assertThat(other.path("counts").path("replayed").asInt()).isEqualTo(72);
    assertThat(other.path("counts").path("to_look_up").asInt()).isEqualTo(72);
  }

  @Test
  void what_a_replay_published_is_done_again_where_what_it_repeats_is_not_read_itself()
      throws Exception {
    String before = put(401, 1);
    begin();
    put(new Replayed("monday", Optional.of(new BigInteger(before))).mark(event(401, 1)));
    put(new Replayed("from-backup", Optional.empty()).mark(event(402, 1)));
    String here = put(403, 1);
    put(new Replayed("monday", Optional.of(new BigInteger(here))).mark(event(403, 1)));
    put(
        new Replayed("forced", Optional.empty())
            .mark(
                VerifyEvent.of(EntryId.parse("404").orElseThrow(), Set.of(), true, Instant.now())));
    JsonNode ran = done("--stream", ENTRIES, "--from", since, "--no-wait", "--json");
    assertThat(ran.path("counts").path("replayed").asInt()).isEqualTo(2);
    assertThat(replayedIdsByKey(ran.path("replay").asString()))
        .isEqualTo(
            Map.of(
                "401", List.of("e-401-1"), "402", List.of("e-402-1"), "403", List.of("e-403-1")));
    assertThat(replayedPlaces(ran.path("replay").asString())).contains(before).contains(here);
  }

  /** Where each event that a replay published stood at first. */
  private static List<String> replayedPlaces(String replay) {
    return stream().stream()
        .map(record -> EnvelopeCodec.decode(record.data().asByteArray()))
        .flatMap(decoded ->
            decoded instanceof EnvelopeCodec.Decoded.Read(Envelope envelope)
                ? Replayed.of(envelope).stream()
                : Stream.empty())
        .filter(mark -> mark.replay().equals(replay))
        .flatMap(mark -> mark.sequence().stream())
        .map(BigInteger::toString)
        .toList();
  }

  @Test
  void a_dry_run_writes_nothing() throws Exception {
    put(201, 1);
    put(202, 1);
    put(
        new Envelope(
            "forged",
            Envelope.Source.FIRST_SERVICE,
            Route.TIMESHEET_UPDATE,
            "203",
            Instant.now(),
            Map.of("x-signature", "00"),
            "{\"payload\":{\"entity_id\":203}}".getBytes(StandardCharsets.UTF_8),
            null));
    int records = stream().size();
    List<Object> rows = rows();
    AdminRig.Ran ran = replay("--stream", ENTRIES, "--from", since, "--dry-run");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("nothing was changed", "2  published: by its row without a timesheet")
        .contains("1  skipped: its signature is not that of a secret in use");
    assertThat(stream()).hasSize(records);
    assertThat(rows()).isEqualTo(rows);
  }

  private static List<Object> rows() {
    List<Object> rows = new ArrayList<>();
    for (TableName table : TableName.values()) {
      dynamoDb.scanPaginator(r -> r.tableName(rig.settings.names().table(table))).items().stream()
          .filter(row -> !row.toString().contains("shares")) // of calls: they tick by themselves
          .forEach(rows::add);
    }
    return rows;
  }

  @Test
  void one_key_alone_is_done_again() throws Exception {
    put(301, 1);
    put(302, 1);
    put(301, 2);
    JsonNode ran =
        done("--stream", ENTRIES, "--from", since, "--key", "301", "--no-wait", "--json");
    assertThat(ran.path("read").asInt()).isEqualTo(2);
    assertThat(replayedIdsByKey(ran.path("replay").asString()))
        .isEqualTo(Map.of("301", List.of("e-301-1", "e-301-2")));
  }

  @Test
  void a_window_that_the_stream_no_longer_holds_names_the_backup() throws Exception {
    AdminRig.Ran ran = replay("--stream", ENTRIES, "--from", "400d");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("keeps records for").contains("--from-backup");
  }

  @Test
  void a_replay_without_what_was_no_longer_there_says_so_and_ends_with_1() throws Exception {
    String name =
        new ReplayRequest(
                StreamName.TIMESHEET_EVENTS,
                since,
                Optional.empty(),
                Optional.empty(),
                false,
                false)
            .name();
    AttributeValue none = AttributeValue.fromM(Map.of());
    AttributeValue now = AttributeValue.fromN(Long.toString(Instant.now().toEpochMilli()));
    dynamoDb.putItem(r ->
        r.tableName(rig.settings.names().table(TableName.COORDINATION))
            .item(
                Map.of(
                    TableName.COORDINATION.hashKey(),
                    AttributeValue.fromS("replay/" + name),
                    "window_from",
                    AttributeValue.fromS(since),
                    "window_to",
                    AttributeValue.fromS(Instant.now().toString()),
                    "read_to",
                    none,
                    "sent_to",
                    none,
                    "tally",
                    none,
                    "lost",
                    AttributeValue.fromM(
                        Map.of("shardId-7", AttributeValue.fromS(since + "/" + since))),
                    "began_at",
                    now,
                    "ended_at",
                    now)));
    AdminRig.Ran ran = replay("--stream", ENTRIES, "--from", since);
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out())
        .contains("shardId-7")
        .contains("no longer there")
        .contains("--from-backup");
  }

  @Test
  void says_which_option_cannot_be_used_and_what_would_do() throws Exception {
    assertUnusable("--stream", "timesheets", "--stream", "timesheets", "--from", "1h");
    assertUnusable("--from yesterday", "an age", "--stream", ENTRIES, "--from", "yesterday");
    assertUnusable("--rate 0", "1 to 1000", "--stream", ENTRIES, "--from", "1h", "--rate", "0");
    assertUnusable(
        "--key job-1", "an entry id", "--stream", ENTRIES, "--from", "1h", "--key", "job-1");
    assertUnusable("--key 7", "as job-5", "--stream", "job-events", "--from", "1h", "--key", "7");
    assertUnusable("--force", ENTRIES, "--stream", "job-events", "--from", "1h", "--force");
    assertUnusable(
        "--from-backup", ENTRIES, "--stream", "timesheet-backup", "--from", "1h", "--from-backup");
    assertUnusable("must begin before", "", "--stream", ENTRIES, "--from", "1h", "--to", "2h");
  }

  private void assertUnusable(String names, String fix, String... arguments) throws Exception {
    AdminRig.Ran ran = replay(arguments);
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains(names).contains(fix);
    assertThat(Optional.of(ran.out())).hasValue("");
  }
}
