package io.timebridge.processors;

import io.timebridge.lag.aws.FinishedUpTo;
import io.timebridge.reconcile.Finished;
import io.timebridge.reconcile.sides.DynamoDbRows;
import io.timebridge.reconcile.sides.LiveSides;
import io.timebridge.services.first.EntryListing;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import io.timebridge.timesheet.TimesheetApplier;
import java.time.Clock;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** Wires the sides of a comparison from the parts of a worker. */
final class ReconcileSides {
  private ReconcileSides() {}

  /**
   * How hard a comparison pushes.
   *
   * @param afterCall pause after each call of a service
   * @param afterPage pause after a page of rows
   */
  record Pace(Duration afterCall, Duration afterPage) {
    /** As the limits of the services allow. */
    static final Pace FULL = new Pace(Duration.ZERO, Duration.ZERO);

    /** At most five calls and 4,000 rows a second. */
    static final Pace BESIDE_LIVE_TRAFFIC =
        new Pace(Duration.ofMillis(200), Duration.ofMillis(250));
  }

  /**
   * How far entries' events are finished.
   *
   * @param once makes each call once
   */
  static LiveSides.Arrivals arrivals(
      Settings settings,
      KinesisClient kinesis,
      KinesisClient once,
      DynamoDbClient dynamoDb,
      Clock clock) {
    FinishedUpTo stream =
        new FinishedUpTo(settings, StreamName.TIMESHEET_EVENTS, kinesis, once, dynamoDb, clock);
    return wanted -> {
      FinishedUpTo.Seen seen = stream.look(wanted);
      return new Finished(seen.upTo(), seen.unseen());
    };
  }

  static LiveSides.Parts parts(
      TimesheetApplier.Parts worker,
      EntryListing listing,
      DynamoDbClient dynamoDb,
      LiveSides.Arrivals arrivals,
      Settings settings,
      Clock clock,
      Pace pace) {
    return new LiveSides.Parts(
        worker.first(),
        listing,
        worker.second(),
        new DynamoDbRows(dynamoDb, settings.names(), pace.afterPage(), Thread::sleep),
        arrivals,
        worker.mapping(),
        worker.verify(),
        settings,
        clock,
        pace.afterCall(),
        Thread::sleep);
  }
}
