package io.timebridge.jobs;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What is known of one kind of FirstService's things (projects, clients): the last listing, brought
 * up to date by our own writes; and which of our writes have an unknown outcome.
 *
 * <p>A listing that lacks rows known before, or all rows, is not believed until {@value #LOOKS} in
 * a row agree: nothing is ever deleted there by us, so it is far more likely cut short.
 *
 * <p>A write whose outcome is unknown makes its key <em>unsettled</em>: for {@code settle} from
 * then on nothing is written for the key, since the call may still land, and every look is at a
 * listing begun after the look was asked for. Held in memory only: a process that dies within
 * {@code settle} of such a create may see its successor make a double.
 *
 * @implNote {@code lock} guards {@code rows}, {@code writtenDuringLoad}, {@code known}, {@code
 *     unsettled} and {@code loadedFrom}, and is never held during a call. {@code loading} is held
 *     during a listing, so that there is one at a time; it is taken before {@code lock}. Our own
 *     writes during a listing are put over it, since it may have been read before them.
 */
final class Directory<T> {
  private static final int LOOKS = 3;

  /** Lists everything there is. */
  @FunctionalInterface
  interface Lister<T> {
    List<T> list() throws ServiceTrouble, InterruptedException;
  }

  /** One call that creates or updates, and answers with the row as it is then. */
  @FunctionalInterface
  interface Write<T> {
    T call() throws ServiceTrouble, FirstService.Refused, InterruptedException;
  }

  private final String kind;
  private final Lister<T> lister;
  private final ToLongFunction<T> id;
  private final JobApplier.Options options;
  private final LongSupplier nanoTime;

  private final ReentrantLock loading = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, T> rows = new HashMap<>();
  private final Map<Long, T> writtenDuringLoad = new HashMap<>();
  private final Set<Long> known = new HashSet<>();
  private final Map<String, Long> unsettled = new HashMap<>();
  private Optional<Long> loadedFrom = Optional.empty();

  Directory(
      String kind,
      Lister<T> lister,
      ToLongFunction<T> id,
      JobApplier.Options options,
      LongSupplier nanoTime) {
    this.kind = kind;
    this.lister = lister;
    this.id = id;
    this.options = options;
    this.nanoTime = nanoTime;
  }

  /**
   * The matching row of the lowest id. Looks at what is cached, unless {@code key} is unsettled.
   */
  Optional<T> find(String key, Predicate<T> wanted) throws ServiceTrouble, InterruptedException {
    if (!locked(() -> unsettled.containsKey(key))) {
      loadUnless(from -> true);
    } else {
      loadNow();
      locked(() -> {
        Long until = unsettled.get(key);
        boolean landedOrNever =
            until != null && loadedFrom.filter(from -> from - until >= 0).isPresent();
        return landedOrNever && unsettled.remove(key, until);
      });
    }
    return lowest(wanted);
  }

  /** As {@link #find}, from a listing that is at most {@code reloadAtMost} old. */
  Optional<T> findFresh(Predicate<T> wanted) throws ServiceTrouble, InterruptedException {
    long oldest = nanoTime.getAsLong() - options.reloadAtMost().toNanos();
    loadUnless(from -> from - oldest >= 0);
    return lowest(wanted);
  }

  /** As {@link #find}, from a listing begun after this call. */
  Optional<T> findNow(Predicate<T> wanted) throws ServiceTrouble, InterruptedException {
    loadNow();
    return lowest(wanted);
  }

  /** Says that a row of that id was seen once, so that a listing without it is looked at twice. */
  void expect(long rowId) {
    if (rowId > 0) {
      locked(() -> known.add(rowId));
    }
  }

  /**
   * Writes for {@code key} and keeps the answer.
   *
   * @throws ServiceTrouble as the call had it; or of kind UNKNOWN, with the time to wait before the
   *     next look, if this call's outcome or that of one before is unknown
   */
  T write(String key, Write<T> call)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    refuseWhileUnsettled(key);
    try {
      T row = call.call();
      keep(row);
      settled(key);
      return row;
    } catch (ServiceTrouble trouble) {
      if (trouble.surelyNotDone()) {
        throw trouble;
      }
      long until = nanoTime.getAsLong() + options.settle().toNanos();
      locked(() -> unsettled.put(key, until));
      Duration wait = min(options.lookAfter(), options.settle());
      throw new ServiceTrouble(
          ServiceTrouble.Kind.UNKNOWN,
          trouble.getMessage() + "; looking for its effect before trying again",
          trouble.retryAfter().filter(asked -> asked.compareTo(wait) > 0).orElse(wait),
          trouble);
    }
  }

  /** Says that {@code key} is as it should be, so nothing has to be waited for. */
  void settled(String key) {
    locked(() -> unsettled.remove(key));
  }

  private void refuseWhileUnsettled(String key) throws ServiceTrouble {
    Long until = locked(() -> unsettled.get(key));
    if (until == null) {
      return;
    }
    long left = until - nanoTime.getAsLong();
    if (left > 0) {
      throw new ServiceTrouble(
          ServiceTrouble.Kind.UNKNOWN,
          "an earlier write of " + kind + " " + key + " may still land",
          Duration.ofNanos(left),
          null);
    }
  }

  private void keep(T row) {
    locked(() -> {
      rows.put(id.applyAsLong(row), row);
      known.add(id.applyAsLong(row));
      return writtenDuringLoad.put(id.applyAsLong(row), row);
    });
  }

  private Optional<T> lowest(Predicate<T> wanted) {
    return locked(() -> rows.values().stream().filter(wanted).min(Comparator.comparingLong(id)));
  }

  /** Unless somebody else's listing began after now. */
  private void loadNow() throws ServiceTrouble, InterruptedException {
    long asked = nanoTime.getAsLong();
    loadUnless(from -> from - asked > 0);
  }

  /**
   * @param good whether a listing begun at that time will do
   */
  private void loadUnless(Predicate<Long> good) throws ServiceTrouble, InterruptedException {
    if (locked(() -> loadedFrom.filter(good).isPresent())) {
      return;
    }
    loading.lockInterruptibly();
    try {
      if (locked(() -> loadedFrom.filter(good).isPresent())) {
        return;
      }
      for (int look = 1; ; look++) {
        long from = nanoTime.getAsLong();
        locked(() -> {
          writtenDuringLoad.clear();
          return true;
        });
        List<T> listed = new ArrayList<>(lister.list());
        if (locked(() -> isWhole(listed)) || look == LOOKS) {
          install(listed, from);
          return;
        }
      }
    } finally {
      loading.unlock();
    }
  }

  private boolean isWhole(List<T> listed) {
    Set<Long> ids = new HashSet<>();
    listed.forEach(row -> ids.add(id.applyAsLong(row)));
    ids.addAll(writtenDuringLoad.keySet());
    return !listed.isEmpty() && ids.containsAll(known);
  }

  private void install(List<T> listed, long from) {
    locked(() -> {
      rows.clear();
      listed.forEach(row -> rows.put(id.applyAsLong(row), row));
      rows.putAll(writtenDuringLoad);
      known.clear();
      known.addAll(rows.keySet());
      loadedFrom = Optional.of(from);
      return true;
    });
  }

  private <R> R locked(Supplier<R> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
