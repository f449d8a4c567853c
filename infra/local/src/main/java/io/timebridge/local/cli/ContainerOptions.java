package io.timebridge.local.cli;

import io.timebridge.local.net.Listen;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of {@code local-aws} and {@code sim} for when they run in a container. */
final class ContainerOptions {
  @Option(
      names = "--reachable-as",
      paramLabel = "HOST",
      description =
          "Listens on all addresses instead of loopback, and names HOST in the settings. Nothing checks who calls: only for a container on a private network.")
  private @Nullable String reachableAs;

  @Option(names = "--health-file", paramLabel = "FILE", description = "As the setting health.file.")
  private @Nullable Path healthFile;

  Optional<String> reachableAs() {
    return Optional.ofNullable(reachableAs);
  }

  Listen listen() {
    return reachableAs == null ? Listen.LOOPBACK : Listen.EVERYWHERE;
  }

  Optional<Path> healthFile() {
    return Optional.ofNullable(healthFile);
  }
}
