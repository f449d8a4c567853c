package io.timebridge.local.sim.first;

import io.timebridge.local.sim.first.FirstServiceSim.Credentials;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Ledger;
import io.timebridge.local.sim.http.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
  private final Set<String> codes = new HashSet<>();
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
      String code = fresh("code");
      codes.add(code);
      return code;
    } finally {
      lock.unlock();
    }
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
      case "authorization_code" -> redeem(form.getOrDefault("code", ""));
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

  private Reply redeem(String code) {
    lock.lock();
    try {
      return codes.remove(code) ? newPair("token.authorize") : error(400, "invalid_grant");
    } finally {
      lock.unlock();
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
