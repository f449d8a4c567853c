package io.timebridge.processors;

import io.timebridge.aws.AwsClients;
import io.timebridge.aws.SsmParameters;
import io.timebridge.bootstrap.AuthorizationRequest;
import io.timebridge.process.Foreground;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.DynamoDbTokenStore;
import io.timebridge.services.first.StoredTokens;
import io.timebridge.services.fleet.FleetShare;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.TableName;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * {@code login}: makes FirstService's token pair out of an authorization code, and stores it for
 * the whole fleet, which takes it up within seconds. Exit codes: 0 stored, 1 refused or not
 * reached, 2 unusable options or settings.
 */
@Command(
    name = "login",
    mixinStandardHelpOptions = true,
    description = {
      "Logs in to FirstService anew: changes an authorization code into a pair of tokens and stores it",
      "in the Coordination table, from where every running process takes it within seconds.",
      "Without --code, it prints the address to log in at, in a browser on any machine, and asks for the code; what is typed is not shown. It can also be piped in.",
      "Exit codes: 0 logged in, 1 refused or not reached, 2 unusable options or settings."
    })
public final class LoginCommand implements Callable<Integer> {
  /** The process's share of the calls comes within seconds; a dead process's a little later. */
  private static final Duration SHARE_WITHIN = Duration.ofMinutes(1);

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "SERVICE",
      description = "The service to log in to: first-service.")
  private String service = "";

  @Option(
      names = "--code",
      paramLabel = "CODE",
      description = "Authorization code. Others on this machine can see it while the command runs.")
  private @Nullable String code;

  @Option(
      names = "--redirect-uri",
      paramLabel = "URI",
      defaultValue = "urn:ietf:wg:oauth:2.0:oob",
      description =
          "Where FirstService leads to after the login: registered there for the application, and the one a given CODE was asked for with (default: ${DEFAULT-VALUE}).")
  private String redirectUri = "";

  @Option(names = "--json", description = "What was done, as one JSON object.")
  private boolean json;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  @Override
  public Integer call() throws InterruptedException, IOException {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    PrintWriter err = line.getErr();
    if (!service.equals("first-service")) {
      err.println("timebridge login: no such service: " + service + "; there is first-service");
      return Foreground.BAD_SETTINGS;
    }
    Settings settings =
        SettingsLoader.standard(Path.of(""), Optional.ofNullable(config), System.getenv())
            .load(new SsmParameters())
            .settings();
    if (code == null) {
      askForCode(settings.firstService(), err);
    }
    Optional<Secret> given = code(err);
    if (given.isEmpty()) {
      err.println("timebridge login: no code was given");
      return Foreground.BAD_SETTINGS;
    }
    try {
      logIn(settings, given.get());
    } catch (ServiceTrouble trouble) {
      err.println("timebridge login: " + trouble.getMessage());
      return Foreground.FAILED;
    }
    line.getOut()
        .println(
            json
                ? "{\"service\":\"first-service\",\"loggedIn\":true}"
                : "logged in to FirstService; running processes go on within seconds");
    line.getOut().flush();
    return Foreground.OK;
  }

  private void askForCode(Settings.FirstService settings, PrintWriter err) {
    err.printf(
        """
        open this address in a browser, on any machine, and log in to FirstService:
        %s
        Then enter the code that it gives: it shows it, or leads the browser to %s, where it is in the address bar, behind code=
        When it refuses that redirect address, run this again with --redirect-uri and the one that is registered in FirstService for the application %s.
        """,
        AuthorizationRequest.urlByHand(settings, redirectUri), redirectUri, settings.clientId());
    err.flush();
  }

  /** Never shown, and never kept. */
  private Optional<Secret> code(PrintWriter err) throws IOException {
    String text = code;
    if (text == null) {
      Optional<Console> console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
      if (console.isPresent()) {
        char[] typed = console.get().readPassword("FirstService authorization code: ");
        text = typed == null ? null : new String(typed);
      } else {
        err.println("reading FirstService's authorization code from standard input");
        err.flush();
        text =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      }
    }
    return Optional.ofNullable(text).map(String::strip).filter(t -> !t.isEmpty()).map(Secret::new);
  }

  /** One call, within the limits that the whole deployment shares. */
  private void logIn(Settings settings, Secret given) throws ServiceTrouble, InterruptedException {
    Clock clock = Clock.systemUTC();
    ServiceGate gate = ServiceGate.shared("FirstService", settings.firstService().gate());
    try (DynamoDbClient dynamoDb = new AwsClients(settings.aws()).dynamoDb();
        FleetShare share =
            FleetShare.ofFirstService(settings, () -> FleetShare.ONE, gate, dynamoDb, clock);
        StoredTokens tokens =
            new StoredTokens(
                settings.firstService(),
                gate,
                new DynamoDbTokenStore(dynamoDb, settings.names(), clock),
                clock)) {
      if (!share.await(SHARE_WITHIN)) {
        throw new ServiceTrouble(
            ServiceTrouble.Kind.NOT_DONE,
            "no share of FirstService's calls within %s; is the table %s there and in reach?"
                .formatted(SHARE_WITHIN, settings.names().table(TableName.COORDINATION)));
      }
      tokens.login(given, redirectUri);
    }
  }
}
