package io.timebridge.http;

import io.helidon.http.HttpPrologue;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Ends connections whose sender takes too long over one request's headers and body: Helidon's own
 * time-outs look at single reads and at idle connections, which a sender of one byte at a time
 * passes. Such a thread is interrupted, which closes its socket. Thread-safe.
 *
 * @implNote An entry of {@code readings} is removed exactly once: by {@link #end}, and then the
 *     thread is never interrupted; or by the sweep, and then {@link #end} finds nothing and gives
 *     the connection up. Entries of threads that ended otherwise are swept in time; interrupting an
 *     ended thread does nothing.
 */
public final class ReadingWatch implements Http1ConnectionListener, AutoCloseable {
  private static final Duration SWEEP_EVERY = Duration.ofMillis(250);

  private final Duration within;
  private final LongSupplier nanos;
  private final ConcurrentHashMap<Thread, Long> readings = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param within longest time from a request's first line to the end of its body
   */
  public ReadingWatch(Duration within, LongSupplier nanos) {
    this.within = within;
    this.nanos = nanos;
    Thread.ofVirtual().name("reading-watch").start(this::run);
  }

  /** The first line of a request has been read by the current thread. */
  @Override
  public void prologue(ConnectionContext ctx, HttpPrologue prologue) {
    readings.put(Thread.currentThread(), nanos.getAsLong());
  }

  /**
   * The current thread has read its request.
   *
   * @throws CloseConnectionException when that took too long
   */
  public void end() {
    if (readings.remove(Thread.currentThread()) == null) {
      throw new CloseConnectionException("the request was not sent within " + within);
    }
  }

  private void run() {
    try {
      while (!closed.await(SWEEP_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        long now = nanos.getAsLong();
        readings.forEach((thread, since) -> {
          if (now - since > within.toNanos() && readings.remove(thread, since)) {
            thread.interrupt();
          }
        });
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
