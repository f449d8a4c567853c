package io.timebridge.bootstrap;

import io.timebridge.services.http.Encoded;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One login by the authorization code flow (RFC 6749, 4.1) with PKCE (RFC 7636, S256). Good for one
 * login. Its text form shows nothing.
 */
public final class AuthorizationRequest {
  /** 43 characters, as RFC 7636 wants them. */
  private static final int RANDOM_BYTES = 32;

  private final Secret state;
  private final Secret verifier;

  /** Draws a state and a verifier. */
  public AuthorizationRequest(SecureRandom random) {
    state = new Secret(draw(random));
    verifier = new Secret(draw(random));
  }

  private static String draw(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What the answer has to come with. */
  public Secret state() {
    return state;
  }

  /** What the code is changed with. */
  public Secret verifier() {
    return verifier;
  }

  /** Where the person logs in: {@code /1.1/oauth/authorize} of FirstService. */
  public URI url(Settings.FirstService settings, URI redirectUri) {
    Map<String, String> query = query(settings, redirectUri.toString());
    query.put("state", state.reveal());
    query.put("code_challenge", challenge());
    query.put("code_challenge_method", "S256");
    return page(settings, query);
  }

  /**
   * Where a person logs in who brings the code back by hand. There is nobody to compare a state,
   * and no challenge: a code that was got in another way is as good.
   *
   * @param redirectUri one that FirstService knows of this application
   */
  public static URI urlByHand(Settings.FirstService settings, String redirectUri) {
    return page(settings, query(settings, redirectUri));
  }

  private static Map<String, String> query(Settings.FirstService settings, String redirectUri) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", settings.clientId());
    query.put("redirect_uri", redirectUri);
    return query;
  }

  private static URI page(Settings.FirstService settings, Map<String, String> query) {
    return URI.create(settings.url() + "/1.1/oauth/authorize?" + Encoded.query(query));
  }

  private String challenge() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(verifier.reveal().getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }

  @Override
  public String toString() {
    return "AuthorizationRequest[*]";
  }
}
