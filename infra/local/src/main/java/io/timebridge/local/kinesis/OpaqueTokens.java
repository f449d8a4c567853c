package io.timebridge.local.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals what a client hands back later (shard iterators, paging tokens) so that a forged or damaged
 * one is told from a real one. A token lives as long as this object. Thread-safe.
 */
final class OpaqueTokens {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int SEAL_BYTES = 16;
  private static final int MAX_LENGTH = 1024;
  private static final char SEPARATOR = '|';

  private final SecretKeySpec key;

  OpaqueTokens() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    key = new SecretKeySpec(secret, ALGORITHM);
  }

  /** Seals parts, none of which may hold a {@code |}. */
  String seal(Object... parts) {
    byte[] payload =
        String.join(String.valueOf(SEPARATOR), Arrays.stream(parts).map(String::valueOf).toList())
            .getBytes(UTF_8);
    byte[] token = Arrays.copyOf(payload, payload.length + SEAL_BYTES);
    System.arraycopy(sealOf(payload), 0, token, payload.length, SEAL_BYTES);
    return Base64.getUrlEncoder().encodeToString(token);
  }

  /**
   * The parts of a token this object sealed under that first part, without it; empty for anything
   * else.
   */
  Optional<List<String>> open(String kind, String token) {
    if (token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    if (bytes.length < SEAL_BYTES) {
      return Optional.empty();
    }
    byte[] payload = Arrays.copyOf(bytes, bytes.length - SEAL_BYTES);
    byte[] seal = Arrays.copyOfRange(bytes, payload.length, bytes.length);
    if (!MessageDigest.isEqual(seal, sealOf(payload))) {
      return Optional.empty();
    }
    List<String> parts = List.of(new String(payload, UTF_8).split("\\|", -1));
    return parts.getFirst().equals(kind)
        ? Optional.of(parts.subList(1, parts.size()))
        : Optional.empty();
  }

  private byte[] sealOf(byte[] payload) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return Arrays.copyOf(mac.doFinal(payload), SEAL_BYTES);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, impossible);
    }
  }
}
