package io.timebridge.reconcile.sides;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.reconcile.Entry;
import io.timebridge.reconcile.Finished;
import io.timebridge.reconcile.Sides;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Bookings.Wanted;
import io.timebridge.timesheet.EntryContent;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.VerifyRequests;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A comparison lets live traffic go first. */
class LiveSidesTest {
  private static final Duration AFTER_CALL = Duration.ofMillis(200);

  private final List<Duration> slept = new ArrayList<>();
  private final List<EntryId> asked = new ArrayList<>();
  private int refusals;

  private LiveSides sides() {
    Settings settings =
        new SettingsLoader()
            .values(Map.of("second-service.calls-per-second", "100"), "made up")
            .load((where, path) -> Map.of())
            .settings();
    VerifyRequests verify =
        (id, places, why) -> {
          if (refusals-- > 0) {
            throw new EntryStore.Unavailable("throttled", new IllegalStateException());
          }
          asked.add(id);
        };
    return new LiveSides(
        new LiveSides.Parts(
            service(
                FirstService.class,
                Map.of(
                    "users",
                    List.of(new FirstService.User(1, "p@example.org", "P", "1", true)),
                    "labels",
                    List.of(new FirstService.Label(11, "Design", 0, true)))),
            (since, upto, each) -> {},
            service(
                SecondService.class,
                Map.of("tasks", List.of(new SecondService.Task(61, "Design")))),
            new NoRows(),
            wanted -> new Finished(Optional.of(wanted), ""),
            label -> Optional.of(new TaskMapping.TaskRef.ByName("Design")),
            verify,
            settings,
            InstantSource.fixed(Instant.EPOCH),
            AFTER_CALL,
            slept::add));
  }

  private static <T> T service(Class<T> type, Map<String, Object> answers) {
    InvocationHandler handler =
        (proxy, call, with) ->
            Optional.ofNullable(answers.get(call.getName()))
                .orElseThrow(() -> new IllegalStateException("not made up: " + call));
    return type.cast(
        Proxy.newProxyInstance(
            LiveSidesTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static final class NoRows implements LiveSides.Rows {
    @Override
    public Sides.Rows rows(Collection<EntryId> ids) {
      return new Sides.Rows(Map.of(), Map.of());
    }

    @Override
    public void places(Consumer<Place> each, BiConsumer<EntryId, String> unreadable) {}

    @Override
    public String whyParked(EntryId id) {
      return "";
    }
  }

  private static Entry entry(long job) {
    return Entry.of(
        1,
        new EntryContent(
            new EntryId(5),
            1,
            5,
            Long.toString(job),
            "7",
            3600,
            LocalDate.EPOCH,
            "",
            List.of(11L),
            Optional.empty()));
  }

  @Test
  void publishes_checks_at_a_twentieth_of_second_services_calls_and_again_when_refused()
      throws Exception {
    LiveSides sides = sides();
    sides.verify(new EntryId(1), Set.of(), "missing");
    refusals = 2;
    sides.verify(new EntryId(2), Set.of(), "missing");
    assertThat(asked).containsExactly(new EntryId(1), new EntryId(2));
    Duration each = Duration.ofMillis(200); // five a second
    assertThat(slept).containsExactly(each, Duration.ofMillis(200), Duration.ofMillis(400), each);
  }

  @Test
  void pauses_after_each_call_by_which_it_learns_what_is_to_be_booked() throws Exception {
    LiveSides sides = sides();
    assertThat(sides.wanted(entry(41))).isInstanceOf(Wanted.Booking.class);
    assertThat(slept).as("users, labels, tasks").containsOnly(AFTER_CALL).hasSize(3);
    sides.wanted(entry(42));
    assertThat(slept).as("tasks of another job").hasSize(4);
    sides.wanted(entry(42));
    assertThat(slept).as("remembered").hasSize(4);
  }
}
