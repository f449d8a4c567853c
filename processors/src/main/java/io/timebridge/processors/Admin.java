package io.timebridge.processors;

import io.timebridge.aws.AwsClients;
import io.timebridge.aws.SsmParameters;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.DynamoDbTokenStore;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.StoredTokens;
import io.timebridge.services.fleet.FleetShare;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.settings.SettingsLoader.Loaded;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import tools.jackson.databind.json.JsonMapper;

/** What the commands have in common that ask the tables and both services. */
@Command(mixinStandardHelpOptions = true)
abstract class Admin implements Callable<Integer> {
  static final JsonMapper JSON = JsonMapper.builder().build();

  /** A process's share of the calls comes within seconds; a dead process's a little later. */
  private static final Duration SHARE_WITHIN = Duration.ofMinutes(1);

  private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  private long toldAt = System.nanoTime();

  /** The options cannot be used; the message says which and why. */
  static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /** FirstService, one call at a time, within the limits of the deployment. */
  record First(StoredTokens tokens, HttpFirstService service) {}

  /** What a command works with, opened when it is asked for; closed after it, newest first. */
  static final class Tools implements AutoCloseable {
    final Settings settings;
    final Loaded loaded;
    final Clock clock = Clock.systemUTC();
    final DynamoDbClient dynamoDb;
    private final AwsClients aws;
    private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
    private @Nullable First first;
    private @Nullable HttpSecondService second;

    Tools(Loaded loaded) {
      this.loaded = loaded;
      this.settings = loaded.settings();
      this.aws = new AwsClients(settings.aws());
      this.dynamoDb = closing(aws.dynamoDb());
    }

    AwsClients aws() {
      return aws;
    }

    KinesisClient kinesis() {
      return closing(aws.kinesis());
    }

    /** Which makes each call once. */
    KinesisClient kinesisOnce() {
      return closing(aws.kinesisOnce());
    }

    SsmClient ssm() {
      return closing(aws.ssm());
    }

    First first() throws ServiceTrouble, InterruptedException {
      First open = first;
      if (open == null) {
        ServiceGate gate = ServiceGate.shared("FirstService", settings.firstService().gate());
        FleetShare share =
            closing(
                FleetShare.ofFirstService(settings, () -> FleetShare.ONE, gate, dynamoDb, clock));
        awaitShare(share, "FirstService");
        StoredTokens tokens =
            closing(
                new StoredTokens(
                    settings.firstService(),
                    gate,
                    new DynamoDbTokenStore(dynamoDb, settings.names(), clock),
                    clock));
        open =
            new First(tokens, closing(new HttpFirstService(settings.firstService(), gate, tokens)));
        first = open;
      }
      return open;
    }

    HttpSecondService second() throws ServiceTrouble, InterruptedException {
      HttpSecondService open = second;
      if (open == null) {
        ServiceGate gate = ServiceGate.shared("SecondService", settings.secondService().gate());
        FleetShare share =
            closing(
                FleetShare.ofSecondService(settings, () -> FleetShare.ONE, gate, dynamoDb, clock));
        awaitShare(share, "SecondService");
        open = closing(new HttpSecondService(settings.secondService(), gate, clock));
        second = open;
      }
      return open;
    }

    private void awaitShare(FleetShare share, String service)
        throws ServiceTrouble, InterruptedException {
      if (!share.await(SHARE_WITHIN)) {
        throw new ServiceTrouble(
            ServiceTrouble.Kind.NOT_DONE,
            "no share of %s's calls within %s; is the table %s there and in reach?"
                .formatted(
                    service,
                    SHARE_WITHIN,
                    settings.names().table(io.timebridge.stream.TableName.COORDINATION)));
      }
    }

    private <T extends AutoCloseable> T closing(T part) {
      toClose.push(part);
      return part;
    }

    @Override
    public void close() {
      for (AutoCloseable part : toClose) {
        try {
          part.close();
        } catch (Exception e) { // none of these parts throws a checked one
          throw new IllegalStateException("closing " + part, e);
        }
      }
    }
  }

  /**
   * Exit code: 0 done, 1 failed or findings, 2 unusable options or settings, where the command does
   * not say otherwise for itself.
   */
  @Override
  public final Integer call() throws InterruptedException {
    try {
      check();
      Loaded loaded =
          SettingsLoader.standard(Path.of(""), Optional.ofNullable(config), System.getenv())
              .load(new SsmParameters());
      try (Tools tools = new Tools(loaded)) {
        return run(tools);
      }
    } catch (Unusable unusable) {
      say(String.valueOf(unusable.getMessage()));
      return command().exitCodeOnInvalidInput();
    } catch (ServiceTrouble trouble) {
      say(trouble.getMessage() + "; the command can be repeated");
      return command().exitCodeOnExecutionException();
    } catch (StoreTrouble | SdkException trouble) {
      say(
          trouble.getMessage()
              + "; `./timebridge settings` shows which AWS is asked (aws.*, name-prefix). The command can be repeated");
      return command().exitCodeOnExecutionException();
    } finally {
      out().flush();
    }
  }

  /** Looks at the options, before anything is opened. */
  void check() {}

  abstract int run(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException;

  final PrintWriter out() {
    return command().commandLine().getOut();
  }

  /** A line for the person, not for a pipe. */
  final void say(String text) {
    PrintWriter err = command().commandLine().getErr();
    String name = command().qualifiedName().replaceFirst("^timebridge ", "");
    err.println("timebridge " + name + ": " + Shown.lines(text));
    err.flush();
  }

  /** The same, at most every two seconds. */
  final void tell(String text) {
    long now = System.nanoTime();
    if (now - toldAt > TELL_EVERY_NANOS) {
      toldAt = now;
      say(text);
    }
  }

  /** Who runs the command, for whoever looks later. */
  static String who() {
    return System.getProperty("user.name", "?");
  }

  private CommandSpec command() {
    return Objects.requireNonNull(spec, "picocli sets the spec");
  }
}
