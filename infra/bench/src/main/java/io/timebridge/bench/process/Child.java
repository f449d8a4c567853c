package io.timebridge.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child JVM and the line to it. It ends when this process does, since its standard input ends
 * then; {@link #close} ends it at once. Out of memory, it ends by itself. Its log goes into a file.
 * Used by one thread.
 */
public final class Child implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Child.class);
  private static final String GONE = "\u0004";
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);

  private final String name;
  private final Path log;
  private final Process process;
  private final PrintWriter orders;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

  private Child(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    Thread.ofPlatform().daemon().name("from-" + name).start(this::listen);
  }

  /**
   * Starts one.
   *
   * @param name for people, and for its log {@code NAME.log} in {@code logs}
   * @param heap as of {@code -Xmx}
   * @param main with a {@code main} that speaks through a {@link ParentLine}
   */
  public static Child start(String name, Path logs, String heap, Class<?> main, String... arguments)
      throws IOException {
    Files.createDirectories(logs);
    Path log = logs.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile()));
    builder.environment().keySet().removeIf(key -> key.startsWith("TIMEBRIDGE_"));
    return new Child(name, log, builder.start());
  }

  private void listen() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        said.add(line);
      }
    } catch (IOException gone) {
      LOG.debug("{} is gone in the middle of a line", name, gone);
    }
    said.add(GONE);
  }

  /** Sends an order. */
  public void order(Object order) {
    orders.println(Json.line(order));
  }

  /**
   * Waits for a report.
   *
   * @param word that it begins with; other reports before it are a mistake of the child
   * @return what follows
   * @throws ChildFailed when the child says that it failed, dies, or says nothing within that time
   */
  public <T> T await(String word, Class<T> type, Duration within)
      throws ChildFailed, InterruptedException {
    String line = said.poll(within.toMillis(), TimeUnit.MILLISECONDS);
    if (line == null) {
      throw new ChildFailed(
          "%s said nothing of '%s' within %d s%s"
              .formatted(name, word, within.toSeconds(), whereTheLogIs()));
    }
    if (line.equals(GONE)) {
      throw new ChildFailed("%s died%s".formatted(name, whereTheLogIs()));
    }
    if (!line.startsWith(word + " ")) {
      throw new ChildFailed("%s: %s%s".formatted(name, line, whereTheLogIs()));
    }
    return Json.read(line.substring(word.length() + 1), type);
  }

  private String whereTheLogIs() {
    return " (its log: " + log + ")";
  }

  /** Ends it as {@code kill -9} does, and returns when it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends it: gently first, by force after ten seconds. */
  @Override
  public void close() {
    orders.close();
    try {
      if (!process.waitFor(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().onExit().join();
      }
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
