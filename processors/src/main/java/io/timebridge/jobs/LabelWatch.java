package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.first.FirstService;
import io.timebridge.turn.Turn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the labels that jobs' tasks need enabled on their projects, beside the stream: no job's
 * event ever waits for it. Looked at are jobs whose event this process has applied, at its next
 * look; and all of them, by one process of the fleet, when a label or a mapping has changed, within
 * a minute, and once per period, since SecondService does not tell of a task that was added. What
 * cannot be looked at now is at a later look. Nothing is ever taken away ({@link LabelRules}).
 *
 * <p>{@link #opened} is thread-safe; the rest is for one thread.
 *
 * @implNote {@code lock} guards {@code opened}; nothing else is locked under it. Memory: ids of all
 *     jobs with a project.
 */
public final class LabelWatch {
  private static final Logger LOG = LoggerFactory.getLogger(LabelWatch.class);

  /** Jobs of one look, so that it ends. */
  static final int MOST_JOBS = 200;

  /** Ids that are remembered between two looks; the others wait for the next round. */
  static final int MOST_OPENED = 10_000;

  /** How often labels and mappings are looked at for a change. */
  static final Duration STATE_EVERY = Duration.ofMinutes(1);

  /** Longer than a look takes. */
  private static final Duration HOLD_FOR = Duration.ofMinutes(5);

  private final TaskLabels labels;
  private final Turn turn;
  private final Duration every;
  private final LongSupplier nanoTime;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Long> opened = new LinkedHashSet<>();

  private final Deque<Long> round = new ArrayDeque<>();
  private final Set<Long> later = new LinkedHashSet<>();
  private Optional<Object> state = Optional.empty();
  private Optional<Long> lookedAt = Optional.empty();
  private long roundAt;

  /**
   * @param turn whose turn it is to look at all jobs, for the whole fleet
   * @param every between two rounds of all jobs
   * @param nanoTime monotonic clock, in nanoseconds
   */
  public LabelWatch(TaskLabels labels, Turn turn, Duration every, LongSupplier nanoTime) {
    this.labels = labels;
    this.turn = turn;
    this.every = every;
    this.nanoTime = nanoTime;
  }

  /** A job whose project is to be looked at: it is new, or was changed. Returns at once. */
  public void opened(long jobId) {
    lock.lock();
    try {
      if (opened.size() < MOST_OPENED) {
        opened.add(jobId);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is something to do now, without a call of anything. */
  public boolean isDue() {
    return isMinute() || !round.isEmpty() || locked(() -> !opened.isEmpty());
  }

  private boolean isMinute() {
    long time = nanoTime.getAsLong();
    return lookedAt.filter(at -> time - at < STATE_EVERY.toNanos()).isEmpty();
  }

  /**
   * Looks once.
   *
   * @return projects whose labels were changed
   */
  public int look(JobApplier applier) throws StoreTrouble, InterruptedException {
    boolean minute = isMinute();
    if (minute) {
      lookedAt = Optional.of(nanoTime.getAsLong());
      later.forEach(this::opened);
      later.clear();
    }
    List<Long> some = some();
    boolean asks = minute || !round.isEmpty();
    boolean mine = asks && turn.take(HOLD_FOR);
    if (asks && !mine) {
      // Whoever has the turn knows better; should it come back, all is new.
      round.clear();
      state = Optional.empty();
    }
    if (!mine && some.isEmpty()) {
      return 0;
    }
    try {
      return look(applier, some, mine, minute);
    } catch (ServiceTrouble trouble) {
      LOG.debug("labels are looked at later: {}", trouble.getMessage());
      return 0;
    }
  }

  private int look(JobApplier applier, List<Long> some, boolean mine, boolean minute)
      throws ServiceTrouble, StoreTrouble, InterruptedException {
    TaskLabels.Snapshot now = labels.now();
    int changed = 0;
    for (long job : some) {
      changed += enableOpened(applier, now, job) ? 1 : 0;
    }
    if (mine && minute) {
      begin(applier, now);
    }
    for (int jobs = 0; mine && jobs < MOST_JOBS && !round.isEmpty(); jobs++) {
      changed += enable(applier, now, round.getFirst()) ? 1 : 0;
      round.removeFirst();
    }
    return changed;
  }

  /** Begins a round of all jobs, if it is time for one. */
  private void begin(JobApplier applier, TaskLabels.Snapshot now)
      throws ServiceTrouble, InterruptedException {
    long time = nanoTime.getAsLong();
    if (!state.equals(Optional.of(now.state())) || time - roundAt >= every.toNanos()) {
      List<Long> all = applier.jobsWithLabels();
      round.clear();
      round.addAll(all);
      state = Optional.of(now.state());
      roundAt = time;
    }
  }

  /** Gives the turn to another process. */
  public void stop() throws StoreTrouble, InterruptedException {
    turn.give();
  }

  private void forget(long job) {
    lock.lock();
    try {
      opened.remove(job);
    } finally {
      lock.unlock();
    }
  }

  private List<Long> some() {
    return locked(() -> new ArrayList<>(opened).subList(0, Math.min(MOST_JOBS, opened.size())));
  }

  /** Forgotten first, so that what is opened meanwhile is looked at again. */
  private boolean enableOpened(JobApplier applier, TaskLabels.Snapshot now, long job)
      throws ServiceTrouble, StoreTrouble, InterruptedException {
    forget(job);
    boolean looked = false;
    try {
      boolean changed = enable(applier, now, job);
      looked = true;
      return changed;
    } finally {
      if (!looked) {
        opened(job);
      }
    }
  }

  /** What does not work for one job alone is tried again in a minute, and holds up no other. */
  private boolean enable(JobApplier applier, TaskLabels.Snapshot now, long job)
      throws ServiceTrouble, StoreTrouble, InterruptedException {
    try {
      Set<Long> needed = now.of(job);
      boolean changed = !needed.isEmpty() && applier.enableLabels(job, needed);
      if (changed) {
        LOG.info("key=job-{} labels enabled on its project: needed={}", job, needed);
      }
      return changed;
    } catch (FirstService.Refused refused) {
      LOG.warn("key=job-{} its labels are not enabled: {}", job, refused.getMessage());
    } catch (NotYet notYet) {
      later.add(job);
    } catch (ServiceTrouble trouble) {
      if (trouble.kind() == Kind.CIRCUIT_OPEN || trouble.kind() == Kind.CREDENTIALS) {
        throw trouble;
      }
      LOG.debug("key=job-{} its labels are looked at later: {}", job, trouble.getMessage());
      later.add(job);
    }
    return false;
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
