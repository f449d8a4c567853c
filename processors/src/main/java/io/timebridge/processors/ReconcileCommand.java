package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.process.Foreground;
import io.timebridge.reconcile.CannotCompare;
import io.timebridge.reconcile.Days;
import io.timebridge.reconcile.Drift;
import io.timebridge.reconcile.Reconciliation;
import io.timebridge.reconcile.Repair;
import io.timebridge.reconcile.Repaired;
import io.timebridge.reconcile.Result;
import io.timebridge.reconcile.ResultJson;
import io.timebridge.reconcile.sides.DynamoDbResults;
import io.timebridge.reconcile.sides.DynamoDbRows;
import io.timebridge.reconcile.sides.LiveSides;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import io.timebridge.timesheet.kinesis.KinesisVerifyRequests;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code reconcile}: whether both services really are equal. */
@Command(
    name = "reconcile",
    sortOptions = false,
    description = {
      "Compares FirstService's entries with SecondService's timesheets and our rows, by the rules with which events are applied.",
      "Every suspicion is looked at again before it is told; a list that fails or leaves out makes the comparison incomplete, never different.",
      "Changes nothing by itself; --repair publishes a verify event for each entry that differs.",
      "Exit codes: 0 equal, 1 different, incomplete or failed, 2 unusable options or settings."
    })
public final class ReconcileCommand extends Admin {
  private static final int MOST_DAYS = 3660;
  private static final int MOST_EXAMPLES = 100_000;
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  @Option(
      names = "--from",
      paramLabel = "DAY",
      description = "First day, as in 2026-07-01 (default: `reconcile.days` before today).")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "DAY",
      description = "Last day (default: tomorrow in UTC, since further east a day begins earlier).")
  private @Nullable String to;

  @Option(
      names = "--repair",
      arity = "0..1",
      paramLabel = "lost|all",
      fallbackValue = "all",
      description = {
        "Has what differs verified: lost = what FirstService says and was never applied; all = also what was changed in SecondService, which is written over.",
        "Without a value: all."
      })
  private @Nullable String repair;

  @Option(
      names = "--wait",
      description = "After --repair: looks at what differed until it does not any more.")
  private boolean wait;

  @Option(
      names = "--within",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "Longest --wait, 1 to 86400 (default: ${DEFAULT-VALUE}).")
  private int within;

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "20",
      description = "Shows the first N differences, 0 to 100000 (default: ${DEFAULT-VALUE}).")
  private int examples;

  @Option(
      names = "--believe",
      description = {
        "Takes it for true that most of what there ought to be on some days is gone or was never booked; without it that is told as a doubt.",
        "With --repair also books entries for whose work a timesheet without a mark is there."
      })
  private boolean believe;

  @Option(
      names = "--last",
      description = "Only shows the last result that was kept, and asks neither service.")
  private boolean last;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  private Repair wanted = Repair.OFF;
  private Optional<LocalDate> fromDay = Optional.empty();
  private Optional<LocalDate> toDay = Optional.empty();

  @Override
  void check() {
    fromDay = day("--from", from);
    toDay = day("--to", to);
    require(
        fromDay.isEmpty() || toDay.isEmpty() || !toDay.get().isBefore(fromDay.get()),
        "--from " + from + ": is after --to " + to);
    if (repair != null) {
      String given = repair;
      wanted =
          Repair.of(given)
              .filter(r -> r != Repair.OFF)
              .orElseThrow(() -> new Unusable("--repair=" + given + ": must be lost or all"));
    }
    require(!wait || repair != null, "--wait: only with --repair");
    require(within >= 1 && within <= 86_400, "--within " + within + ": must be 1 to 86400");
    require(
        examples >= 0 && examples <= MOST_EXAMPLES,
        "--examples " + examples + ": must be 0 to " + MOST_EXAMPLES);
    require(!last || repair == null, "--last: not with --repair");
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new Unusable(problem);
    }
  }

  private static Optional<LocalDate> day(String option, @Nullable String text) {
    try {
      return Optional.ofNullable(text).map(LocalDate::parse);
    } catch (DateTimeException notADay) {
      throw new Unusable(option + " " + text + ": must be a day, as in 2026-07-01");
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException {
    DynamoDbResults results = new DynamoDbResults(tools.dynamoDb, tools.settings.names());
    if (last) {
      return showLast(results);
    }
    require(
        tools.settings.secondService().timesheetReport(),
        "second-service.timesheet-report is false: without a report of its timesheets nothing can be compared");
    Days days = days(tools);
    Followed followed = new Followed();
    Reconciliation reconciliation =
        new Reconciliation(
            sides(tools),
            tools.clock,
            new Reconciliation.Order(
                days,
                tools.settings.reconcile().settleFor(),
                wanted,
                examples,
                believe,
                Reconciliation.Limits.NONE),
            followed);
    Result result = reconciliation.run();
    keep(results, result);
    Optional<Long> left =
        wait ? Optional.of(await(reconciliation, followed.repaired)) : Optional.empty();
    show(result, left);
    boolean equalByNow =
        left.filter(none -> none == 0).isPresent()
            && result.isComplete()
            && result.repairs() == result.drifts();
    return result.isEqual() || equalByNow ? Foreground.OK : Foreground.FAILED;
  }

  /** What was found is shown all the same. */
  private void keep(DynamoDbResults results, Result result) throws InterruptedException {
    try {
      results.keep(result);
    } catch (StoreTrouble trouble) {
      say("the result could not be kept for --last: " + trouble.getMessage());
    }
  }

  private int showLast(DynamoDbResults results) throws StoreTrouble, InterruptedException {
    Optional<JsonNode> kept = results.last();
    if (kept.isEmpty()) {
      say("nothing has been compared yet");
      return Foreground.FAILED;
    }
    if (json) {
      out().println(kept.get().toPrettyString());
    } else {
      new ReconcileTable(out()).print(kept.get());
    }
    return kept.get().path("equal").asBoolean(false) ? Foreground.OK : Foreground.FAILED;
  }

  private Days days(Tools tools) {
    LocalDate today = LocalDate.now(tools.clock.withZone(ZoneOffset.UTC));
    LocalDate end = toDay.orElse(today.plusDays(1));
    LocalDate begin =
        fromDay.orElseGet(() ->
            (toDay.isPresent() && end.isBefore(today) ? end : today)
                .minusDays(tools.settings.reconcile().days()));
    require(!end.isBefore(begin), "--to " + end + " is before --from " + begin);
    Days days = new Days(begin, end);
    require(
        days.count() <= MOST_DAYS,
        "--from %s --to %s: at most %d days at a time".formatted(begin, end, MOST_DAYS));
    return days;
  }

  private static LiveSides sides(Tools tools) throws ServiceTrouble, InterruptedException {
    HttpFirstService first = tools.first().service();
    KinesisClient kinesis = tools.kinesis();
    return new LiveSides(
        new LiveSides.Parts(
            first,
            first,
            tools.second(),
            new DynamoDbRows(tools.dynamoDb, tools.settings.names(), Duration.ZERO, Thread::sleep),
            ReconcileSides.arrivals(
                tools.settings, kinesis, tools.kinesisOnce(), tools.dynamoDb, tools.clock),
            new DynamoDbTaskMapping(tools.dynamoDb, tools.settings.names(), tools.clock),
            new KinesisVerifyRequests(kinesis, tools.settings.names(), tools.clock),
            tools.settings,
            tools.clock,
            Duration.ZERO,
            Thread::sleep));
  }

  /** How many still differ when it ends. */
  private long await(Reconciliation reconciliation, Map<EntryId, Set<Place>> repaired)
      throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(within).toNanos();
    BooleanSupplier goesOn = () -> System.nanoTime() - deadline < 0;
    Repaired still = reconciliation.repaired(repaired);
    while (still.left() > 0 && goesOn.getAsBoolean()) {
      Thread.sleep(LOOK_EVERY);
      try {
        still.look(goesOn);
      } catch (CannotCompare trouble) {
        say(String.valueOf(trouble.getMessage()));
      }
      tell(still.left() + " still differ");
    }
    return still.left();
  }

  private void show(Result result, Optional<Long> left) {
    ObjectNode node = ResultJson.of(result, examples);
    left.ifPresent(count -> node.put("stillDiffer", count));
    if (json) {
      out().println(node.toPrettyString());
      return;
    }
    new ReconcileTable(out()).print(node);
    if (result.repairs() > 0 && left.isEmpty()) {
      say(
          "%d checks published; they are applied in order with the entries' own events. See what is left: ./timebridge reconcile --from %s --to %s"
              .formatted(result.repairs(), result.days().from(), result.days().to()));
    } else if (result.drifts() > result.repairs()) {
      say(
          "put right: ./timebridge reconcile --from %s --to %s --repair --wait"
              .formatted(result.days().from(), result.days().to()));
    }
  }

  /** Tells how far it is, and remembers what was asked to be verified. */
  private final class Followed implements Reconciliation.Progress {
    private final Map<EntryId, Set<Place>> repaired = new LinkedHashMap<>();

    @Override
    public void step(String sofar) {
      tell(sofar);
    }

    @Override
    public void found(Drift drift, boolean repair) {
      if (repair && wait) {
        repaired.put(drift.id(), drift.places());
      }
    }
  }
}
