package io.timebridge.reconcile.sides;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.reconcile.Sides;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.dynamodb.EntryRowReader;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The rows in DynamoDB. Reads only. */
public final class DynamoDbRows implements LiveSides.Rows {
  private static final int ROWS_PER_PAGE = 1000;

  private final EntryRowReader rows;
  private final DeadLetters waiting;
  private final Duration pauseAfterPage;
  private final LiveSides.Sleep sleep;

  /**
   * @param pauseAfterPage of {@value #ROWS_PER_PAGE} rows, while the whole table is read
   */
  public DynamoDbRows(
      DynamoDbClient dynamoDb, Names names, Duration pauseAfterPage, LiveSides.Sleep sleep) {
    this.rows = new EntryRowReader(dynamoDb, names);
    this.waiting = new DeadLetters(dynamoDb, names);
    this.pauseAfterPage = pauseAfterPage;
    this.sleep = sleep;
  }

  @Override
  public Sides.Rows rows(Collection<EntryId> ids) throws StoreTrouble, InterruptedException {
    Map<EntryId, String> unreadable = new HashMap<>();
    return new Sides.Rows(rows.rows(ids, unreadable::put), unreadable);
  }

  @Override
  public void places(Consumer<Place> each, BiConsumer<EntryId, String> unreadable)
      throws StoreTrouble, InterruptedException {
    rows.places(ROWS_PER_PAGE, page -> sleep.sleep(pauseAfterPage), each, unreadable::accept);
  }

  @Override
  public String whyParked(EntryId id) throws StoreTrouble, InterruptedException {
    return waiting.find(id.key()).map(WaitingKey::reason).orElse("until a moment ago");
  }
}
