package io.timebridge.local.cli;

import io.timebridge.local.system.Ports;
import io.timebridge.local.system.SettingsText;
import io.timebridge.local.system.Simulators;
import io.timebridge.local.system.Webhooks;
import io.timebridge.process.Foreground;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sim}: both services alone, simulated. */
@Command(
    name = "sim",
    mixinStandardHelpOptions = true,
    description = {
      "Runs FirstService and SecondService as simulators, on loopback unless told otherwise, in memory; prints the settings that lead to them.",
      Foreground.EXIT_CODES
    })
public final class SimCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port-base",
      defaultValue = "8080",
      paramLabel = "N",
      description =
          "As for `up`: FirstService listens on N+1, SecondService on N+2; 0 = any free ports (default: ${DEFAULT-VALUE}).")
  private int portBase;

  @Option(
      names = "--webhooks-to",
      paramLabel = "URL",
      description = "Registers the six webhooks for a gateway at this address.")
  private @Nullable URI webhooksTo;

  @Option(
      names = "--latency",
      arity = "2",
      paramLabel = "MIN MAX",
      description = "SecondService takes this long for a call, in milliseconds (default: 50 500).")
  private int[] latency = {50, 500};

  @Option(
      names = "--concurrent",
      defaultValue = "4",
      paramLabel = "N",
      description = "Calls SecondService takes at a time (default: ${DEFAULT-VALUE}).")
  private int concurrent;

  @Option(
      names = "--session-life",
      defaultValue = "900",
      paramLabel = "SECONDS",
      description = "How long a session of SecondService lasts (default: ${DEFAULT-VALUE}).")
  private int sessionLifeSeconds;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "S",
      description = "Order of the columns in SecondService's answers (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description = "Also writes those settings to this file.")
  private @Nullable Path settings;

  @Mixin private final ContainerOptions container = new ContainerOptions();

  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    Simulators.Behaviour behaviour =
        new Simulators.Behaviour(
            seed, Duration.ofSeconds(sessionLifeSeconds), latency[0], latency[1], concurrent);
    Ports ports = Arguments.ports(line, portBase);
    return new Foreground(Path.of(""), Map.of(), line.getOut(), line.getErr())
        .runLocal(container.healthFile(), () -> start(ports, behaviour));
  }

  private Foreground.Started start(Ports ports, Simulators.Behaviour behaviour) {
    try {
      Simulators simulators = Simulators.start(ports, behaviour, container.listen());
      if (webhooksTo != null) {
        Webhooks.register(webhooksTo, simulators.settings());
      }
      String lines =
          SettingsText.lines(SettingsText.seenFrom(simulators.settings(), container.reachableAs()));
      LocalAwsCommand.write(settings, lines);
      return new LocalAwsCommand.Started(
          "sim ready; settings that lead here:\n" + lines, simulators::close);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", interrupted);
    }
  }
}
