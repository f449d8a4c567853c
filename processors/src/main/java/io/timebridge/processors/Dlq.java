package io.timebridge.processors;

import io.timebridge.aws.AwsClients;
import io.timebridge.aws.SsmParameters;
import io.timebridge.deadletters.DeadLetters;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.process.Foreground;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What the commands below {@code dlq} have in common. */
@Command(mixinStandardHelpOptions = true)
abstract class Dlq implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  /** What an action works with; closed after it. */
  static final class Tools implements AutoCloseable {
    final Settings settings;
    final AwsClients aws;
    final DynamoDbClient dynamoDb;
    final DeadLetters deadLetters;
    private final Deque<SdkClient> toClose = new ArrayDeque<>();

    Tools(Settings settings) {
      this.settings = settings;
      this.aws = new AwsClients(settings.aws());
      this.dynamoDb = closing(aws.dynamoDb());
      this.deadLetters = new DeadLetters(dynamoDb, settings.names());
    }

    <T extends SdkClient> T closing(T client) {
      toClose.push(client);
      return client;
    }

    @Override
    public void close() {
      toClose.forEach(SdkClient::close);
    }
  }

  /** The options cannot be used; the message says which and why. */
  static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /** Exit code: 0 done, 1 failed or nothing such, 2 unusable options or settings. */
  @Override
  public Integer call() throws InterruptedException {
    try {
      check();
      Settings settings =
          SettingsLoader.standard(Path.of(""), Optional.ofNullable(config), System.getenv())
              .load(new SsmParameters())
              .settings();
      try (Tools tools = new Tools(settings)) {
        return run(tools);
      }
    } catch (Unusable unusable) {
      say(String.valueOf(unusable.getMessage()));
      return Foreground.BAD_SETTINGS;
    } catch (StoreTrouble trouble) {
      say(
          trouble.getMessage()
              + "; `./timebridge settings` shows which AWS is asked (aws.*, name-prefix). The command can be repeated");
      return Foreground.FAILED;
    } finally {
      out().flush();
    }
  }

  /** Looks at the options, before anything is opened. */
  void check() {}

  abstract int run(Tools tools) throws StoreTrouble, InterruptedException;

  /** The key is not one that waits. */
  final int nothing(String key) {
    say("nothing waits under key " + key + "; `./timebridge dlq list` shows the keys there are");
    return Foreground.FAILED;
  }

  final PrintWriter out() {
    return command().commandLine().getOut();
  }

  /** A line for the person, not for a pipe. */
  final void say(String text) {
    PrintWriter err = command().commandLine().getErr();
    err.println("timebridge dlq " + command().name() + ": " + text);
    err.flush();
  }

  private CommandSpec command() {
    return Objects.requireNonNull(spec, "picocli sets the spec");
  }
}
