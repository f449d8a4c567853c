package io.timebridge.bench.scenario;

import java.io.PrintWriter;
import java.util.Locale;

/** Is told what is going on, in a line fit for a person. */
@FunctionalInterface
public interface Progress {
  void say(String text);

  /** Says it with the seconds since now before it. */
  static Progress to(PrintWriter out) {
    long started = System.nanoTime();
    return text -> {
      out.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - started) / 1e9, text);
      out.flush();
    };
  }
}
