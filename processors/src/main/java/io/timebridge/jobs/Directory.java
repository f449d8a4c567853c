package io.timebridge.jobs;

import io.timebridge.services.ServiceTrouble;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one kind of FirstService's things (projects, clients): the last listing, brought
 * up to date by our own writes.
 *
 * <p>A listing that lacks rows known before, or all rows, is looked at again, up to {@value #LOOKS}
 * times: nothing is ever deleted there by us, so it is far more likely cut short. So is the very
 * first one, which has nothing to be measured by. What any of these looks showed counts as there.
 *
 * @implNote {@code lock} guards {@code rows}, {@code writtenDuringLoad}, {@code known}, {@code
 *     doubles}, {@code loadedFrom} and {@code loadedAt}, and is never held during a call. {@code
 *     loading} is held during a listing, so that there is one at a time; it is taken before {@code
 *     lock}. Our own writes during a listing are put over it, since it may have been read before
 *     them.
 */
final class Directory<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Directory.class);
  private static final int LOOKS = 3;

  /**
   * A listing at most this old is looked at before something is made that nobody announced, and
   * before labels are enabled.
   */
  static final Duration RELOAD_AT_MOST = Duration.ofSeconds(5);

  /** Lists everything there is. */
  @FunctionalInterface
  interface Lister<T> {
    List<T> list() throws ServiceTrouble, InterruptedException;
  }

  /**
   * What is listed.
   *
   * @param name for people
   */
  record Kind<T>(
      String name, Lister<T> lister, ToLongFunction<T> id, Function<T, String> externalId) {}

  private final Kind<T> kind;
  private final Duration visibleWithin;
  private final Pause pause;
  private final LongSupplier nanoTime;

  private final ReentrantLock loading = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, T> rows = new HashMap<>();
  private final Map<Long, T> writtenDuringLoad = new HashMap<>();
  private final Set<Long> known = new HashSet<>();
  private final Set<String> doubles = new HashSet<>();
  private Optional<Long> loadedFrom = Optional.empty();
  private long loadedAt;

  /**
   * @param visibleWithin a complete listing shows every effect older than this
   */
  Directory(Kind<T> kind, Duration visibleWithin, Pause pause, LongSupplier nanoTime) {
    this.kind = kind;
    this.visibleWithin = visibleWithin;
    this.pause = pause;
    this.nanoTime = nanoTime;
  }

  /** The thing of that external id, the one of the lowest id, as far as is known. */
  Optional<T> own(String externalId) throws ServiceTrouble, InterruptedException {
    loadUnless(from -> true);
    return lowest(externalId);
  }

  /**
   * The thing of that external id, the one of the lowest id. Where the row has an intent, whose
   * span has passed, from a listing begun now. Where the row says that there may be one, empty only
   * after two complete looks {@code visible-within} apart; where it says that nothing was ever
   * begun, after a look at a recent listing.
   */
  Optional<T> locate(String externalId, JobRow row) throws ServiceTrouble, InterruptedException {
    expect(row.remoteId());
    if (row.intent().isEmpty()) {
      Optional<T> own = own(externalId);
      if (own.isPresent()) {
        return own;
      }
      if (row.remoteId() == 0) {
        return recent(externalId);
      }
    }
    loadNow();
    Optional<T> own = lowest(externalId);
    if (own.isEmpty()) {
      pause.pause(visibleWithin);
      expect(row.remoteId()); // the look before may have been too early for it
      loadNow();
      own = lowest(externalId);
    }
    return own;
  }

  /** As {@link #own}, from a listing of at most {@link #RELOAD_AT_MOST} ago. */
  Optional<T> recent(String externalId) throws ServiceTrouble, InterruptedException {
    long oldest = nanoTime.getAsLong() - RELOAD_AT_MOST.toNanos();
    loadUnless(from -> from - oldest >= 0);
    return lowest(externalId);
  }

  /** As {@link #own}, as it is known now, without a listing. */
  Optional<T> known(String externalId) {
    return lowest(externalId);
  }

  /**
   * Says until when what is known now is recent: until {@link #RELOAD_AT_MOST} after the end of its
   * listing. Does not block.
   */
  BooleanSupplier whileRecent() {
    long at = locked(() -> loadedAt);
    return () -> nanoTime.getAsLong() - at <= RELOAD_AT_MOST.toNanos();
  }

  /** Everything, from a listing begun now. */
  List<T> listedNow() throws ServiceTrouble, InterruptedException {
    loadNow();
    return locked(() -> List.copyOf(rows.values()));
  }

  /** What belongs to nobody, the lowest id first, as the latest listing has it. */
  List<T> unowned(Predicate<T> wanted) {
    return locked(() ->
        rows.values().stream()
            .filter(row -> kind.externalId().apply(row).isEmpty() && wanted.test(row))
            .sorted(Comparator.comparingLong(kind.id()))
            .toList());
  }

  /** Remembers the answer to our own write. */
  void keep(T row) {
    long id = kind.id().applyAsLong(row);
    locked(() -> {
      rows.put(id, row);
      known.add(id);
      return writtenDuringLoad.put(id, row);
    });
  }

  /** That id was there once, so that a listing without it is looked at again. */
  private void expect(long id) {
    if (id > 0) {
      locked(() -> known.add(id));
    }
  }

  private Optional<T> lowest(String externalId) {
    return locked(() ->
        rows.values().stream()
            .filter(row -> kind.externalId().apply(row).equals(externalId))
            .min(Comparator.comparingLong(kind.id())));
  }

  /** Unless somebody else's listing began after now. */
  private void loadNow() throws ServiceTrouble, InterruptedException {
    long asked = nanoTime.getAsLong();
    loadUnless(from -> from - asked > 0);
  }

  /**
   * @param good whether a listing begun at that time will do
   */
  private void loadUnless(LongPredicate good) throws ServiceTrouble, InterruptedException {
    if (isLoaded(good)) {
      return;
    }
    loading.lockInterruptibly();
    try {
      if (!isLoaded(good)) {
        load();
      }
    } finally {
      loading.unlock();
    }
  }

  private boolean isLoaded(LongPredicate good) {
    return locked(() -> loadedFrom.filter(good::test).isPresent());
  }

  private void load() throws ServiceTrouble, InterruptedException {
    long from = nanoTime.getAsLong();
    boolean first =
        locked(() -> {
          writtenDuringLoad.clear();
          return loadedFrom.isEmpty();
        });
    Map<Long, T> shown = new HashMap<>();
    for (int look = 1; look <= LOOKS; look++) {
      Map<Long, T> listed = new HashMap<>();
      kind.lister().list().forEach(row -> listed.put(kind.id().applyAsLong(row), row));
      boolean nothingNew = shown.keySet().containsAll(listed.keySet());
      shown.putAll(listed);
      boolean whole = locked(() -> isWhole(listed.keySet(), shown.keySet()));
      if (whole && (!first || nothingNew)) {
        break;
      }
    }
    install(shown, from);
  }

  private boolean isWhole(Set<Long> listed, Set<Long> shown) {
    Set<Long> there = new HashSet<>(listed);
    there.addAll(writtenDuringLoad.keySet());
    return !listed.isEmpty() && there.containsAll(shown) && there.containsAll(known);
  }

  private void install(Map<Long, T> shown, long from) {
    locked(() -> {
      rows.clear();
      rows.putAll(shown);
      rows.putAll(writtenDuringLoad);
      known.clear();
      known.addAll(rows.keySet());
      loadedFrom = Optional.of(from);
      loadedAt = nanoTime.getAsLong();
      reportDoubles();
      return true;
    });
  }

  /** Two of one external id: everybody uses the lowest; neither is touched, both may hold hours. */
  private void reportDoubles() {
    Set<String> ids = new HashSet<>();
    for (T row : rows.values()) {
      String externalId = kind.externalId().apply(row);
      if (!externalId.isEmpty() && !ids.add(externalId) && doubles.add(externalId)) {
        LOG.warn(
            "FirstService has several {}s of external id {}; the one of the lowest id is used",
            kind.name(),
            externalId);
      }
    }
  }

  private <R> R locked(Supplier<R> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
