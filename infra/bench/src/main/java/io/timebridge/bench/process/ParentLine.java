package io.timebridge.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The line to the parent, in a child JVM: orders come over standard input, reports go out over
 * standard output, and nothing else may speak there. {@link #tell} is thread-safe; orders are read
 * by one thread.
 *
 * @implNote {@code lock} keeps reports whole.
 */
public final class ParentLine {
  private static final Logger LOG = LoggerFactory.getLogger(ParentLine.class);
  private static final int PARENT_GONE = 3;
  private static final int OUT_OF_TIME = 4;

  private final PrintStream out;
  private final ReentrantLock lock = new ReentrantLock();
  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private ParentLine(PrintStream out) {
    this.out = out;
  }

  /** Takes standard input and output over; whatever else is printed goes to the log. */
  public static ParentLine open() {
    ParentLine line = new ParentLine(System.out);
    System.setOut(System.err);
    return line;
  }

  /** The next order; empty when the parent is gone or wants no more. */
  public <T> Optional<T> order(Class<T> type) throws IOException {
    return Optional.ofNullable(in.readLine()).map(line -> Json.read(line, type));
  }

  /** Reports. */
  public void tell(String word, Object what) {
    lock.lock();
    try {
      out.println(word + " " + Json.line(what));
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  /** Says why this process gives up, and ends it. */
  public void fail(Throwable why) {
    LOG.error("gave up", why);
    lock.lock();
    try {
      out.println("failed: " + why);
      out.flush();
    } finally {
      lock.unlock();
    }
    Runtime.getRuntime().halt(1);
  }

  /** This process ends when that time is over, whatever it is doing then. */
  public static void endAfter(Duration time) {
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("end").factory());
    var _ =
        clock.schedule(
            () -> Runtime.getRuntime().halt(OUT_OF_TIME), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** From now on no order is expected, and this process ends when the parent does. */
  public void endWithParent() {
    Thread.ofPlatform().daemon().name("parent").start(this::endWhenGone);
  }

  private void endWhenGone() {
    try {
      while (in.readLine() != null) {
        LOG.warn("an order nobody expects");
      }
    } catch (IOException gone) {
      LOG.debug("the parent is gone", gone);
    }
    Runtime.getRuntime().halt(PARENT_GONE);
  }
}
