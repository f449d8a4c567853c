package io.timebridge.services.second;

import io.timebridge.services.http.HttpAnswer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Recognises that a call was refused because its session is dead: 401, an {@code error} that says
 * so, or the login page with status 200. Such a call was surely not done. Recognition is narrow: an
 * answer taken for a refusal by mistake would send its call twice.
 */
final class SessionRefusal {
  private static final String STATE =
      "(expired|invalid|ended|timed out|timeout|closed|unknown|not found|missing|not valid|dead)";

  private static final Pattern WORDS =
      Pattern.compile(
          "\\bsession ?(id )?(is |was |has |has been )?"
              + STATE
              + "|\\b(expired|invalid|unknown|missing|no active|no valid) session\\b"
              + "|\\bnot logged ?in\\b|\\b(login|log-?in|authentication) (is )?required\\b"
              + "|\\bplease (log|sign) ?in\\b");

  private static final Pattern PASSWORD_FIELD =
      Pattern.compile(
          "<input\\b[^>]{0,300}\\btype\\s*=\\s*[\"']?password", Pattern.CASE_INSENSITIVE);

  private SessionRefusal() {}

  static boolean isRefusal(HttpAnswer answer) {
    if (answer.status() == 401) {
      return true;
    }
    return answer.status() == 200
        && answer.isHtml()
        && PASSWORD_FIELD.matcher(answer.text()).find();
  }

  /**
   * Whether the session had better be replaced although nothing says that the call was refused for
   * it: a redirect, perhaps to a login page, or 403. Not enough to repeat a call.
   */
  static boolean isDoubtful(HttpAnswer answer) {
    return (answer.status() >= 300 && answer.status() < 400) || answer.status() == 403;
  }

  /** Whether an error's words are about the session. */
  static boolean isRefusal(String error) {
    String words = error.toLowerCase(Locale.ROOT).replaceAll("[\\s_.-]+", " ");
    return WORDS.matcher(words).find();
  }
}
