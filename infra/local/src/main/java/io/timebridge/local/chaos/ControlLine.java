package io.timebridge.local.chaos;

import io.timebridge.local.planted.Step;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process's line to the controller. Settings come over standard input, one {@code key=value} a
 * line up to an empty line; then orders come that way ({@code arm}, {@code disarm}, {@code go},
 * {@code busy}), and reports go out over standard output ({@code ready}, {@code hit}, {@code at},
 * {@code busy}, {@code looked}). The process ends at once when its standard input ends. The log
 * goes to standard error. Thread-safe.
 */
final class ControlLine {
  private static final Logger LOG = LoggerFactory.getLogger(ControlLine.class);

  private final BufferedReader in;
  private final PrintStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private final Steps steps = new Steps(this::tell);

  private ControlLine(BufferedReader in, PrintStream out) {
    this.in = in;
    this.out = out;
  }

  /** This process's own; nothing else may speak on it from now on. */
  static ControlLine open() {
    PrintStream out = System.out;
    System.setOut(System.err);
    return new ControlLine(
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), out);
  }

  /** The steps that are armed over this line. */
  Steps steps() {
    return steps;
  }

  /** The settings: what comes first. */
  Settings settings() throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      int equals = line.indexOf('=');
      settings.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return new SettingsLoader()
        .values(settings, "controller")
        .load((where, path) -> Map.of())
        .settings();
  }

  /**
   * Obeys orders from now on, on a thread of its own that keeps the process alive.
   *
   * @param busy how much this process has under way
   */
  void obey(IntSupplier busy) {
    Thread.ofPlatform().name("orders").start(() -> orders(busy));
  }

  /** One line for the controller. */
  void tell(String line) {
    writing.lock();
    try {
      out.println(line);
      out.flush();
    } finally {
      writing.unlock();
    }
  }

  private void orders(IntSupplier busy) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        switch (words[0]) {
          case "arm" ->
              steps.arm(
                  Long.parseLong(words[1]),
                  Step.valueOf(words[2]),
                  Service.valueOf(words[3]),
                  Integer.parseInt(words[4]),
                  Boolean.parseBoolean(words[5]));
          case "disarm" -> steps.disarm(Long.parseLong(words[1]));
          case "go" -> steps.go(Long.parseLong(words[1]));
          case "busy" -> tell("busy " + busy.getAsInt());
          default -> throw new IllegalArgumentException("no such order: " + line);
        }
      }
    } catch (IOException | RuntimeException broken) {
      LOG.error("the line to the controller is broken", broken);
    }
    Runtime.getRuntime().halt(3); // the controller is gone, or speaks another language
  }
}
