package io.timebridge.local.cli;

import io.timebridge.local.system.LocalSystem;
import io.timebridge.local.system.Ports;
import io.timebridge.local.system.RunningFile;
import io.timebridge.local.system.SampleCompany;
import io.timebridge.logs.Logs;
import io.timebridge.process.Foreground;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
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
      "by which every other command started in this folder finds it. Everything is in memory.",
      "It makes the settings that lead to its own parts, and takes others from --set and --config; timebridge.conf and the environment are not read.",
      Foreground.EXIT_CODES
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

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings file, with none of those that lead to its own parts.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "A setting, as metrics.port=9464: three ports in a row, gateway, worker, poller. May be repeated.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    PrintWriter out = line.getOut();
    Ports ports = Arguments.ports(line, portBase);
    Map<String, String> given = given(line);
    if (RunningFile.isTaken(Path.of(""))) {
      throw new CommandLine.ParameterException(
          line, "a local system runs in this folder already (.timebridge/up.conf); stop it first");
    }
    LocalSystem.Options calm = LocalSystem.Options.calm(ports, 1);
    LocalSystem.Options options = new LocalSystem.Options(ports, calm.behaviour(), shards, given);
    return new Foreground(Path.of(""), Map.of(), out, line.getErr())
        .runLocal(
            Optional.ofNullable(given.get("health.file")).map(Path::of),
            () -> start(options, empty, out));
  }

  /** The settings that a person gave; none that the local system makes itself. */
  private Map<String, String> given(CommandLine line) {
    SettingsLoader loader = new SettingsLoader();
    if (config != null) {
      loader.file(config, true);
    }
    loader.values(set, "command line");
    List<String> own = loader.given().keySet().stream().filter(LocalSystem::isOwn).toList();
    if (!own.isEmpty()) {
      throw new CommandLine.ParameterException(
          line,
          "%s cannot be given: `up` makes it itself, for its own parts"
              .formatted(String.join(", ", own)));
    }
    Settings settings = loader.load((where, path) -> Map.of()).settings();
    Map<String, String> given = loader.given();
    if (given.containsKey("log.format")) {
      Logs.write(settings.log().format());
    }
    return given;
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
      system.metrics().forEach(uri -> text.append("  %-14s %s%n".formatted("metrics", uri)));
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
