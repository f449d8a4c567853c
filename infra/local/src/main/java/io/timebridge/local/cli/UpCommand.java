package io.timebridge.local.cli;

import io.timebridge.local.system.LocalSystem;
import io.timebridge.local.system.Ports;
import io.timebridge.local.system.RunningFile;
import io.timebridge.local.system.SampleCompany;
import io.timebridge.process.Foreground;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

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

  @Option(
      names = "--empty",
      description = "Without the sample company (a client, a job, a person, a label).")
  private boolean empty;

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
        .runLocal(Optional.empty(), () -> start(options, empty, out));
  }

  private static Foreground.Started start(
      LocalSystem.Options options, boolean empty, PrintWriter out) {
    try {
      LocalSystem system = LocalSystem.start(options, step -> out.println("  " + step));
      try {
        Optional<SampleCompany> company = empty ? Optional.empty() : Optional.of(company(system));
        return new Up(system, company, RunningFile.write(Path.of(""), system.settingsByKey()));
      } catch (IOException | InterruptedException | RuntimeException failed) {
        system.close();
        throw failed;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", interrupted);
    }
  }

  private static SampleCompany company(LocalSystem system)
      throws IOException, InterruptedException {
    try (DynamoDbClient dynamoDb = system.aws().dynamoDb()) {
      return SampleCompany.found(
          system.simulators().first(),
          system.simulators().second(),
          new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system()),
          Duration.ofSeconds(30));
    } catch (EntryStore.Unavailable | TimeoutException failed) {
      throw new IOException(failed.getMessage(), failed);
    }
  }

  private record Up(LocalSystem system, Optional<SampleCompany> company, RunningFile file)
      implements Foreground.Started {
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
      company.ifPresent(sample ->
          text.append(
              """
              Ada tracks an hour and a quarter; a second later it is a timesheet:
                curl -X POST %s/__sim/entries -d '%s'
                curl %s/__sim/state
              """
                  .formatted(
                      system.settings().firstService().url(),
                      sample.entry("2026-07-03", 4500, "drawings"),
                      system.settings().secondService().url())));
      text.append(
          """
          a signed webhook (give it the id of an entry):
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
