package io.timebridge.ingest.poller;

import io.timebridge.process.Foreground;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code poller}: runs the poller until a signal ends it. */
@Command(
    name = "poller",
    mixinStandardHelpOptions = true,
    description = {
      "Looks at SecondService's jobs and clients and publishes what changed.",
      Foreground.EXIT_CODES
    })
public final class PollerCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  /** Exit code: see {@link Foreground}. */
  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    return new Foreground(Path.of(""), System.getenv(), line.getOut(), line.getErr())
        .run(Optional.ofNullable(config), PollerMain::start);
  }
}
