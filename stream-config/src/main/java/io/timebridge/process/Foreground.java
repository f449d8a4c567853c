package io.timebridge.process;

import io.timebridge.aws.SsmParameters;
import io.timebridge.logs.Logs;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
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
  /** For the help of a command that runs one. */
  public static final String EXIT_CODES =
      "Exit codes: 0 ended as asked (Ctrl-C or SIGTERM), 1 not started, ended by itself or not stopped cleanly, 2 unusable options or settings.";

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

    /**
     * What keeps this process itself from doing its work, in a few words; empty while it is well. A
     * service or an AWS that is down is none of it: no restart would help. Asked every second, and
     * answers within two.
     */
    default Optional<String> trouble() {
      return Optional.empty();
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
    return foreground(() -> {
      Settings settings =
          SettingsLoader.standard(folder, file, environment)
              .values(overrides, "command line")
              .load(new SsmParameters())
              .settings();
      Logs.write(settings.log().format());
      return begin(settings.health().file(), () -> start.apply(settings));
    });
  }

  /**
   * As {@link #run(Optional, Function)}, for what makes its settings itself.
   *
   * @param health where it is told that the process is well; see the setting {@code health.file}
   */
  public int runLocal(Optional<Path> health, Supplier<Started> start) {
    return foreground(() -> begin(health, start));
  }

  /** What was started, and where its health is told. */
  private record Begun(Started started, Optional<HealthFile> health) {
    int close() {
      health.ifPresent(HealthFile::close);
      try {
        started.close();
        return OK;
      } catch (RuntimeException failed) { // the edge of the process
        LOG.error("not stopped cleanly", failed);
        return FAILED;
      }
    }

    void tellHealth() {
      health.ifPresent(file -> file.tell(started.trouble()));
    }
  }

  private static Begun begin(Optional<Path> health, Supplier<Started> start) {
    Optional<HealthFile> file =
        health.map(path -> new HealthFile(path, InstantSource.system())); // before it is started
    return new Begun(start.get(), file);
  }

  private int foreground(Supplier<Begun> begin) {
    Logs.takeEverything();
    Begun begun;
    try {
      begun = begin.get();
    } catch (SettingsLoader.InvalidSettings | CannotStart unusable) {
      err.println(unusable.getMessage());
      err.flush();
      return BAD_SETTINGS;
    } catch (RuntimeException failed) { // the edge of the process: whatever stops a start is told
      LOG.error("not started", failed);
      return FAILED;
    }
    Started started = begun.started();
    // A JVM that ends by a signal reports 128 + signal; halting in the hook reports how it went.
    AtomicBoolean asked = new AtomicBoolean();
    Thread hook =
        new Thread(
            () -> {
              asked.set(true);
              Runtime.getRuntime().halt(begun.close());
            },
            "close-on-signal");
    Runtime.getRuntime().addShutdownHook(hook);
    out.println(started.readyLine());
    out.flush();
    try {
      CountDownLatch never = new CountDownLatch(1);
      boolean ended = false;
      while (!ended && (started.isRunning() || asked.get())) {
        if (!asked.get()) {
          begun.tellHealth();
        }
        ended = never.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      }
      LOG.error("ended by itself; see the log above");
      Runtime.getRuntime().removeShutdownHook(hook);
      begun.close();
      return FAILED;
    } catch (InterruptedException toEnd) {
      Runtime.getRuntime().removeShutdownHook(hook);
      int code = begun.close();
      Thread.currentThread().interrupt();
      return code;
    }
  }
}
