package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A poller holds the lease, and renews it. The row's beat grows with every renewal, a quarter of
 * the lease apart; where its time says that it has run out, the beat is looked at twice, since the
 * poller's clock may be another than ours.
 */
final class PollerCheck {
  /** The row of {@link TableName#COORDINATION} that pollers agree by. */
  private static final String ROW = "poller";

  private static final Duration LONGEST = Duration.ofSeconds(6);
  private static final Duration STEP = Duration.ofMillis(500);
  private static final String START =
      "./timebridge poller; deployed: start the poller's task (docs/DEPLOY.md)";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final Duration leaseFor;
  private final InstantSource clock;
  private final Pause pause;

  PollerCheck(
      DynamoDbClient dynamoDb, Names names, Duration leaseFor, InstantSource clock, Pause pause) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.COORDINATION);
    this.leaseFor = leaseFor;
    this.clock = clock;
    this.pause = pause;
  }

  private record Row(String owner, long epoch, long beat, Instant until) {}

  List<Finding> look() throws StoreTrouble, InterruptedException {
    Optional<Row> seen = read();
    if (seen.isEmpty()) {
      return List.of(new Wrong("no poller has ever run: jobs and clients stand still", START));
    }
    Row row = seen.get();
    if (row.owner().isEmpty()) {
      return List.of(
          new Wrong(
              "no poller runs: the last one has stopped; jobs and clients stand still", START));
    }
    Instant now = clock.instant();
    if (row.until().isAfter(now)) {
      Duration ago = Duration.between(row.until().minus(leaseFor), now);
      return List.of(
          new Well(
              "poller %s is active (epoch %d), last heard of %d s ago"
                  .formatted(row.owner(), row.epoch(), Math.max(0, ago.toSeconds()))));
    }
    return List.of(moves(row) ? clockBehind(row) : silent(row));
  }

  private boolean moves(Row row) throws StoreTrouble, InterruptedException {
    Duration renewed = leaseFor.dividedBy(4).plus(STEP.multipliedBy(2));
    Duration patience = renewed.compareTo(LONGEST) < 0 ? renewed : LONGEST;
    for (Duration waited = Duration.ZERO;
        waited.compareTo(patience) < 0;
        waited = waited.plus(STEP)) {
      pause.pause(STEP);
      if (!read().equals(Optional.of(row))) {
        return true;
      }
    }
    return false;
  }

  private static Finding clockBehind(Row row) {
    return new Warning(
        "poller %s is active, and its clock is behind this machine's".formatted(row.owner()),
        "synchronise the clock of its machine (chronyc makestep)");
  }

  private Finding silent(Row row) {
    return new Wrong(
        "poller %s has been silent since %s: jobs and clients stand still"
            .formatted(row.owner(), row.until().minus(leaseFor).truncatedTo(ChronoUnit.SECONDS)),
        START);
  }

  private Optional<Row> read() throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> item =
        DynamoDbCall.run(
            "a read of " + table,
            () ->
                dynamoDb
                    .getItem(r ->
                        r.tableName(table)
                            .key(
                                Map.of(TableName.COORDINATION.hashKey(), AttributeValue.fromS(ROW)))
                            .consistentRead(true))
                    .item());
    return item.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Row(
                Optional.ofNullable(item.get("owner")).map(AttributeValue::s).orElse(""),
                number(item, "epoch"),
                number(item, "beat"),
                Instant.ofEpochMilli(number(item, "until"))));
  }

  private static long number(Map<String, AttributeValue> item, String attribute) {
    return Optional.ofNullable(item.get(attribute))
        .map(AttributeValue::n)
        .map(Long::parseLong)
        .orElse(0L);
  }
}
