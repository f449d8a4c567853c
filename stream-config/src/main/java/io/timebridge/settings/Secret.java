package io.timebridge.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A text that must never be shown: {@link #toString()} masks it, {@link #reveal()} is called where
 * it is used and nowhere else.
 */
public final class Secret {
  private final String text;

  public Secret(String text) {
    this.text = text;
  }

  public String reveal() {
    return text;
  }

  public boolean isEmpty() {
    return text.isEmpty();
  }

  /** Takes the same time wherever two secrets differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret s
        && MessageDigest.isEqual(
            text.getBytes(StandardCharsets.UTF_8), s.text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text.isEmpty() ? "(not set)" : "********";
  }
}
