package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.aws.LocalAws;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The row of doubts in a real DynamoDB engine. */
class DoubtsOnDynamoDbTest {
  private static final Names NAMES = new Names("d-");
  private static final Instant NOW = Instant.parse("2026-07-03T10:00:00.123Z");

  private static LocalAws aws;
  private static DynamoDbClient dynamoDb;
  private static DoubtStore store;
  private static long epoch;

  @BeforeAll
  static void start() {
    aws = LocalAws.start();
    aws.createResources(NAMES, 1);
    dynamoDb = aws.clients().dynamoDb();
    store = new DynamoDbDoubtStore(dynamoDb, NAMES.table(TableName.COORDINATION));
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
    aws.close();
  }

  @BeforeEach
  void a_new_reign() {
    epoch++;
    store.clear(true, epoch);
  }

  private static Doubt doubt(long episode, long from, long to) {
    List<Known.Job> jobs =
        LongStream.range(from, to)
            .mapToObj(id -> new Known.Job(id, "J" + id, "\u0440".repeat(4000), 1, "C", "Cl", true))
            .toList();
    return Doubt.of(new JobDiff.Missing.TooMany(jobs, 100_000, false), episode, NOW);
  }

  @Test
  void comes_back_as_it_was_written_also_where_it_is_large() {
    Doubt large = doubt(epoch, 1_000_000, 1_040_000);
    assertThat(large.obstacle()).isEmpty();
    assertThat(store.save(large, epoch)).isTrue();
    assertThat(store.confirm(large, NOW, "ann")).isTrue();
    DoubtStore.Row row = store.read();
    assertThat(row.lastEpisode()).isEqualTo(epoch);
    assertThat(row.doubt()).contains(large);
    assertThat(row.confirmation()).contains(new DoubtStore.Confirmation(large.jobs(), NOW, "ann"));
  }

  @Test
  void is_confirmed_only_as_it_was_shown() {
    Doubt shown = doubt(epoch, 1, 100);
    store.save(shown, epoch);
    store.save(doubt(epoch, 1, 101), epoch);
    assertThat(store.confirm(shown, NOW, "ann")).isFalse();
    assertThat(store.read().confirmation()).isEmpty();
  }

  @Test
  void is_not_confirmed_once_it_is_over_or_when_it_has_an_obstacle() {
    Doubt over = doubt(epoch, 1, 100);
    store.save(over, epoch);
    store.clear(true, epoch);
    assertThat(store.confirm(over, NOW, "ann")).isFalse();
    assertThat(store.read())
        .isEqualTo(new DoubtStore.Row(epoch, Optional.empty(), Optional.empty()));

    Doubt sparse =
        Doubt.of(
            new JobDiff.Missing.TooMany(
                List.of(new Known.Job(1, "J", "n", 1, "C", "Cl", true)), 1, true),
            epoch,
            NOW);
    store.save(sparse, epoch);
    assertThat(store.confirm(sparse, NOW, "ann")).isFalse();
  }

  @Test
  void a_confirmation_stays_when_the_doubt_changes_and_goes_when_it_is_spent() {
    Doubt first = doubt(epoch, 1, 100);
    store.save(first, epoch);
    store.confirm(first, NOW, "ann");
    Doubt second = doubt(epoch, 1, 101);
    store.save(second, epoch);
    assertThat(store.read().confirmation()).isPresent();
    assertThat(store.clear(false, epoch)).isTrue();
    assertThat(store.read())
        .isEqualTo(new DoubtStore.Row(epoch, Optional.of(second), Optional.empty()));
  }

  @Test
  void a_poller_of_an_older_epoch_writes_nothing() {
    Doubt newer = doubt(epoch, 1, 100);
    store.save(newer, epoch);
    assertThat(store.save(doubt(epoch, 1, 50), epoch - 1)).isFalse();
    assertThat(store.clear(true, epoch - 1)).isFalse();
    assertThat(store.read().doubt()).contains(newer);
  }
}
