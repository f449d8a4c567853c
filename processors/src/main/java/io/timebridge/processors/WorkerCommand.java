package io.timebridge.processors;

import io.timebridge.process.Foreground;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code worker}: consumes streams until a signal ends it. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description = {
      "Consumes the streams, in order per key, and applies them to both services and DynamoDB.",
      Foreground.EXIT_CODES
    })
public final class WorkerCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--apps",
      paramLabel = "LIST",
      description =
          "Which streams: timesheets, backup, jobs, separated by commas (default: worker.apps of the settings).")
  private @Nullable String apps;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  /** Exit code: see {@link Foreground}. */
  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    Map<String, String> overrides = apps == null ? Map.of() : Map.of("worker.apps", apps);
    return new Foreground(Path.of(""), System.getenv(), line.getOut(), line.getErr())
        .run(Optional.ofNullable(config), overrides, WorkerMain::start);
  }
}
