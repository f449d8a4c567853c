package io.timebridge.local.demo;

import io.timebridge.local.sim.SimControl;
import io.timebridge.local.system.LocalSystem;
import io.timebridge.local.traffic.Comparison;
import io.timebridge.local.traffic.Comparison.BackupItem;
import io.timebridge.local.traffic.JobChanges;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What both services and the tables hold; judged by the simulators' state, never by our own rows.
 * For one thread.
 */
public final class Evidence implements AutoCloseable {
  private final SimControl first;
  private final SimControl second;
  private final DynamoDbClient dynamoDb;
  private final Names names;
  private final IntSupplier unfinished;
  private long firstSeen;
  private long secondSeen;

  Evidence(LocalSystem system) {
    this(
        system.simulators().first(),
        system.simulators().second(),
        system.aws().dynamoDb(),
        system.settings().names(),
        system::unfinished);
  }

  /**
   * Of a system whose parts are elsewhere.
   *
   * @param dynamoDb closed with this
   * @param unfinished records that workers hold
   */
  public Evidence(
      SimControl first,
      SimControl second,
      DynamoDbClient dynamoDb,
      Names names,
      IntSupplier unfinished) {
    this.first = first;
    this.second = second;
    this.dynamoDb = dynamoDb;
    this.names = names;
    this.unfinished = unfinished;
  }

  /** Both services and the backups against each other. */
  public Comparison.Result compare(Comparison.Rules rules) {
    return Comparison.compare(first.state(), second.state(), backups(), rules);
  }

  /**
   * What is still to come: webhooks to be delivered or tried again, calls that take effect late.
   */
  public long pendingDeliveries() {
    return first.get("/__sim/delivery").path("pending").longValue()
        + first.state().path("latePending").longValue()
        + second.state().path("latePending").longValue();
  }

  /** Records that a worker holds and has not finished; one that waits for a retry among them. */
  int unfinished() {
    return unfinished.getAsInt();
  }

  /** Number of SecondService's newest effect. */
  long secondServiceEffects() {
    return newest(second, 0);
  }

  /** What became of the changes of jobs and clients numbered above {@code after}. */
  JobChanges.Report jobChanges(long after, Set<String> excludedClientCodes) {
    return JobChanges.judge(first.ledger(0), second.ledger(0), after, excludedClientCodes);
  }

  /**
   * Returns when the job has a project that is active, or one that is archived; false when it has
   * waited for so long.
   */
  boolean awaitProject(long job, boolean active, Duration longest, Duration lookEvery)
      throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (!hasProject(job, active)) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(lookEvery);
    }
    return true;
  }

  private boolean hasProject(long job, boolean active) {
    String id = Long.toString(job);
    return first
        .state()
        .path("projects")
        .valueStream()
        .filter(project -> project.path("external_id").asString("").equals(id))
        .anyMatch(project -> project.path("active").asBoolean(true) == active);
  }

  /** Changes whenever anything anywhere has happened. */
  public String fingerprint() {
    firstSeen = newest(first, firstSeen);
    secondSeen = newest(second, secondSeen);
    return firstSeen + "/" + secondSeen + "/" + unfinished.getAsInt() + "/" + parked();
  }

  private static long newest(SimControl service, long seen) {
    List<SimControl.Effect> since = service.ledger(seen);
    return since.isEmpty() ? seen : since.getLast().n();
  }

  /** Keys whose events wait. */
  public int parked() {
    String table = names.table(TableName.PARKED_EVENTS);
    return (int)
        dynamoDb
            .scanPaginator(r ->
                r.tableName(table)
                    .projectionExpression("#k")
                    .expressionAttributeNames(Map.of("#k", "key")))
            .items()
            .stream()
            .map(item -> text(item, "key"))
            .distinct()
            .count();
  }

  private List<BackupItem> backups() {
    String table = names.table(TableName.TIMESHEET_BACKUP);
    List<BackupItem> items = new ArrayList<>();
    for (Map<String, AttributeValue> item :
        dynamoDb.scanPaginator(r -> r.tableName(table).consistentRead(true)).items()) {
      items.add(
          new BackupItem(
              Long.parseLong(text(item, "entry_id")),
              Optional.ofNullable(item.get("version")).map(v -> Long.valueOf(v.n())).orElse(0L),
              text(item, "body"),
              Optional.ofNullable(item.get("deleted_at")).map(v -> Instant.parse(v.s()))));
    }
    return items;
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? "" : value.s();
  }

  @Override
  public void close() {
    dynamoDb.close();
  }
}
