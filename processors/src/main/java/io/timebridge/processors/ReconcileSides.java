package io.timebridge.processors;

import io.timebridge.reconcile.sides.DynamoDbRows;
import io.timebridge.reconcile.sides.LiveSides;
import io.timebridge.services.first.EntryListing;
import io.timebridge.settings.Settings;
import io.timebridge.timesheet.TimesheetApplier;
import java.time.Clock;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

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

  static LiveSides.Parts parts(
      TimesheetApplier.Parts worker,
      EntryListing listing,
      DynamoDbClient dynamoDb,
      Settings settings,
      Clock clock,
      Pace pace) {
    return new LiveSides.Parts(
        worker.first(),
        listing,
        worker.second(),
        new DynamoDbRows(dynamoDb, settings.names(), pace.afterPage(), Thread::sleep),
        worker.mapping(),
        worker.verify(),
        settings,
        clock,
        pace.afterCall(),
        Thread::sleep);
  }
}
