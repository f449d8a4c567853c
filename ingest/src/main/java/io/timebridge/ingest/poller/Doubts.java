package io.timebridge.ingest.poller;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.ingest.poller.JobDiff.Missing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the poller does when too many jobs are missing to be believed: it writes down which, tells
 * people once per episode, and asks whether a person has confirmed them. A quiet look costs nothing
 * here. A message that did not go out is tried again at the next look.
 *
 * @implNote Used by the thread of the ticks.
 */
final class Doubts {
  /** So long a confirmation holds. */
  static final Duration CONFIRMED_FOR = Duration.ofHours(1);

  /** Between two questions whether it has been told. */
  private static final Duration ASK_EVERY = Duration.ofMinutes(1);

  private static final String PROBLEM = "second-service-closures";
  private static final List<String> KEYWORDS = List.of("timebridge", "SecondService", "jobs");
  private static final Logger LOG = LoggerFactory.getLogger(Doubts.class);

  private final DoubtStore store;
  private final Alerts alerts;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private DoubtStore.@Nullable Row known;
  private @Nullable Long askAt;

  /**
   * @param nanos monotonic
   */
  Doubts(DoubtStore store, Alerts alerts, InstantSource clock, LongSupplier nanos) {
    this.store = store;
    this.alerts = alerts;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** A new reign of this poller begins: others may have written meanwhile. */
  void begin() {
    known = null;
    askAt = null;
  }

  /**
   * A look misses too many.
   *
   * @param listed every job that it names
   * @return those that a person has confirmed, if that holds still
   * @throws StoreUnavailable when the row cannot be read or written
   */
  Set<Long> confirmed(Missing.TooMany missing, Set<Long> listed, long epoch)
      throws InterruptedException {
    DoubtStore.Row row = store.read();
    Doubt doubt = write(missing, row, epoch);
    known = new DoubtStore.Row(doubt.episode(), Optional.of(doubt), row.confirmation());
    tell(doubt);
    if (row.confirmation().isEmpty() || missing.noneListed()) {
      return Set.of();
    }
    DoubtStore.Confirmation said = row.confirmation().get();
    Optional<String> invalid = invalid(said, listed);
    if (invalid.isEmpty()) {
      return said.jobs();
    }
    LOG.warn("closures confirmed by {} are not done: {}", said.by(), invalid.get());
    store.clear(false, epoch);
    return Set.of();
  }

  private Doubt write(Missing.TooMany missing, DoubtStore.Row row, long epoch) {
    long now = clock.millis();
    long episode =
        row.doubt().map(Doubt::episode).orElseGet(() -> Math.max(now, row.lastEpisode() + 2));
    Doubt doubt = Doubt.of(missing, episode, clock.instant());
    Optional<Doubt> same =
        row.doubt()
            .filter(d ->
                d.fingerprint().equals(doubt.fingerprint())
                    && d.obstacle().equals(doubt.obstacle()));
    if (same.isPresent()) {
      return same.get();
    }
    store.save(doubt, epoch); // where a newer poller has written, its word stands
    return doubt;
  }

  private Optional<String> invalid(DoubtStore.Confirmation said, Set<Long> listed) {
    // by two machines' clocks, so one that is far ahead does not count either
    if (Duration.between(said.at(), clock.instant()).abs().compareTo(CONFIRMED_FOR) > 0) {
      return Optional.of("that was more than " + CONFIRMED_FOR.toMinutes() + " minutes ago");
    }
    return Collections.disjoint(said.jobs(), listed)
        ? Optional.empty()
        : Optional.of("a job among them is listed again");
  }

  private void tell(Doubt doubt) throws InterruptedException {
    Long next = askAt;
    if (next != null && nanos.getAsLong() - next < 0) {
      return;
    }
    try {
      alerts.raise(raised(doubt), doubt.episode());
      askAt = nanos.getAsLong() + ASK_EVERY.toNanos();
    } catch (Alerts.NotTold again) {
      LOG.warn("missing jobs: {}", again.getMessage());
    }
  }

  /**
   * A look does not miss too many. What a person has confirmed falls when such a look lists one of
   * its jobs, also one that can otherwise not be believed: the next short list must not find it.
   *
   * @param listed every job that it names
   * @throws StoreUnavailable when the row cannot be read or written
   */
  void listed(Set<Long> listed, long epoch) {
    if (known != null && known.doubt().isEmpty()) {
      return;
    }
    known = store.read(); // a person may have said something since
    if (known.confirmation().filter(c -> !Collections.disjoint(c.jobs(), listed)).isPresent()) {
      LOG.warn("closures confirmed by a person are not done: a job among them is listed again");
      takeBack(epoch);
    }
  }

  private void takeBack(long epoch) {
    DoubtStore.Row row = Objects.requireNonNull(known);
    if (store.clear(false, epoch)) {
      known = new DoubtStore.Row(row.lastEpisode(), row.doubt(), Optional.empty());
    }
  }

  /**
   * A look could be believed.
   *
   * @param done no confirmed job is left open
   * @throws StoreUnavailable when the row cannot be read or written
   */
  void believed(boolean done, long epoch) throws InterruptedException {
    DoubtStore.Row row = known == null ? store.read() : known;
    known = row;
    if (!done || row.doubt().isEmpty()) {
      return;
    }
    if (row.confirmation().isPresent()) {
      takeBack(epoch); // it is used, whether or not people can be told
    }
    try {
      boolean told = alerts.over(over(), row.doubt().get().episode() + 1);
      if (!told && alerts.told(PROBLEM).open()) {
        return; // somebody may have told it and died of it: the next look asks again
      }
      if (store.clear(true, epoch)) {
        known = new DoubtStore.Row(row.lastEpisode(), Optional.empty(), Optional.empty());
        askAt = null;
      }
    } catch (Alerts.NotTold again) {
      LOG.warn("missing jobs: {}", again.getMessage());
    }
  }

  static Alert raised(Doubt doubt) {
    String numbers =
        String.format(
            Locale.ROOT, "%,d of %,d open jobs are missing", doubt.missing(), doubt.open());
    List<String> steps =
        doubt.obstacle().isEmpty()
            ? List.of(
                "Look into SecondService whether these jobs are closed: `./timebridge jobs confirm-closures` lists them",
                "If they are: `./timebridge jobs confirm-closures " + doubt.fingerprint() + "`",
                "If they are not: find out why SecondService leaves them out; this ends by itself when it lists them again")
            : List.of(
                "Look whether SecondService shows the user of `second-service.username` its jobs",
                "Nothing can be confirmed: " + doubt.obstacle());
    return new Alert(
        PROBLEM,
        "SecondService lists far fewer jobs: none is closed",
        numbers
            + " from SecondService's list, more than `poller.max-closed-percent` and `poller.max-closed-floor` let be closed by themselves.\nTheir projects stay as they are. New and changed jobs go on.",
        steps,
        KEYWORDS);
  }

  static Alert over() {
    return new Alert(
        PROBLEM,
        "SecondService's list of jobs can be believed again",
        "No more jobs are missing than may be, or a person has confirmed those that are closed.",
        List.of(),
        KEYWORDS);
  }
}
