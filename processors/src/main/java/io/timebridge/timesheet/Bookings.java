package io.timebridge.timesheet;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What Timebridge would book for an entry as it is now, by the rules with which events are applied.
 * Users are listed once, labels and tasks are remembered for a minute: for whoever asks for many
 * entries in a row. Thread-safe.
 */
public final class Bookings {
  private static final Duration KEEP = Duration.ofMinutes(1);
  private static final int CAPACITY = 10_000;

  private final Mapper mapper;

  /** Lets others go first. */
  @FunctionalInterface
  public interface AfterCall {
    void pause() throws InterruptedException;
  }

  private static <T> T after(T answer, AfterCall afterCall) throws InterruptedException {
    afterCall.pause();
    return answer;
  }

  /** What an entry comes to. */
  public sealed interface Wanted {
    /** {@code timesheet}: as it is to be in SecondService. */
    record Booking(SecondService.Timesheet timesheet) implements Wanted {}

    /** It is in order that nothing of it is booked; what was booked before stays. */
    record Nothing(String reason) implements Wanted {}

    /** Nobody can say: an event of it would be parked for this reason. */
    record Unclear(String reason, String detail) implements Wanted {}
  }

  /**
   * @param users of FirstService, all of them
   * @param afterCall called after each call of a service
   */
  public Bookings(
      List<FirstService.User> users,
      FirstService first,
      SecondService second,
      TaskMapping mapping,
      Settings.Timesheet rules,
      InstantSource clock,
      AfterCall afterCall) {
    Map<Long, FirstService.User> byId =
        users.stream()
            .collect(Collectors.toMap(FirstService.User::id, Function.identity(), (a, b) -> a));
    TtlCache<Boolean, List<FirstService.Label>> labels =
        new TtlCache<>(
            1,
            all -> after(first.labels(), afterCall),
            list -> !list.isEmpty(),
            KEEP,
            Duration.ZERO,
            clock);
    TtlCache<Long, List<SecondService.Task>> tasks =
        new TtlCache<>(
            CAPACITY,
            job -> after(second.tasks(job), afterCall),
            list -> !list.isEmpty(),
            KEEP,
            Duration.ZERO,
            clock);
    Directory directory =
        new Directory(
            id ->
                byId.containsKey(id) ? Optional.of(byId.get(id)) : after(first.user(id), afterCall),
            labels::get,
            tasks::get,
            new RetryBudget(rules.retryAttempts(), rules.retryFor(), System::nanoTime),
            clock);
    this.mapper = new Mapper(directory, mapping, rules);
  }

  /**
   * @throws ServiceTrouble when a service could not say
   * @throws EntryStore.Unavailable when the mappings could not be read
   */
  public Wanted of(EntryContent entry)
      throws ServiceTrouble, EntryStore.Unavailable, InterruptedException {
    return switch (mapper.map(entry, false)) {
      case Mapper.Mapped.Booking(SecondService.Timesheet timesheet) ->
          new Wanted.Booking(timesheet);
      case Mapper.Mapped.Nothing(String reason) -> new Wanted.Nothing(reason);
      case Mapper.Mapped.Rejected(Rejection rejection) ->
          new Wanted.Unclear(rejection.reason().name(), rejection.detail());
    };
  }

  /** The person of SecondService that a user stands for. */
  public static Optional<Long> person(FirstService.User user) {
    return Mapper.externalId(user.externalId());
  }
}
