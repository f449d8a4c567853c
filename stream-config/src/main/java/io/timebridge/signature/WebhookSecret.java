package io.timebridge.signature;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A webhook's shared secret. {@code whsec_<base64>} (Standard Webhooks) stands for the bytes behind
 * the prefix; anything else for its own UTF-8 bytes. For the {@code X-Signature} scheme the whole
 * text is the key in both cases, as FirstService uses it.
 */
public final class WebhookSecret {
  private static final String PREFIX = "whsec_";
  private final String text;

  /**
   * @throws IllegalArgumentException when the text is empty, or has the prefix but no valid base64
   *     behind it; the message never holds the secret
   */
  public WebhookSecret(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a webhook secret is not empty");
    }
    this.text = text;
    byte[] key;
    try {
      key = standardKey();
    } catch (IllegalArgumentException notBase64) {
      throw new IllegalArgumentException(
          "a webhook secret that starts with whsec_ goes on in base64", notBase64);
    }
    if (key.length == 0) {
      throw new IllegalArgumentException("a webhook secret is not empty");
    }
  }

  byte[] plainKey() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  byte[] standardKey() {
    return text.startsWith(PREFIX)
        ? Base64.getDecoder().decode(text.substring(PREFIX.length()))
        : plainKey();
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "WebhookSecret[*]";
  }
}
