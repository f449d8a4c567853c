package io.timebridge.ops;

import io.timebridge.process.Foreground;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ops}: serves the ops page until a signal ends it. */
@Command(
    name = "ops",
    mixinStandardHelpOptions = true,
    description = {
      "Serves a page for the people who run Timebridge: lag over time, shards, what is parked (redrive, discard),",
      "the story of an entry, jobs, alerts. On loopback by default; elsewhere ops.token has to be set.",
      Foreground.EXIT_CODES
    })
public final class OpsCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Address to listen on (default: ops.host of the settings).")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on, 0 = any free one (default: ops.port of the settings).")
  private @Nullable String port;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  /** Exit code: see {@link Foreground}. */
  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    Map<String, String> overrides = new HashMap<>();
    if (host != null) {
      overrides.put("ops.host", host);
    }
    if (port != null) {
      overrides.put("ops.port", port);
    }
    return new Foreground(Path.of(""), System.getenv(), line.getOut(), line.getErr())
        .run(Optional.ofNullable(config), overrides, OpsMain::start);
  }
}
