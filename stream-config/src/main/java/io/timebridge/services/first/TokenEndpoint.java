package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.Ending;
import io.timebridge.services.http.Encoded;
import io.timebridge.services.http.HttpAnswer;
import io.timebridge.services.http.HttpCall;
import io.timebridge.services.http.LooseJson;
import io.timebridge.services.http.ServiceHttp;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/** FirstService's OAuth2 token endpoint. No token reaches a message. Thread-safe. */
final class TokenEndpoint {
  /** Longest life that is believed, in seconds: ten years. */
  private static final long LONGEST_LIFE = 10L * 366 * 24 * 3600;

  private final Settings.FirstService settings;
  private final ServiceHttp http;
  private final InstantSource clock;

  TokenEndpoint(Settings.FirstService settings, ServiceHttp http, InstantSource clock) {
    this.settings = settings;
    this.http = http;
    this.clock = clock;
  }

  /** What the endpoint answered. */
  sealed interface Granted {
    record Pair(TokenPair pair) implements Granted {}

    /** The grant is dead for good ({@code invalid_grant}), or we are not its owner. */
    record Refused(String error) implements Granted {}
  }

  /**
   * Changes a refresh token into a new pair. The old refresh token is dead from then on, whether or
   * not the answer arrives.
   *
   * @param maySend see {@link HttpCall#maySend()}
   */
  Granted refresh(Secret refreshToken, BooleanSupplier maySend)
      throws ServiceTrouble, InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("refresh_token", refreshToken.reveal());
    return ask("token refresh", form, refreshToken, maySend);
  }

  /**
   * Changes an authorization code into the first pair.
   *
   * @param verifier PKCE's (RFC 7636); empty = the code was asked for without a challenge
   */
  Granted authorize(Secret code, String redirectUri, Secret verifier)
      throws ServiceTrouble, InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code.reveal());
    form.put("redirect_uri", redirectUri);
    if (!verifier.isEmpty()) {
      form.put("code_verifier", verifier.reveal());
    }
    return ask("login", form, new Secret(""), HttpCall.ANY_TIME);
  }

  private Granted ask(
      String what, Map<String, String> form, Secret oldRefresh, BooleanSupplier maySend)
      throws ServiceTrouble, InterruptedException {
    form.put("client_id", settings.clientId());
    form.put("client_secret", settings.clientSecret().reveal());
    HttpCall call =
        HttpCall.send(
                what, "POST", URI.create(settings.url() + "/1.1/oauth/token"), Encoded.form(form))
            .hidingAnswer()
            .sendingOnlyWhile(maySend);
    return http.call(call, answer -> read(answer, oldRefresh));
  }

  private Ending<Granted> read(HttpAnswer answer, Secret oldRefresh) throws ServiceTrouble {
    if (answer.status() == 429) {
      return new Ending.NotCounted<>(answer.trouble(Kind.NOT_DONE, "too many calls"));
    }
    if (answer.isSuccess()) {
      return new Ending.Answered<>(new Granted.Pair(pair(answer, oldRefresh)));
    }
    Optional<String> error =
        answer.tryJson().map(body -> LooseJson.text(body.path("error"))).filter(e -> !e.isBlank());
    if (answer.status() >= 400 && answer.status() < 500 && error.isPresent()) {
      return new Ending.NotKnown<>(new Granted.Refused(known(error.get())));
    }
    throw answer.trouble(Kind.UNKNOWN, "answered with an error status");
  }

  private TokenPair pair(HttpAnswer answer, Secret oldRefresh) throws ServiceTrouble {
    JsonNode body = answer.jsonObject();
    String access = LooseJson.text(body.path("access_token"));
    if (access.isBlank()) {
      throw answer.trouble(Kind.UNKNOWN, "the answer holds no access_token");
    }
    String refresh = LooseJson.text(body.path("refresh_token"));
    OptionalLong seconds = LooseJson.whole(body.path("expires_in"));
    Optional<Instant> expiresAt =
        seconds.isPresent() && seconds.getAsLong() >= 0 && seconds.getAsLong() <= LONGEST_LIFE
            ? Optional.of(clock.instant().plusSeconds(seconds.getAsLong()))
            : Optional.empty();
    return new TokenPair(
        new Secret(access), refresh.isBlank() ? oldRefresh : new Secret(refresh), expiresAt);
  }

  /** The codes of RFC 6749, 5.2, by name; others could say anything. */
  private static String known(String error) {
    String code = error.toLowerCase(Locale.ROOT);
    return switch (code) {
      case "invalid_grant",
          "invalid_client",
          "invalid_request",
          "unauthorized_client",
          "unsupported_grant_type",
          "invalid_scope" ->
          code;
      default -> "an unknown error";
    };
  }
}
