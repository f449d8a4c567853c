package io.timebridge.services.second;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.Ending;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.http.Encoded;
import io.timebridge.services.http.Excerpt;
import io.timebridge.services.http.HttpAnswer;
import io.timebridge.services.http.HttpCall;
import io.timebridge.services.http.LooseJson;
import io.timebridge.services.http.ServiceHttp;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Logs in. Neither the password nor the session's id reaches a message. */
final class Login {
  /** Asked for when the service refuses for a while and does not say for how long. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Pattern TOO_MANY = Pattern.compile("too (many|often)|rate limit|try again");
  private static final Pattern NOT_KNOWN =
      Pattern.compile(
          "password|credential|(invalid|incorrect|wrong|bad|unknown|failed) (login|user|account|org)"
              + "|(login|user|account|organi[sz]ation|authentication)\\w* (is |was |has )?"
              + "(invalid|incorrect|wrong|unknown|failed|refused|denied|disabled|not found)"
              + "|access denied");

  private final Settings.SecondService settings;
  private final ServiceHttp http;

  Login(Settings.SecondService settings, ServiceHttp http) {
    this.settings = settings;
    this.http = http;
  }

  /** One attempt, in the place that the caller holds. */
  LoginOutcome attempt(ServiceGate.Place place) throws ServiceTrouble, InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("cmd", "org");
    form.put("idOrg", settings.organisation());
    form.put("strUsername", settings.username());
    form.put("strPassword", settings.password().reveal());
    HttpCall call =
        HttpCall.send(
                "login", "POST", Api.at(settings.url(), "login/", Map.of()), Encoded.form(form))
            .hidingAnswer();
    return http.call(place, call, this::read);
  }

  private Ending<LoginOutcome> read(HttpAnswer answer) throws ServiceTrouble {
    return switch (answer.status()) {
      case 200 -> readBody(answer);
      case 401, 403 -> notKnown("HTTP " + answer.status());
      case 429 -> new Ending.NotCounted<>(answer.trouble(Kind.NOT_DONE, "too many calls"));
      default -> throw answer.trouble(Kind.NOT_DONE, "login failed");
    };
  }

  private Ending<LoginOutcome> readBody(HttpAnswer answer) throws ServiceTrouble {
    JsonNode body = answer.jsonObject();
    Optional<String> error = ErrorText.of(body);
    if (error.isEmpty()) {
      String appId = LooseJson.text(body.path("appID"));
      if (appId.isEmpty()) {
        throw answer.trouble(Kind.NOT_DONE, "the answer to login holds no appID");
      }
      return new Ending.Answered<>(
          new LoginOutcome.LoggedIn(
              new Session(appId, settings.organisation(), settings.username())));
    }
    String lower = error.get().toLowerCase(Locale.ROOT);
    if (TOO_MANY.matcher(lower).find()) {
      return new Ending.Answered<>(
          refused(Kind.NOT_DONE, "too many logins", answer.retryAfter().orElse(PATIENCE)));
    }
    String said = shown(error.get());
    return NOT_KNOWN.matcher(lower).find()
        ? notKnown(said)
        : new Ending.Answered<>(
            refused(Kind.NOT_DONE, "refused: " + said, answer.retryAfter().orElse(null)));
  }

  private String shown(String error) {
    String password = settings.password().reveal();
    String safe = password.isEmpty() ? error : error.replace(password, "***");
    return Excerpt.of(safe, HttpAnswer.EXCERPT);
  }

  private static Ending<LoginOutcome> notKnown(String said) {
    return new Ending.NotKnown<>(
        refused(
            Kind.CREDENTIALS,
            "not accepted (%s); check second-service.organisation, .username and .password"
                .formatted(said),
            null));
  }

  private static LoginOutcome refused(Kind kind, String why, @Nullable Duration retryAfter) {
    return new LoginOutcome.Refused(
        new ServiceTrouble(kind, "SecondService login: " + why, retryAfter, null));
  }
}
