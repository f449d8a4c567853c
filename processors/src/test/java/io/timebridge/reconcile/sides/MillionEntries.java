package io.timebridge.reconcile.sides;

import io.timebridge.reconcile.Days;
import io.timebridge.reconcile.Drift;
import io.timebridge.reconcile.Finished;
import io.timebridge.reconcile.Reconciliation;
import io.timebridge.reconcile.Repair;
import io.timebridge.reconcile.Result;
import io.timebridge.reconcile.ResultJson;
import io.timebridge.reconcile.Sides;
import io.timebridge.services.first.EntryListing;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryContent;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.ReferenceMark;
import io.timebridge.timesheet.TaskMapping;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares some days of a large company that is made up as it is asked for, and prints one line of
 * JSON: the result, the heap it may have and the time. Every ten-thousandth entry each is missing,
 * has other hours, is deleted in FirstService, or has no row.
 */
public final class MillionEntries {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final LocalDate BEGIN = LocalDate.of(2026, 5, 1);
  private static final int PER_DAY = 5;
  private static final String NOTE =
      "Went through the drawings of the third floor again. ".repeat(6);
  private static final long OLD = 1_700_000_000L;
  private static final int EVERY = 10_000;

  private final int people;

  private MillionEntries(int people) {
    this.people = people;
  }

  /** {@code people} and {@code days}: five entries of each person on each day. */
  public static void main(String[] args) throws InterruptedException {
    int people = Integer.parseInt(args[0]);
    int days = Integer.parseInt(args[1]);
    MillionEntries company = new MillionEntries(people);
    long started = System.nanoTime();
    Result result =
        new Reconciliation(
                new LiveSides(company.parts()),
                InstantSource.fixed(Instant.ofEpochSecond(OLD + 1_000_000)),
                new Reconciliation.Order(
                    new Days(BEGIN, BEGIN.plusDays(days - 1L)),
                    Duration.ofSeconds(500_000),
                    Repair.ALL,
                    3,
                    false,
                    Reconciliation.Limits.NONE),
                new Reconciliation.Progress() {
                  @Override
                  public void step(String sofar) {}

                  @Override
                  public void found(Drift drift, boolean repair) {}
                })
            .run();
    ObjectNode line = ResultJson.of(result, 3);
    line.put("maxHeapMiB", Runtime.getRuntime().maxMemory() >> 20);
    line.put("seconds", (System.nanoTime() - started) / 1_000_000_000L);
    System.out.println(line);
  }

  private LiveSides.Parts parts() {
    Settings settings =
        new SettingsLoader()
            .values(Map.of("second-service.visible-within", "1s"), "made up")
            .load((where, path) -> Map.of())
            .settings();
    EntryListing listing = this::listing;
    return new LiveSides.Parts(
        service(FirstService.class, this::first),
        listing,
        service(SecondService.class, this::second),
        new Rows(),
        wanted -> new Finished(Optional.of(wanted), ""),
        label -> Optional.of(new TaskMapping.TaskRef.ByName("Design")),
        (id, places, why) -> {},
        settings,
        InstantSource.fixed(Instant.ofEpochSecond(OLD)),
        Duration.ZERO,
        time -> {});
  }

  private static <T> T service(Class<T> type, InvocationHandler answers) {
    return type.cast(
        Proxy.newProxyInstance(
            MillionEntries.class.getClassLoader(), new Class<?>[] {type}, answers));
  }

  private Object first(Object proxy, java.lang.reflect.Method call, Object[] with) {
    return switch (call.getName()) {
      case "users" ->
          LongStream.rangeClosed(1, people)
              .mapToObj(id ->
                  new FirstService.User(
                      id, "p" + id + "@example.org", "P", Long.toString(id), true))
              .toList();
      case "labels" -> List.of(new FirstService.Label(11, "Design", 0, true));
      case "event" -> {
        long id = ((EntryId) Objects.requireNonNull(with)[0]).value();
        yield isDeleted(id)
            ? new FirstService.Lookup.Gone()
            : new FirstService.Lookup.Found(event(id));
      }
      default -> throw new IllegalStateException("not made up: " + call);
    };
  }

  private Object second(Object proxy, java.lang.reflect.Method call, Object[] with) {
    return switch (call.getName()) {
      case "tasks" -> List.of(new SecondService.Task(61, "Design"));
      case "timesheets" -> timesheets((long) with[0], (LocalDate) with[1], (LocalDate) with[2]);
      default -> throw new IllegalStateException("not made up: " + call);
    };
  }

  private void listing(
      LocalDate since, LocalDate upto, Consumer<tools.jackson.databind.JsonNode> each) {
    for (LocalDate day = since; !day.isAfter(upto); day = day.plusDays(1)) {
      for (long person = 1; person <= people; person++) {
        for (int n = 0; n < PER_DAY; n++) {
          long id = id(day, person, n);
          if (!isDeleted(id)) {
            each.accept(event(id));
          }
        }
      }
    }
  }

  private long id(LocalDate day, long person, int n) {
    return (day.toEpochDay() * people + person - 1) * PER_DAY + n;
  }

  private long person(long id) {
    return id / PER_DAY % people + 1;
  }

  private LocalDate day(long id) {
    return LocalDate.ofEpochDay(id / PER_DAY / people);
  }

  private static long seconds(long id) {
    return 1800 + id % 7000;
  }

  private static boolean isMissing(long id) {
    return id % EVERY == 1;
  }

  private static boolean isEdited(long id) {
    return id % EVERY == 2003;
  }

  private static boolean isDeleted(long id) {
    return id % EVERY == 4005;
  }

  private static boolean isWithoutRow(long id) {
    return id % EVERY == 6007;
  }

  private ObjectNode event(long id) {
    ObjectNode event = JSON.createObjectNode();
    event.put("id", id).put("updated_at", OLD).put("day", day(id).toString()).put("note", NOTE);
    event.putObject("user").put("id", person(id));
    ObjectNode project = event.putObject("project").put("id", 5).put("external_id", "41");
    project.putObject("client").put("id", 6).put("external_id", "7");
    event.putObject("duration").put("total_seconds", seconds(id));
    event.putArray("label_ids").add(11);
    return event;
  }

  private List<ReportedTimesheet> timesheets(long person, LocalDate from, LocalDate to) {
    List<ReportedTimesheet> report = new ArrayList<>();
    for (LocalDate day = from; !day.isAfter(to); day = day.plusDays(1)) {
      for (int n = 0; n < PER_DAY; n++) {
        long id = id(day, person, n);
        if (!isMissing(id)) {
          report.add(timesheet(id, person, day));
        }
      }
    }
    return report;
  }

  private static ReportedTimesheet timesheet(long id, long person, LocalDate day) {
    BigDecimal hours =
        BigDecimal.valueOf(seconds(id)).divide(BigDecimal.valueOf(3600), 4, RoundingMode.HALF_UP);
    return new ReportedTimesheet(
        id + 7,
        person,
        41,
        61,
        day,
        isEdited(id) ? hours.add(BigDecimal.ONE) : hours,
        ReferenceMark.describe(new EntryId(id), NOTE));
  }

  /** The rows, as large as they are. */
  private final class Rows implements LiveSides.Rows {
    @Override
    public Sides.Rows rows(Collection<EntryId> ids) {
      Map<EntryId, EntryRow> rows = new HashMap<>();
      for (EntryId id : ids) {
        if (!isMissing(id.value()) && !isWithoutRow(id.value())) {
          rows.put(id, row(id));
        }
      }
      return new Sides.Rows(rows, Map.of());
    }

    private EntryRow row(EntryId id) {
      try {
        return new EntryRow(
            3,
            OLD,
            EntryContent.read(id, event(id.value())).hash(),
            OLD,
            EntryRow.State.LIVE,
            id.value() + 7,
            Optional.of(new Place(person(id.value()), day(id.value()))),
            BigInteger.valueOf(id.value()).shiftLeft(90),
            Optional.empty(),
            EntryRow.Lane.STREAM,
            0,
            0,
            EntryRow.Wake.NONE);
      } catch (EntryContent.Unreadable impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    @Override
    public void places(Consumer<Place> each, BiConsumer<EntryId, String> unreadable) {
      for (long person = 1; person <= people; person++) {
        each.accept(new Place(person, BEGIN));
      }
    }

    @Override
    public String whyParked(EntryId id) {
      throw new IllegalStateException("nothing is parked");
    }
  }
}
