package io.timebridge.local.sim.first;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How a delivery is signed. */
final class Signing {
  private static final String PREFIX = "whsec_";

  private Signing() {}

  enum Scheme {
    X_SIGNATURE_HEX,
    X_SIGNATURE_BASE64,
    STANDARD
  }

  /**
   * The signature headers.
   *
   * <p>X-Signature takes the secret as it is written. The standard scheme takes the bytes a {@code
   * whsec_} secret stands for, and any other secret as it is written.
   */
  static Map<String, String> headers(
      Scheme scheme, String secret, String messageId, long epochSeconds, String body) {
    byte[] asWritten = secret.getBytes(StandardCharsets.UTF_8);
    return switch (scheme) {
      case X_SIGNATURE_HEX ->
          Map.of("X-Signature", HexFormat.of().formatHex(hmac(asWritten, body)));
      case X_SIGNATURE_BASE64 -> Map.of("X-Signature", base64(hmac(asWritten, body)));
      case STANDARD -> {
        byte[] key =
            secret.startsWith(PREFIX)
                ? Base64.getDecoder().decode(secret.substring(PREFIX.length()))
                : asWritten;
        String signed = messageId + "." + epochSeconds + "." + body;
        yield Map.of(
            "webhook-id",
            messageId,
            "webhook-timestamp",
            Long.toString(epochSeconds),
            "webhook-signature",
            "v1," + base64(hmac(key, signed)));
      }
    };
  }

  /** Whether both schemes can sign with it. */
  static boolean isUsable(String secret) {
    try {
      return !secret.startsWith(PREFIX)
          || Base64.getDecoder().decode(secret.substring(PREFIX.length())).length > 0;
    } catch (IllegalArgumentException e) {
      return false; // not base64: the caller's mistake, told as 422
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] hmac(byte[] key, String message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HmacSHA256", e);
    }
  }
}
