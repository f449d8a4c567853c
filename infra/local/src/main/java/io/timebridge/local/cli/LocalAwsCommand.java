package io.timebridge.local.cli;

import io.timebridge.local.aws.LocalAws;
import io.timebridge.local.system.Ports;
import io.timebridge.local.system.SettingsText;
import io.timebridge.process.Foreground;
import io.timebridge.stream.Names;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code local-aws}: the AWS services alone, with every stream, table and queue of the contract in
 * place.
 */
@Command(
    name = "local-aws",
    mixinStandardHelpOptions = true,
    description = {
      "Runs Kinesis, DynamoDB, SQS, SNS and SSM, on loopback unless told otherwise, in memory, with all resources created; prints the settings that lead to them.",
      Foreground.EXIT_CODES
    })
public final class LocalAwsCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port-base",
      defaultValue = "8080",
      paramLabel = "N",
      description =
          "As for `up`: Kinesis listens on N+3, the others after it; 0 = any free ports (default: ${DEFAULT-VALUE}).")
  private int portBase;

  @Option(
      names = "--shards",
      defaultValue = "2",
      paramLabel = "N",
      description = "Shards of each stream (default: ${DEFAULT-VALUE}).")
  private int shards;

  @Option(
      names = "--name-prefix",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "As the setting name-prefix.")
  private String namePrefix = "";

  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description = "Also writes those settings to this file.")
  private @Nullable Path settings;

  @Mixin private final ContainerOptions container = new ContainerOptions();

  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    Ports ports = Arguments.ports(line, portBase);
    Names names = Arguments.names(line, namePrefix);
    return new Foreground(Path.of(""), Map.of(), line.getOut(), line.getErr())
        .runLocal(
            container.healthFile(),
            () -> {
              LocalAws aws =
                  LocalAws.start(
                      LocalAws.Options.defaults()
                          .withPorts(ports.aws())
                          .withListen(container.listen()));
              aws.createResources(names, shards);
              String lines =
                  SettingsText.lines(
                      SettingsText.seenFrom(
                          SettingsText.aws(aws.endpoints()), container.reachableAs()));
              write(settings, lines);
              return new Started("local-aws ready; settings that lead here:\n" + lines, aws::close);
            });
  }

  /** Writes the file when one was named. */
  static void write(@Nullable Path file, String lines) {
    if (file == null) {
      return;
    }
    try {
      Files.writeString(file, lines);
    } catch (IOException notWritten) {
      throw new UncheckedIOException("cannot write --settings " + file, notWritten);
    }
  }

  /** Something that runs. */
  record Started(String readyLine, Runnable stop) implements Foreground.Started {
    @Override
    public void close() {
      stop.run();
    }
  }
}
