package io.timebridge.local.cli;

import io.timebridge.local.system.LocalSystem;
import io.timebridge.local.system.Ports;
import io.timebridge.local.system.RunningFile;
import io.timebridge.process.Foreground;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code up}: the whole system, kept running until a signal ends it. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the whole system on this machine until it is stopped (Ctrl-C or SIGTERM), and writes .timebridge/up.conf,",
      "by which every other command started in this folder finds it. Everything is in memory."
    })
public final class UpCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port-base",
      defaultValue = "8080",
      paramLabel = "N",
      description =
          "The gateway's port; the other parts take those after it. 0 = any free ports (default: ${DEFAULT-VALUE}).")
  private int portBase;

  @Option(
      names = "--shards",
      defaultValue = "2",
      paramLabel = "N",
      description = "Shards of each stream (default: ${DEFAULT-VALUE}).")
  private int shards;

  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    PrintWriter out = line.getOut();
    Ports ports = Arguments.ports(line, portBase);
    if (RunningFile.isTaken(Path.of(""))) {
      throw new CommandLine.ParameterException(
          line, "a local system runs in this folder already (.timebridge/up.conf); stop it first");
    }
    LocalSystem.Options calm = LocalSystem.Options.calm(ports, 1);
    LocalSystem.Options options =
        new LocalSystem.Options(ports, calm.behaviour(), shards, Map.of());
    return new Foreground(Path.of(""), Map.of(), out, line.getErr())
        .runLocal(() -> start(options, out));
  }

  private static Foreground.Started start(LocalSystem.Options options, PrintWriter out) {
    try {
      LocalSystem system = LocalSystem.start(options, step -> out.println("  " + step));
      return new Up(system, RunningFile.write(Path.of(""), system.settingsByKey()));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", interrupted);
    }
  }

  private record Up(LocalSystem system, RunningFile file) implements Foreground.Started {
    @Override
    public String readyLine() {
      String secret = system.settings().firstService().webhookSecrets().getFirst().reveal();
      StringBuilder text = new StringBuilder("up:\n");
      text.append("  gateway        ").append(system.gateway()).append('\n');
      text.append("  FirstService   ")
          .append(system.settings().firstService().url())
          .append("   (people: POST /__sim/users, /__sim/labels, /__sim/entries)\n");
      text.append("  SecondService  ")
          .append(system.settings().secondService().url())
          .append(
              "   (admins: POST /__sim/clients, /__sim/jobs; look: GET /__sim/state, /__sim/ledger)\n");
      system
          .settings()
          .aws()
          .endpoints()
          .forEach((service, uri) -> text.append("  %-14s %s%n".formatted(service, uri)));
      text.append(
          """
          a signed webhook:
            body='{"payload":{"entity_id":1,"entity_path":"/1.1/77/hours/1"}}'
            curl -i %s/new-timesheet-entry -H 'Content-Type: application/json' -d "$body" \\
              -H "X-Signature: $(printf %%s "$body" | openssl dgst -sha256 -hmac '%s' -r | cut -d' ' -f1)"
          stop with Ctrl-C\
          """
              .formatted(system.gateway(), secret));
      return text.toString();
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException notRemoved) {
        throw new UncheckedIOException(notRemoved);
      } finally {
        system.close();
      }
    }
  }
}
