package io.timebridge.process;

import io.timebridge.aws.SsmParameters;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one process in the foreground: settings, start, one ready line, then until SIGTERM or
 * SIGINT, which close it gracefully. Exit codes: 0 ended well, 2 settings cannot be used, 1
 * anything else.
 */
public final class Foreground {
  /** Ended as asked. */
  public static final int OK = 0;

  /** Could not start, or did not stop cleanly. */
  public static final int FAILED = 1;

  /** The settings cannot be used; the reason was printed. */
  public static final int BAD_SETTINGS = 2;

  private static final long LOOK_EVERY_MILLIS = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(Foreground.class);

  private final Path folder;
  private final Map<String, String> environment;
  private final PrintWriter out;
  private final PrintWriter err;

  /**
   * @param folder where {@code timebridge.conf} and a running local system are looked for
   * @param out for the ready line
   * @param err for what cannot be used
   */
  public Foreground(
      Path folder, Map<String, String> environment, PrintWriter out, PrintWriter err) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
    this.out = out;
    this.err = err;
  }

  /** What was started: how to end it, and the line that says that it is there. */
  public interface Started extends AutoCloseable {
    String readyLine();

    /** Whether it still does its work; one that gave up by itself ends the process. */
    default boolean isRunning() {
      return true;
    }

    /** Ends gracefully, within the bounds of its settings. */
    @Override
    void close();
  }

  /**
   * Runs until a signal ends the JVM (with exit code 0 after a graceful close), or until the
   * calling thread is interrupted, which closes too and returns.
   *
   * @param file settings file, or empty for the usual places
   */
  public int run(Optional<Path> file, Function<Settings, Started> start) {
    return run(file, Map.of(), start);
  }

  /**
   * As {@link #run(Optional, Function)}.
   *
   * @param overrides settings by key that were given on the command line; they win
   */
  public int run(
      Optional<Path> file, Map<String, String> overrides, Function<Settings, Started> start) {
    return runLocal(() ->
        start.apply(
            SettingsLoader.standard(folder, file, environment)
                .values(overrides, "command line")
                .load(new SsmParameters())
                .settings()));
  }

  /** As {@link #run(Optional, Function)}, for what makes its settings itself. */
  public int runLocal(Supplier<Started> start) {
    Started started;
    try {
      started = start.get();
    } catch (SettingsLoader.InvalidSettings | CannotStart unusable) {
      err.println(unusable.getMessage());
      err.flush();
      return BAD_SETTINGS;
    } catch (RuntimeException failed) { // the edge of the process: whatever stops a start is told
      LOG.error("not started", failed);
      return FAILED;
    }
    // A JVM that ends by a signal reports 128 + signal; halting in the hook reports how it went.
    AtomicBoolean asked = new AtomicBoolean();
    Thread hook =
        new Thread(
            () -> {
              asked.set(true);
              Runtime.getRuntime().halt(close(started));
            },
            "close-on-signal");
    Runtime.getRuntime().addShutdownHook(hook);
    out.println(started.readyLine());
    out.flush();
    try {
      CountDownLatch never = new CountDownLatch(1);
      boolean ended = false;
      while (!ended && (started.isRunning() || asked.get())) {
        ended = never.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      }
      LOG.error("ended by itself; see the log above");
      Runtime.getRuntime().removeShutdownHook(hook);
      close(started);
      return FAILED;
    } catch (InterruptedException toEnd) {
      Runtime.getRuntime().removeShutdownHook(hook);
      int code = close(started);
      Thread.currentThread().interrupt();
      return code;
    }
  }

  private static int close(Started started) {
    try {
      started.close();
      return OK;
    } catch (RuntimeException failed) { // the edge of the process
      LOG.error("not stopped cleanly", failed);
      return FAILED;
    }
  }
}
