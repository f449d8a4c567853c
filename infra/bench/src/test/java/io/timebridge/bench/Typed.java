package io.timebridge.bench;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** A command line as a user types it, run in this process, and what came of it. */
public record Typed(int exit, List<String> out, String err) {
  /** Runs {@code bench} with these arguments. */
  public static Typed bench(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all = new String[arguments.length + 1];
    all[0] = "bench";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    int exit = Bench.run(new PrintWriter(out), new PrintWriter(err), all);
    return new Typed(exit, out.toString().lines().toList(), err.toString());
  }
}
