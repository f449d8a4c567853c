package io.timebridge.local.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Real processes of the product, each in a JVM of its own, started as the launcher starts them.
 * Stops what it started.
 */
final class Processes implements AutoCloseable {
  private final Path folder;
  private final List<Started> started = new ArrayList<>();

  Processes(Path folder) {
    this.folder = folder;
  }

  /** A process, the line with which it said that it is ready, and where its log goes. */
  record Started(Process process, String readyLine, Path log) {
    /** SIGSTOP: it stands still, and knows nothing of it. */
    void freeze() throws IOException, InterruptedException {
      signal("STOP");
    }

    /** SIGCONT: it goes on where it was. */
    void wake() throws IOException, InterruptedException {
      signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new AssertionError("kill -" + name + " ended with " + code);
      }
    }

    /** SIGTERM, then its exit code. */
    int terminate() throws InterruptedException {
      process.destroy();
      return exitCode();
    }

    /** SIGKILL: nothing is finished, flushed or given back. */
    void kill() throws InterruptedException {
      process.destroyForcibly();
      exitCode();
    }

    private int exitCode() throws InterruptedException {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("process " + process.pid() + " did not end within a minute");
      }
      return process.exitValue();
    }
  }

  /**
   * Starts {@code timebridge <args>} and waits until a line of its output contains {@code ready}.
   */
  Started start(String... args) throws IOException {
    return start(List.of(), args);
  }

  /** As {@link #start(String...)}, with more options of the JVM. */
  Started start(List<String> jvm, String... args) throws IOException {
    Path log = log(args);
    Process process = builder(jvm, args).start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      if (line.contains("ready")) {
        Started it = new Started(process, line, log);
        started.add(it);
        Thread.ofVirtual().start(() -> out.lines().forEach(l -> {})); // or its pipe fills up
        return it;
      }
    }
    throw new AssertionError(
        "timebridge %s ended before it was ready:%n%s%n%s"
            .formatted(String.join(" ", args), said, Files.readString(log)));
  }

  /** As {@link #start(String...)}, until a line contains {@code last}; what it said. */
  String said(String last, String... args) throws IOException {
    Path log = log(args);
    Process process = builder(List.of("-Xmx1g"), args).start();
    started.add(new Started(process, "", log));
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      if (line.contains(last)) {
        Thread.ofVirtual().start(() -> out.lines().forEach(l -> {})); // or its pipe fills up
        return said.toString();
      }
    }
    throw new AssertionError(said + Files.readString(log));
  }

  /** Starts {@code timebridge <args>} and does not wait for anything. */
  Started begin(String... args) throws IOException {
    Path log = log(args);
    Process process = builder(List.of(), args).start();
    Started it = new Started(process, "", log);
    started.add(it);
    Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(l -> {}));
    return it;
  }

  /** Runs {@code timebridge <args>} to its end; what it said, and its exit code. */
  Ran run(List<String> jvm, String... args) throws IOException, InterruptedException {
    Path log = log(args);
    Process process = builder(jvm, args).start();
    Started it = new Started(process, "", log);
    started.add(it);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(it.exitCode(), said + Files.readString(log));
  }

  /** What a command said, errors included, and how it ended. */
  record Ran(int exit, String said) {}

  private Path log(String... args) throws IOException {
    Path logs = Files.createDirectories(Path.of("target", "processes"));
    return logs.toAbsolutePath().resolve("%02d-%s.log".formatted(started.size(), args[0]));
  }

  private ProcessBuilder builder(List<String> jvm, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1"));
    command.addAll(jvm);
    command.addAll(
        List.of(
            "-cp", System.getProperty("java.class.path"), "io.timebridge.local.cli.Timebridge"));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(log(args).toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("TIMEBRIDGE_"));
    return builder;
  }

  @Override
  public void close() {
    for (Started it : started.reversed()) {
      it.process().destroyForcibly().onExit().join();
    }
  }
}
