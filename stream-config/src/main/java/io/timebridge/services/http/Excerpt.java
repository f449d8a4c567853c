package io.timebridge.services.http;

import java.util.regex.Pattern;

/**
 * A short, harmless piece of a text that came from outside: control characters become spaces, what
 * looks like a token or a password is masked, the rest is cut.
 */
public final class Excerpt {
  private static final int LOOKED_AT = 4096;
  private static final String MASK = "***";

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\s\\u2028\\u2029]+");

  /** The value behind a name that announces a secret. */
  private static final Pattern NAMED =
      Pattern.compile(
          "((?:app_?id|[a-z_]*token|[a-z_]*password|[a-z_]*secret|authorization|bearer)"
              + "\"?\\s*[:=]?\\s*\"?)[^\"\\s,;&<>}]+",
          Pattern.CASE_INSENSITIVE);

  /** A long run of token characters that holds a digit, or a very long one. */
  private static final Pattern TOKEN =
      Pattern.compile("(?=[A-Za-z+/_=.~-]*[0-9])[A-Za-z0-9+/_=.~-]{16,}|[A-Za-z0-9+/_=.~-]{40,}");

  private static final Pattern CUT_TOKEN = Pattern.compile("[A-Za-z0-9+/_=.~-]+$");

  private Excerpt() {}

  /** At most {@code max} characters of {@code text}, never half a surrogate pair. */
  public static String of(String text, int max) {
    String seen = text;
    if (text.length() > LOOKED_AT) {
      seen = CUT_TOKEN.matcher(text.substring(0, LOOKED_AT)).replaceAll("");
    }
    seen = CONTROL.matcher(seen).replaceAll(" ").strip();
    seen = NAMED.matcher(seen).replaceAll("$1" + MASK);
    seen = TOKEN.matcher(seen).replaceAll(MASK);
    return cut(seen, max);
  }

  /** The same without masking, for what a service says to people. */
  public static String message(String text, int max) {
    String seen = text.length() > LOOKED_AT ? text.substring(0, LOOKED_AT) : text;
    return cut(CONTROL.matcher(seen).replaceAll(" ").strip(), max);
  }

  private static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(max - 2)) ? max - 2 : max - 1;
    return text.substring(0, end) + "…";
  }
}
