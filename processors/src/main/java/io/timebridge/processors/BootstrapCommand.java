package io.timebridge.processors;

import io.timebridge.bootstrap.AuthorizationRequest;
import io.timebridge.bootstrap.LoopbackCallback;
import io.timebridge.bootstrap.LoopbackCallback.Answer;
import io.timebridge.bootstrap.Matching;
import io.timebridge.bootstrap.WebhookPlan;
import io.timebridge.bootstrap.WebhookSecrets;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.Finding;
import io.timebridge.mapping.Finding.Suggestion;
import io.timebridge.mapping.Looks;
import io.timebridge.mapping.MappingCheck;
import io.timebridge.mapping.MappingTable;
import io.timebridge.process.Foreground;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.WebhookRegistry.Webhook;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.settings.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bootstrap}: what a new deployment needs once. Every step can be repeated; a second run
 * changes nothing and says so.
 */
@Command(
    name = "bootstrap",
    description = {
      "First-time set-up: logs in to FirstService, registers or repairs the six webhooks, shows which clients and",
      "projects both services have in common, and suggests mappings. Every step can be repeated; what is right is left alone.",
      "Exit codes: 0 done, 1 failed or something is left for a person, 2 unusable options or settings."
    })
public final class BootstrapCommand extends Admin {
  private static final Duration LOGIN_WITHIN = Duration.ofMinutes(5);
  private static final int DAYS = 30;
  private static final int MOST_JOBS = 2000;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description = {
        "Where FirstService reaches the gateway or API Gateway: https://HOST[/PATH]; the routes are added to it.",
        "Without it webhooks are left alone."
      })
  private @Nullable String publicUrl;

  @Option(
      names = "--replaces",
      paramLabel = "URL",
      description =
          "The public address before: its webhooks are deleted once the new ones are there.")
  private @Nullable String replaces;

  @Option(
      names = "--renew-webhooks",
      description =
          "Registers all six anew, with the first of first-service.webhook-secrets: after a change of the secret.")
  private boolean renew;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Port on 127.0.0.1 that the login comes back to, where the redirect address is registered with one (default: any free one).")
  private int port;

  @Option(
      names = "--code",
      paramLabel = "CODE",
      description = {
        "Authorization code got elsewhere, for a machine without a browser; without PKCE.",
        "Others on this machine can see it while the command runs; `./timebridge login` asks for it instead."
      })
  private @Nullable String code;

  @Option(
      names = "--redirect-uri",
      paramLabel = "URI",
      defaultValue = "urn:ietf:wg:oauth:2.0:oob",
      description = "With --code: the one the code was asked for with (default: ${DEFAULT-VALUE}).")
  private String redirectUri = "";

  @Option(
      names = "--accept-suggestions",
      description =
          "Maps each unmapped label to the task of the same name, where there is exactly one.")
  private boolean accept;

  @Option(names = "--dry-run", description = "Changes nothing, and says what would be done.")
  private boolean dryRun;

  @Option(names = "--json", description = "As one JSON object, at the end.")
  private boolean json;

  private Optional<URI> publicAt = Optional.empty();
  private Optional<URI> replaced = Optional.empty();
  private BootstrapReport report = new BootstrapReport(false);

  @Override
  void check() {
    publicAt = Optional.ofNullable(publicUrl).map(text -> address("--public-url", text));
    replaced = Optional.ofNullable(replaces).map(text -> address("--replaces", text));
    if (publicAt.isEmpty() && (replaced.isPresent() || renew)) {
      throw new Unusable("--replaces and --renew-webhooks need --public-url");
    }
    if (publicAt.isPresent() && publicAt.equals(replaced)) {
      throw new Unusable("--replaces is the same address as --public-url");
    }
    if (port < 0 || port > 65535) {
      throw new Unusable("--port " + port + ": must be 0 to 65535");
    }
    if (code != null && code.isBlank()) {
      throw new Unusable("--code is blank");
    }
    report = new BootstrapReport(dryRun);
  }

  /** https; http on loopback alone, for a simulated service. */
  static URI address(String option, String text) {
    String why = ": must be an address as in https://hooks.example.org/live, without query";
    try {
      URI uri = new URI(text.replaceFirst("/+$", ""));
      String host = uri.getHost();
      boolean loopback = Set.of("127.0.0.1", "localhost", "[::1]").contains(String.valueOf(host));
      boolean good =
          host != null
              && ("https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && loopback))
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && uri.getRawUserInfo() == null;
      if (good) {
        return uri;
      }
    } catch (URISyntaxException notAnAddress) {
      throw new Unusable(option + " " + quoted(text) + why);
    }
    throw new Unusable(option + " " + quoted(text) + why);
  }

  private static String quoted(String text) {
    return '"' + Shown.line(text.replaceAll("//[^/?#]*@", "//***@")) + '"';
  }

  @Override
  int run(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException {
    try {
      if (logIn(tools)) {
        webhooks(tools);
        match(tools);
        mappings(tools);
      }
    } finally {
      report.print(out(), json);
    }
    return report.isComplete() ? Foreground.OK : Foreground.FAILED;
  }

  /** Whether FirstService can be called now. */
  private boolean logIn(Tools tools) throws ServiceTrouble, InterruptedException {
    First first = tools.first();
    if (works(first.service())) {
      report.login("working, nothing to do");
      return true;
    }
    if (dryRun) {
      report.login("needed; webhooks, clients, projects and mappings are looked at after it");
      report.left("log in: run this without --dry-run, or ./timebridge login first-service");
      return false;
    }
    if (code != null) {
      first.tokens().login(new Secret(code.strip()), redirectUri);
    } else if (!throughBrowser(tools, first)) {
      return false;
    }
    if (!works(first.service())) {
      throw new ServiceTrouble(
          Kind.CREDENTIALS,
          "logged in, but FirstService does not accept the token for account %d; check first-service.account-id"
              .formatted(tools.settings.firstService().accountId()));
    }
    report.login("logged in, the token pair is stored for all processes");
    report.changed(1);
    return true;
  }

  private static boolean works(HttpFirstService first) throws ServiceTrouble, InterruptedException {
    try {
      first.webhooks();
      return true;
    } catch (ServiceTrouble trouble) {
      if (trouble.kind() == Kind.CREDENTIALS) {
        return false;
      }
      throw trouble;
    }
  }

  private boolean throughBrowser(Tools tools, First first)
      throws ServiceTrouble, InterruptedException {
    AuthorizationRequest request = new AuthorizationRequest(new SecureRandom());
    try (LoopbackCallback callback = LoopbackCallback.listen(port, request.state())) {
      say(
          "open this address in a browser on this machine and log in, within %d minutes:\n%s"
              .formatted(
                  LOGIN_WITHIN.toMinutes(),
                  request.url(tools.settings.firstService(), callback.redirectUri())));
      switch (callback.await(LOGIN_WITHIN)) {
        case Answer.Code(Secret given) -> {
          first.tokens().login(given, callback.redirectUri().toString(), request.verifier());
          return true;
        }
        case Answer.Refused(String why) -> notLoggedIn(why);
        case Answer.TimedOut() -> notLoggedIn("nobody logged in within " + LOGIN_WITHIN);
      }
    } catch (IOException notListening) {
      throw new Unusable(
          "--port %d: cannot be listened on: %s".formatted(port, notListening.getMessage()));
    }
    return false;
  }

  private void notLoggedIn(String why) {
    report.login("not done: " + why);
    report.left("log in: run this again, or ./timebridge login first-service");
  }

  private void webhooks(Tools tools) throws ServiceTrouble, InterruptedException {
    if (publicAt.isEmpty()) {
      report.left("webhooks were not looked at: give --public-url https://...");
      return;
    }
    HttpFirstService first = tools.first().service();
    List<Webhook> registered = first.webhooks();
    WebhookPlan plan = WebhookPlan.of(registered, publicAt.get(), replaced, renew);
    report.webhooks(plan);
    plan.elsewhere()
        .forEach(hook ->
            say(
                "webhook %d at %s is perhaps another deployment's and is left alone; --replaces would delete it"
                    .formatted(hook.id(), Shown.line(hook.url()))));
    Optional<Secret> secret = secret(tools, plan);
    if (secret.isEmpty() || dryRun) {
      return;
    }
    try {
      plan.carryOut(first, secret.get());
    } catch (FirstService.Refused refused) {
      throw new ServiceTrouble(Kind.NOT_DONE, refused.getMessage() + again());
    } catch (ServiceTrouble trouble) {
      throw new ServiceTrouble(
          trouble.kind(),
          trouble.getMessage() + again(),
          trouble.retryAfter().orElse(null),
          trouble);
    }
    report.changed(plan.changes());
  }

  private String again() {
    return renew ? "; run it again with --renew-webhooks" : "";
  }

  /** What webhooks are registered with; empty when there is none, after a word about it. */
  private Optional<Secret> secret(Tools tools, WebhookPlan plan) {
    Optional<Secret> set =
        tools.settings.firstService().webhookSecrets().stream()
            .filter(s -> !s.isEmpty())
            .findFirst();
    if (set.isPresent()) {
      report.secret("first-service.webhook-secrets is set");
      return set;
    }
    if (plan.hasAny() && !renew) {
      report.secret("first-service.webhook-secrets is not set");
      report.left(
          "webhooks are registered, but first-service.webhook-secrets is not set here: set what they were"
              + " registered with, or give --renew-webhooks to register all with a new secret");
      return Optional.empty();
    }
    String path =
        tools.loaded.effective().stream()
            .filter(setting -> setting.key().equals("ssm.path"))
            .findFirst()
            .orElseThrow()
            .shown();
    if (path.isEmpty()) {
      report.secret("first-service.webhook-secrets is not set");
      report.left(
          "webhooks need a secret: set ssm.path, below which this makes one, or set first-service.webhook-secrets"
              + " for every process, for instance to whsec_ and the output of `openssl rand -base64 32`, and run this again");
      return Optional.empty();
    }
    return make(tools, WebhookSecrets.parameter(path));
  }

  private Optional<Secret> make(Tools tools, String parameter) {
    Secret secret = WebhookSecrets.make(new SecureRandom());
    if (dryRun) {
      report.secret("would be made and stored as SSM parameter " + parameter);
      return Optional.of(secret);
    }
    if (!WebhookSecrets.store(tools.ssm(), parameter, secret)) {
      report.secret("SSM parameter " + parameter + " was made by somebody else meanwhile");
      report.left("run this again");
      return Optional.empty();
    }
    report.secret(
        "made, and stored as SSM parameter %s (SecureString, encrypted with the account's own key aws/ssm); processes that run already read it when they are started again"
            .formatted(parameter));
    report.changed(1);
    return Optional.of(secret);
  }

  private void match(Tools tools) throws ServiceTrouble, InterruptedException {
    HttpFirstService first = tools.first().service();
    HttpSecondService second = tools.second();
    report.matching(
        Matching.of(
            Looks.untilSome(second::clients),
            Looks.untilSome(second::openJobs),
            Looks.untilSome(first::clients),
            Looks.untilSome(first::projects),
            tools.settings.poller().excludedClientCodes()));
  }

  private void mappings(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException {
    HttpFirstService first = tools.first().service();
    MappingTable table = MappingAction.table(tools);
    LocalDate today = LocalDate.now(tools.clock.withZone(ZoneOffset.UTC));
    MappingCheck.Report checked =
        new MappingCheck(
                table,
                first,
                first,
                tools.second(),
                tools.settings.timesheet().excludedParentLabels(),
                this::tell)
            .run(today.minusDays(DAYS), today.plusDays(1), MOST_JOBS);
    checked.notes().forEach(this::say);
    List<Suggestion> sure = new ArrayList<>();
    for (Finding finding : checked.findings()) {
      if (finding.kind() == Finding.Kind.UNMAPPED_LABEL) {
        finding.suggestion().filter(Suggestion::sure).ifPresent(sure::add);
      }
    }
    boolean write = accept && !dryRun;
    if (write) {
      for (Suggestion suggestion : sure) {
        table.set(
            suggestion.labelId(), suggestion.task(), "suggested by name, accepted by " + who());
      }
      report.changed(sure.size());
    }
    report.mappings(checked, sure, write);
  }
}
