package io.timebridge.local.chaos;

import io.timebridge.local.planted.Plant;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One start of a worker's or poller's JVM, and the line to it. Its standard error is appended to
 * its log. Thread-safe.
 */
final class WorkerProcess {
  private final Process process;
  private final PrintWriter orders;
  private final CountDownLatch ready = new CountDownLatch(1);

  /** Told of each line that the worker says, on one thread; must be quick. */
  @FunctionalInterface
  interface Listener {
    void said(WorkerProcess from, String line);
  }

  private WorkerProcess(Process process) {
    this.process = process;
    this.orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
  }

  /** Starts one; {@link #awaitReady} says when it consumes. */
  static WorkerProcess start(
      Class<?> main, Map<String, String> settings, Plant plant, Path log, Listener listener)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx160m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            plant.name()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
    builder.environment().keySet().removeIf(name -> name.startsWith("TIMEBRIDGE_"));
    WorkerProcess worker = new WorkerProcess(builder.start());
    Thread.ofPlatform()
        .daemon()
        .name("worker-" + worker.process.pid())
        .start(() -> worker.listen(listener));
    settings.forEach((key, value) -> worker.orders.println(key + "=" + value));
    worker.orders.println();
    return worker;
  }

  private void listen(Listener listener) {
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.equals("ready")) {
          ready.countDown();
        }
        listener.said(this, line);
      }
    } catch (IOException gone) { // killed in the middle of a line
      ready.countDown();
    }
    ready.countDown();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  boolean isReady() {
    return ready.getCount() == 0 && process.isAlive();
  }

  /** Waits until it consumes or has died. */
  boolean awaitReady(Duration longest) throws InterruptedException {
    return ready.await(longest.toMillis(), TimeUnit.MILLISECONDS) && process.isAlive();
  }

  /** One line; a worker that is gone hears nothing. */
  void order(String line) {
    orders.println(line);
  }

  /** SIGKILL, and its end. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /**
   * SIGSTOP; returns when it is stopped. A process of its own sends SIGCONT after {@code time}, so
   * that nobody stays frozen if this one dies.
   *
   * @return completes once SIGCONT is sent
   */
  Process freeze(Duration time) throws IOException {
    Process freezer =
        new ProcessBuilder(
                "sh",
                "-c",
                "kill -STOP %d && echo && sleep %d.%03d; kill -CONT %d"
                    .formatted(pid(), time.toSeconds(), time.toMillisPart(), pid()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (freezer.getInputStream().read() < 0) {
      throw new IOException("worker " + pid() + " could not be stopped");
    }
    return freezer;
  }
}
