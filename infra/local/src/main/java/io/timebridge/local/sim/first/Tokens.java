package io.timebridge.local.sim.first;

import io.timebridge.local.sim.first.FirstServiceSim.Credentials;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Ledger;
import io.timebridge.local.sim.http.Reply;
import io.timebridge.local.sim.http.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/**
 * OAuth2 tokens. A refresh token works once: the refresh that uses it kills it at once, and of many
 * that come with the same one exactly one wins.
 *
 * @implNote {@code lock} guards all fields; the ledger's lock is taken under it.
 */
final class Tokens {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Instant> accessUntil = new HashMap<>();
  private final Map<String, String> accessOfRefresh = new HashMap<>();
  private final Map<String, Asked> codes = new HashMap<>();
  private final Credentials credentials;
  private final InstantSource clock;
  private final Ledger ledger;
  private long refreshes;

  Tokens(Credentials credentials, InstantSource clock, Ledger ledger) {
    this.credentials = credentials;
    this.clock = clock;
    this.ledger = ledger;
    accessUntil.put(credentials.accessToken(), end());
    accessOfRefresh.put(credentials.refreshToken(), credentials.accessToken());
  }

  /**
   * How a code was asked for.
   *
   * @param redirectUri empty = by the control API, for any
   * @param challenge PKCE's S256 challenge; empty = none
   */
  private record Asked(String redirectUri, String challenge) {}

  private Instant end() {
    Duration life = credentials.tokenLife();
    return life == null ? Instant.MAX : clock.instant().plus(life);
  }

  boolean isLive(String access) {
    lock.lock();
    try {
      Instant until = accessUntil.get(access);
      return until != null && clock.instant().isBefore(until);
    } finally {
      lock.unlock();
    }
  }

  void expire(String access) {
    lock.lock();
    try {
      accessUntil.remove(access);
    } finally {
      lock.unlock();
    }
  }

  /** A code as a person would bring it back from the login page; it works once. */
  String authorize() {
    lock.lock();
    try {
      return code(new Asked("", ""));
    } finally {
      lock.unlock();
    }
  }

  private String code(Asked asked) {
    String code = fresh("code");
    codes.put(code, asked);
    return code;
  }

  /**
   * The login page of a person who is logged in and says yes at once: goes back to the client with
   * a code, or with an error. A client that is not known, or an address that is none, is shown a
   * page instead.
   */
  Reply authorize(Request request) {
    String redirectUri = request.query("redirect_uri");
    if (!credentials.clientId().equals(request.query("client_id")) || !isAddress(redirectUri)) {
      return Reply.html(400, "Error", "unknown client, or no redirect_uri");
    }
    String challenge = request.query("code_challenge");
    boolean good =
        request.query("response_type").equals("code")
            && (challenge.isEmpty() || request.query("code_challenge_method").equals("S256"));
    String answer;
    lock.lock();
    try {
      answer = good ? "code=" + code(new Asked(redirectUri, challenge)) : "error=invalid_request";
    } finally {
      lock.unlock();
    }
    String state = request.query("state");
    String location =
        redirectUri
            + (redirectUri.contains("?") ? "&" : "?")
            + answer
            + (state.isEmpty() ? "" : "&state=" + URLEncoder.encode(state, StandardCharsets.UTF_8));
    return Reply.empty(302).withHeader("Location", location);
  }

  private static boolean isAddress(String redirectUri) {
    return redirectUri.matches("https?://[^\\s#]+");
  }

  long refreshes() {
    lock.lock();
    try {
      return refreshes;
    } finally {
      lock.unlock();
    }
  }

  Reply grant(Map<String, String> form) {
    boolean known =
        credentials.clientId().equals(form.get("client_id"))
            && credentials.clientSecret().equals(form.get("client_secret"));
    if (!known) {
      return error(401, "invalid_client");
    }
    return switch (form.getOrDefault("grant_type", "")) {
      case "refresh_token" -> refresh(form.getOrDefault("refresh_token", ""));
      case "authorization_code" -> redeem(form);
      default -> error(400, "unsupported_grant_type");
    };
  }

  private Reply refresh(String refreshToken) {
    lock.lock();
    try {
      String access = accessOfRefresh.remove(refreshToken);
      if (access == null) {
        return error(400, "invalid_grant");
      }
      if (credentials.refreshEndsAccess()) {
        accessUntil.remove(access);
      }
      refreshes++;
      return newPair("token.refresh");
    } finally {
      lock.unlock();
    }
  }

  /** A code is good once, for whoever asked for it: the same address, and the verifier. */
  private Reply redeem(Map<String, String> form) {
    lock.lock();
    try {
      boolean good =
          Optional.ofNullable(codes.remove(form.getOrDefault("code", "")))
              .filter(asked ->
                  asked.redirectUri().isEmpty()
                      || asked.redirectUri().equals(form.get("redirect_uri")))
              .filter(asked ->
                  asked.challenge().isEmpty()
                      || asked.challenge().equals(s256(form.getOrDefault("code_verifier", ""))))
              .isPresent();
      return good ? newPair("token.authorize") : error(400, "invalid_grant");
    } finally {
      lock.unlock();
    }
  }

  private static String s256(String verifier) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }

  /** Neither ledger nor log ever sees a token. */
  private Reply newPair(String op) {
    Instant now = clock.instant();
    accessUntil.values().removeIf(until -> !until.isAfter(now));
    String access = fresh("access");
    String refresh = fresh("refresh");
    accessUntil.put(access, end());
    accessOfRefresh.put(refresh, access);
    ObjectNode answer = Json.object().put("access_token", access).put("token_type", "Bearer");
    Duration life = credentials.tokenLife();
    answer.put("expires_in", life == null ? null : life.toSeconds());
    answer.put("refresh_token", refresh).put("scope", "manage");
    answer.put("created_at", now.getEpochSecond());
    ledger.append(op, Json.object(), Json.object().put("created_at", now.getEpochSecond()));
    return Reply.ok(answer);
  }

  private static String fresh(String kind) {
    return kind + "-" + UUID.randomUUID();
  }

  private static Reply error(int status, String error) {
    return Reply.json(status, Json.object().put("error", error));
  }
}
