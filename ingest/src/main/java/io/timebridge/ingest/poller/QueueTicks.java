package io.timebridge.ingest.poller;

import io.timebridge.alerts.Alerts;
import io.timebridge.stream.Names;
import io.timebridge.stream.Tick;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ticks as the deployed schedules send them. Only an active poller receives, and it looks at once
 * when it becomes active. Both kinds of its ticks ask for the same look: one that came within half
 * a period of the one before, and any other of the same receive, is a double; one that is older
 * than a period is stale. Both are skipped and counted. Ticks of other kinds are somebody else's
 * work, which keeps its own schedule: they are deleted. When none has come for three periods it
 * ticks by itself, once a period, and people are told; and once more when ticks come again.
 */
final class QueueTicks implements Ticks {
  /** How long ticks may stay away, in periods. */
  private static final int AWAY_AFTER = 3;

  private static final Duration LOOK_AT_LEASE_EVERY = Duration.ofSeconds(1);

  /** Longest pause when the queue could not be asked. */
  private static final Duration MOST_PAUSE = Duration.ofSeconds(15);

  private static final Logger LOG = LoggerFactory.getLogger(QueueTicks.class);

  private final TickQueue queue;
  private final BooleanSupplier active;
  private final Pacer pacer;
  private final InstantSource clock;
  private final Duration every;
  private final TickAlerts alerts;
  private boolean reigns;
  private long number = -1;
  private long skipped;
  private long cameAtNanos;
  private long lookedAtNanos;
  private @Nullable Instant lookedFor;

  /**
   * @param active whether this poller is
   * @param every period of the schedules
   */
  QueueTicks(
      TickQueue queue,
      BooleanSupplier active,
      Pacer pacer,
      InstantSource clock,
      Duration every,
      Alerts alerts,
      Names names) {
    this.queue = queue;
    this.active = active;
    this.pacer = pacer;
    this.clock = clock;
    this.every = every;
    this.alerts = new TickAlerts(alerts, clock, names);
  }

  @Override
  public Optional<Due> next() throws InterruptedException {
    while (pacer.waitUntil(pacer.nanos())) {
      if (!active.getAsBoolean()) {
        reigns = false;
        pacer.waitUntil(pacer.nanos() + LOOK_AT_LEASE_EVERY.toNanos());
      } else if (!reigns) {
        reigns = true;
        alerts.begin();
        cameAtNanos = pacer.nanos();
        return due();
      } else if (asked()) {
        alerts.comeAgain();
        return due();
      } else if (areAway()) {
        LOG.warn("no tick has come for {} periods: the poller ticks by itself", AWAY_AFTER);
        alerts.stayAway(AWAY_AFTER);
        return due();
      }
    }
    return Optional.empty();
  }

  private Optional<Due> due() {
    lookedAtNanos = pacer.nanos();
    Due due = new Due(++number, skipped);
    skipped = 0;
    return Optional.of(due);
  }

  private boolean areAway() {
    long now = pacer.nanos();
    return now - cameAtNanos >= every.toNanos() * AWAY_AFTER
        && now - lookedAtNanos >= every.toNanos();
  }

  /** Receives; whether a look is asked for. */
  private boolean asked() throws InterruptedException {
    boolean asked = false;
    try {
      for (TickQueue.Message message : queue.receive()) {
        asked |= take(message, asked);
        queue.delete(message);
      }
    } catch (StoreUnavailable trouble) {
      LOG.warn("ticks: {}", trouble.getMessage());
      if (!asked) {
        pacer.waitUntil(pacer.nanos() + Math.min(every.toNanos() / 4, MOST_PAUSE.toNanos()));
      }
    }
    return asked;
  }

  private boolean take(TickQueue.Message message, boolean asked) {
    Optional<Tick> tick = Tick.of(message.body());
    if (tick.isEmpty()) {
      LOG.warn("a message that is no tick is deleted: {} characters", message.body().length());
      return false;
    }
    return switch (tick.get()) {
      case CLEANUP, RECONCILE -> {
        LOG.debug("tick {} is not the poller's, and is deleted", tick.get().text());
        yield false;
      }
      case NEW_JOBS, JOB_UPDATES -> looks(message.sent(), asked);
    };
  }

  private boolean looks(Instant sent, boolean asked) {
    if (sent.plus(every).isBefore(clock.instant())) {
      skipped++;
      return false;
    }
    Instant before = lookedFor;
    boolean isDouble = before != null && !sent.isAfter(before.plus(every.dividedBy(2)));
    if (before == null || sent.isAfter(before)) { // not one that came before already
      cameAtNanos = pacer.nanos();
    }
    if (!isDouble) {
      lookedFor = sent;
    }
    if (asked || isDouble) {
      skipped++;
      return false;
    }
    return true;
  }
}
