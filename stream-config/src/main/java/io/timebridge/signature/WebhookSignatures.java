package io.timebridge.signature;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks and makes webhook signatures in both schemes in use.
 *
 * <ul>
 *   <li>{@code X-Signature}: HMAC-SHA256 of the raw body, hex or base64 (which of the two is
 *       undocumented: both are taken).
 *   <li>Standard Webhooks: {@code webhook-id}, {@code webhook-timestamp}, {@code webhook-signature:
 *       v1,<base64> [v1,<base64> ...]}, HMAC-SHA256 over {@code id.timestamp.body}; the timestamp
 *       may be off by the tolerance either way.
 * </ul>
 *
 * With several secrets any of them will do, so that a secret can be rotated. A request that carries
 * Standard Webhooks headers is judged by them alone. Every comparison takes the same time wherever
 * two signatures differ. Thread-safe.
 */
public final class WebhookSignatures {
  /** How far a Standard Webhooks timestamp may be from the time of receipt: 5 minutes. */
  public static final Duration DEFAULT_TOLERANCE = Duration.ofMinutes(5);

  private static final int MAX_SIGNATURES = 8;
  private static final int MAC_BYTES = 32;

  private final List<WebhookSecret> secrets;
  private final Duration tolerance;

  /**
   * @param secrets live secrets; with none, every signature is refused
   * @param tolerance see {@link #DEFAULT_TOLERANCE}
   */
  public WebhookSignatures(List<WebhookSecret> secrets, Duration tolerance) {
    this.secrets = List.copyOf(secrets);
    this.tolerance = tolerance;
  }

  /** The outcome of a check. */
  public sealed interface Verdict {
    record Valid() implements Verdict {}

    /**
     * {@code reason} is fit for a log and for the sender: it never holds a signature or a secret.
     */
    record Refused(String reason) implements Verdict {}
  }

  /**
   * Checks a request.
   *
   * @param headers lower-case names
   * @param at when the request was received: a record that waits in a stream does not grow stale
   */
  public Verdict check(Map<String, String> headers, byte[] body, Instant at) {
    String standard = headers.getOrDefault("webhook-signature", "");
    if (!standard.isEmpty()) {
      return checkStandard(headers, standard, body, at);
    }
    String plain = headers.getOrDefault("x-signature", "").trim();
    if (plain.isEmpty()) {
      return new Verdict.Refused("no signature: neither X-Signature nor webhook-signature");
    }
    byte[] given = decodePlain(plain).orElse(new byte[0]);
    boolean valid = false;
    for (WebhookSecret secret : secrets) {
      valid |= MessageDigest.isEqual(given, hmac(secret.plainKey(), body));
    }
    return verdict(valid, "X-Signature does not match the body");
  }

  private Verdict checkStandard(
      Map<String, String> headers, String signatures, byte[] body, Instant at) {
    String id = headers.getOrDefault("webhook-id", "");
    String timestamp = headers.getOrDefault("webhook-timestamp", "");
    if (id.isEmpty() || !timestamp.matches("[0-9]{1,12}")) {
      return new Verdict.Refused("webhook-id or webhook-timestamp is missing or malformed");
    }
    Instant sent = Instant.ofEpochSecond(Long.parseLong(timestamp));
    if (Duration.between(sent, at).abs().compareTo(tolerance) > 0) {
      return new Verdict.Refused("webhook-timestamp is more than " + tolerance + " off");
    }
    String[] parts = signatures.trim().split(" +");
    if (parts.length > MAX_SIGNATURES) {
      return new Verdict.Refused("webhook-signature holds more than " + MAX_SIGNATURES);
    }
    boolean valid = false;
    for (WebhookSecret secret : secrets) {
      byte[] wanted = hmac(secret.standardKey(), standardContent(id, timestamp, body));
      for (String part : parts) {
        byte[] given =
            part.startsWith("v1,") ? base64(part.substring(3)).orElse(new byte[0]) : new byte[0];
        valid |= MessageDigest.isEqual(given, wanted);
      }
    }
    return verdict(valid, "webhook-signature does not match the body");
  }

  /** The value of {@code X-Signature} for a body, in hex. */
  public static String sign(WebhookSecret secret, byte[] body) {
    return HexFormat.of().formatHex(hmac(secret.plainKey(), body));
  }

  /** The three Standard Webhooks headers for a body. */
  public static Map<String, String> signStandard(
      WebhookSecret secret, String id, Instant at, byte[] body) {
    String timestamp = Long.toString(at.getEpochSecond());
    byte[] mac = hmac(secret.standardKey(), standardContent(id, timestamp, body));
    return Map.of(
        "webhook-id", id,
        "webhook-timestamp", timestamp,
        "webhook-signature", "v1," + Base64.getEncoder().encodeToString(mac));
  }

  private static Verdict verdict(boolean valid, String reason) {
    return valid ? new Verdict.Valid() : new Verdict.Refused(reason);
  }

  private static byte[] standardContent(String id, String timestamp, byte[] body) {
    byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    byte[] content = new byte[head.length + body.length];
    System.arraycopy(head, 0, content, 0, head.length);
    System.arraycopy(body, 0, content, head.length, body.length);
    return content;
  }

  private static Optional<byte[]> decodePlain(String text) {
    String bare = text.startsWith("sha256=") ? text.substring("sha256=".length()) : text;
    if (bare.length() == 2 * MAC_BYTES) {
      try {
        return Optional.of(HexFormat.of().parseHex(bare));
      } catch (IllegalArgumentException notHex) {
        return Optional.empty();
      }
    }
    return base64(bare);
  }

  private static Optional<byte[]> base64(String text) {
    if (text.length() > 128) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  private static byte[] hmac(byte[] key, byte[] content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(content);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java runtime has HmacSHA256", impossible);
    }
  }
}
