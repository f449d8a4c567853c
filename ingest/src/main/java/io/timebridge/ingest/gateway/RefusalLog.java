package io.timebridge.ingest.gateway;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs refusals at a bounded rate: at most one line per class and ten seconds, with the number left
 * out since the last. Thread-safe.
 *
 * @implNote {@code lock} guards {@code classes}.
 */
final class RefusalLog {
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

  private static final class Seen {
    long loggedAtNanos;
    long leftOut;
  }

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Refusal.Code, Seen> classes = new EnumMap<>(Refusal.Code.class);

  RefusalLog(LongSupplier nanos) {
    this.nanos = nanos;
  }

  void add(Refusal refusal, String route) {
    long leftOut = count(refusal.code());
    if (leftOut >= 0) {
      LOG.warn(
          "refused code={} status={} route={} field={} reason=\"{}\" leftOut={}",
          refusal.code().text(),
          refusal.code().status().code(),
          route,
          refusal.field(),
          refusal.message(),
          leftOut);
    }
  }

  /** How many were left out since the last line of this class, or -1 when this one is, too. */
  long count(Refusal.Code code) {
    long now = nanos.getAsLong();
    lock.lock();
    try {
      Seen seen = classes.get(code);
      if (seen == null) {
        seen = new Seen();
        classes.put(code, seen);
      } else if (now - seen.loggedAtNanos < INTERVAL.toNanos()) {
        seen.leftOut++;
        return -1;
      }
      long leftOut = seen.leftOut;
      seen.loggedAtNanos = now;
      seen.leftOut = 0;
      return leftOut;
    } finally {
      lock.unlock();
    }
  }
}
